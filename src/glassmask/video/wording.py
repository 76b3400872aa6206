"""What happens in a film, in words: one line for each event, breach and gap."""

from __future__ import annotations

from typing import Final

from glassmask.labels import Wear
from glassmask.output.wording import SHORT_TEXT, WEAR_TEXT, percent, uncovered_text
from glassmask.video.breaches import Breach
from glassmask.video.counts import UNSURE, Counts, Crossing
from glassmask.video.events import Event, EventKind
from glassmask.video.state import State

EVENT_TEXT: Final = {
    EventKind.ENTERED: "entered",
    EventKind.PUT_ON: "put the mask on",
    EventKind.TOOK_OFF: "took the mask off",
    EventKind.BECAME_INCORRECT: "mask slipped",
    EventKind.BECAME_CORRECT: "mask put right",
    EventKind.CHANGED: "mask moved",
    EventKind.LEFT: "left",
}

_ORDER: Final = (*map(str, SHORT_TEXT), UNSURE)
_WAYS: Final = ("in", "out")


def clock(time: float) -> str:
    """A time of a film: `1:02.5`, or `2:01:02.5` from an hour on."""
    tenths = round(time * 10)
    minutes, seconds = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes}:{seconds / 10:04.1f}"
    return text if not hours else f"{hours}:{minutes:02d}:{seconds / 10:04.1f}"


def state_text(state: State) -> str:
    """A state in a few words: `nose uncovered`, `worn correctly`, `unsure`."""
    if state.wear is None:
        return UNSURE
    text = uncovered_text(state.uncovered) if state.uncovered else WEAR_TEXT[state.wear]
    return f"unsure: {text}?" if state.unsure else text


def event_text(event: Event) -> str:
    """An event in a line: `1:02.5  person 3 entered: no mask (98%)`."""
    text = f"{clock(event.time)}  person {event.track} {EVENT_TEXT[event.kind]}"
    if event.kind is EventKind.LEFT:
        text += f": {state_text(event.state)} at the end"
        if not event.worst.says_the_same(event.state):
            text += f", at worst {state_text(event.worst)}"
        return text
    return f"{text}: {state_text(event.state)} ({percent(event.state.probability)})"


def crossing_text(crossing: Crossing) -> str:
    """A crossing in a line."""
    return (
        f"{clock(crossing.time)}  person {crossing.track} went {crossing.way} over "
        f"{crossing.line}: {_word(crossing.wear)}"
    )


def breach_text(breach: Breach, required: Wear) -> str:
    """A breach in a line."""
    who = f"{clock(breach.time)}  person {breach.track}"
    if breach.begins:
        return (
            f"{who}: breach begins: {state_text(breach.state)}; {WEAR_TEXT[required]} is required"
        )
    return f"{who}: breach ends: {'gone' if breach.reason == 'left' else state_text(breach.state)}"


def summary_text(counts: Counts) -> str:
    """The counts in a line: `4 people, at the end 3 correct, 1 no mask; 900 frames`."""
    people = counts.people()
    text = f"{people} {'person' if people == 1 else 'people'}"
    if people:
        text += f", at the end {_listed(counts.by_last)}"
        if counts.by_worst != counts.by_last:
            text += f"; at worst {_listed(counts.by_worst)}"
    for line in counts.lines:
        ways = {way: sum(counts.crossings[line.name, way, w] for w in _ORDER) for way in _WAYS}
        text += f"; over {line.name} {ways['in']} in, {ways['out']} out"
    for zone in counts.zones:
        seconds = sum(counts.zone_seconds.get((zone.name, wear), 0.0) for wear in _ORDER)
        text += f"; in {zone.name} {clock(seconds)}"
    text += f"; {counts.frames} {'frame' if counts.frames == 1 else 'frames'}"
    return f"{text}, {counts.dropped} passed over" if counts.dropped else text


def _listed(counted: dict[str, int]) -> str:
    return ", ".join(f"{counted[key]} {_word(key)}" for key in _ORDER if counted.get(key))


def _word(wear: str) -> str:
    return UNSURE if wear == UNSURE else SHORT_TEXT[Wear(wear)]
