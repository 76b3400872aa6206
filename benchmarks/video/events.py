"""What is told of painted films: each change once, right, soon; and nothing where nothing changes.

    python -m benchmarks video_events [--seconds N] [--films N] [--paces normal light]

A true change is told where an event of its kind and with its state lies within 1.5 s of it; each
event counts for one. Other events are false, or doubled where they tell such a change again. In
steady films, ten minutes in all, somebody enters, wears the mask in one way, and leaves.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.figures import Figures, proportion
from benchmarks.frame import add_data_options, shipped_weights
from benchmarks.video.films import Film
from benchmarks.video.painted_films import (
    SCRIPTS,
    STEADY,
    STEADY_SECONDS,
    scripted_films,
    steady_films,
)
from benchmarks.video.scripts import LENGTH, Change, true_changes
from benchmarks.video.watched import STEP, Told, open_checker, watch_film
from glassmask import Checker
from glassmask.lab.metrics.accuracy import Proportion
from glassmask.video.pace import PACES, PaceName

NEAR: Final = 1.5
"""Seconds from a change within which it must be told."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where things are, how many films, how much of them, and at which paces."""
    add_data_options(parser, runs="video")
    add = parser.add_argument
    add("--seconds", type=float, default=LENGTH[1], help="of each film at most, for a try")
    add("--films", type=int, default=max(SCRIPTS, STEADY), help="of each kind at most")
    add("--paces", nargs="+", choices=list(PACES), default=["normal", "light"])


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The three shipped networks."""
    return shipped_weights("finder", "landmarks", "wear")


def measure(options: argparse.Namespace) -> Figures:
    """By pace: of films with scripts, and of steady ones."""
    checker = open_checker()
    data, folder = options.data, options.runs
    scripted = scripted_films(
        data, folder, seconds=options.seconds, number=min(SCRIPTS, options.films)
    )
    steady = steady_films(
        data,
        folder,
        seconds=min(STEADY_SECONDS, options.seconds),
        number=min(STEADY, options.films),
    )
    return {
        pace: {
            "scripted": count(scripted, checker, pace, options.seconds).figures(),
            "steady": count(steady, checker, pace, options.seconds).figures(),
        }
        for pace in options.paces
    }


@dataclass(slots=True)
class Matches:
    """True changes against what was told.

    Attributes:
        pairs: a change, and the event that told it.
        missed: changes that no event told.
        doubled: events that told a change again.
        false: events that told what was not.
    """

    pairs: list[tuple[Change, Told]] = field(default_factory=list)
    missed: list[Change] = field(default_factory=list)
    doubled: list[Told] = field(default_factory=list)
    false: list[Told] = field(default_factory=list)


def match(changes: Sequence[Change], told: Sequence[Told]) -> Matches:
    """Give each change the nearest event that tells it; each event to one change."""
    close = sorted(
        (abs(one.event.time - change.time), c, t)
        for c, change in enumerate(changes)
        for t, one in enumerate(told)
        if tells(one, change)
    )
    of_change: dict[int, int] = {}
    for _, c, t in close:
        if c not in of_change and t not in of_change.values():
            of_change[c] = t
    found = Matches([(changes[c], told[t]) for c, t in sorted(of_change.items())])
    found.missed = [change for c, change in enumerate(changes) if c not in of_change]
    for t, one in enumerate(told):
        if t not in of_change.values():
            again = any(other == t for _, _, other in close)
            (found.doubled if again else found.false).append(one)
    return found


def tells(told: Told, change: Change) -> bool:
    """Whether an event tells a change: its kind and its state are right, and it comes in time."""
    event = told.event
    return (
        event.kind == change.kind
        and abs(event.time - change.time) <= NEAR
        and change.state.allows(event.state.wear, event.state.uncovered)
    )


@dataclass(slots=True)
class Count:
    """Matches of many films."""

    seconds: float = 0.0
    told: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    doubled: int = 0
    delays: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def note(self, name: str, found: Matches, seconds: float) -> None:
        """Add a film's."""
        self.seconds += seconds
        for change, one in found.pairs:
            self.told[change.kind] += 1
            self.true[change.kind] += 1
            if change.kind != "left":  # that is known only when nobody comes back
                self.delays.append(one.event.time - change.time)
                self.waits.append(one.known - change.time)
        for change in found.missed:
            self.true[change.kind] += 1
            what = (change.state.wear, *change.state.uncovered)
            self.missed.append(f"{name} {change.time:.1f} {change.kind} {' '.join(what)}")
        self.doubled += len(found.doubled)
        for one in (*found.false, *found.doubled):
            event = one.event
            what = (str(event.state.wear), *event.state.uncovered)
            self.false.append(f"{name} {event.time:.1f} {event.kind} {' '.join(what)}")

    def figures(self) -> Figures:
        """Shares told, by kind and in all; false and doubled events; delays in seconds."""
        by_kind = {
            kind: proportion(Proportion(self.told[kind], count))
            for kind, count in sorted(self.true.items())
        }
        false = len(self.false) - self.doubled
        return {
            "seconds": round(self.seconds, 2),
            "told": proportion(Proportion(self.told.total(), self.true.total())),
            "by_kind": by_kind,
            "false": false,
            "false_in_ten_minutes": 600 * false / max(self.seconds, STEP),
            "doubled": self.doubled,
            "delay": _spread(self.delays),
            "known_after": _spread(self.waits),
            "missed": self.missed,
            "false_or_doubled": self.false,
        }


def count(films: Sequence[Film], checker: Checker, pace: PaceName, seconds: float) -> Count:
    """Watch films, and hold what is told against what they show."""
    counted = Count()
    for film in films:
        assert film.truth is not None
        watched = watch_film(film, checker, pace, seconds)
        found = match(true_changes(film.truth.spans), watched.events)
        counted.note(film.name, found, len(watched.frames) * STEP)
        print(
            f"{film.name}, {pace}: {len(found.pairs)} told, {len(found.missed)} missed, "
            f"{len(found.false)} false, {len(found.doubled)} doubled",
            flush=True,
        )
    for line in counted.missed:
        print(f"missed: {line}")
    for line in counted.false:
        print(f"false or doubled: {line}")
    return counted


def _spread(seconds: Sequence[float]) -> Figures:
    if not seconds:
        return {"count": 0}
    values = np.array(seconds)
    return {
        "count": len(seconds),
        "median": float(np.median(values)),
        "p95": float(np.percentile(values, 95)),
        "longest": float(values.max()),
    }
