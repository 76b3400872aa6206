"""What is known at a moment, drawn on its frame: boxes, labels, and heat maps that go with faces.

It is made for films: it draws only where something is to be drawn, and its letters have one size,
so that labels do not twitch from frame to frame as those of photos would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from glassmask.evidence import Evidence, place
from glassmask.faces.crop import Box, Square
from glassmask.output.annotate import COLOURS, UNSURE_COLOUR
from glassmask.output.draw import HEAT_OPACITY, Colour, font_of, inferno, ink, meet
from glassmask.output.wording import percent, short_text
from glassmask.video.moment import Tracked
from glassmask.video.state import State
from glassmask.video.wording import state_text

SHOWN_FOR: Final = 0.3
"""Seconds for which a face that is not seen keeps its box: one missed look must not flicker."""

HEAT_FOR: Final = 1.0
"""Seconds after a look for which its heat map is shown."""

CELLS: Final = 7
"""A blurred area is made of so many places a side: about four across the face itself."""

_HEAD: Final = 0.35
"""What is blurred reaches so many face widths beyond the box: hair, ears and chin."""

_SPREAD: Final = 1.0
"""...and so many more for each second in which nobody saw where the face was."""

_WIDEST: Final = 1.5
"""Among several faces a label wider than so many times its box could be taken for another's."""

_OPACITY: Final = (HEAT_OPACITY * np.linspace(0, 1, 256) ** 0.7).astype(np.float32)
"""As in `output.draw.heat`, by level."""

Span = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


def draw_moment(
    pixels: NDArray[np.uint8],
    tracks: Sequence[Tracked],
    time: float,
    blur: bool = False,
    *,
    seen: Mapping[int, float] | None = None,
) -> NDArray[np.uint8]:
    """Draw everyone who is followed on a frame: heat map, box, and a label with the state.

    Args:
        pixels: the frame, RGB uint8 (H, W, 3); it stays as it is.
        tracks: everyone followed at this moment.
        time: of the frame, in seconds.
        blur: whether all these faces are made unrecognisable first, those too that are not seen
            just now. Heat maps stay: they come from the coarse grid and hold nothing of the face.
        seen: track -> when it was last seen, in seconds. Without it, of a track that is not seen
            in this frame only the time of its last look is known.

    Returns:
        RGB uint8 (H, W, 3).
    """
    out = pixels.copy()
    ages = [_age(tracked, time, seen or {}) for tracked in tracks]
    if blur:
        for tracked, age in zip(tracks, ages, strict=True):
            blur_face(out, tracked.face.box, age)
    shown = [tracked for tracked, age in zip(tracks, ages, strict=True) if age < SHOWN_FOR]
    for tracked in shown:
        _draw_heat(out, tracked, time)
    for tracked in shown:
        _draw_box(out, tracked)
    taken: list[Span] = []
    for tracked in shown:
        others = [_span(other.face.box) for other in shown if other is not tracked]
        taken.append(_draw_label(out, tracked, taken, others))
    return out


def blur_face(pixels: NDArray[np.uint8], box: Box, age: float = 0.0) -> None:
    """Make a face unrecognisable, in place: a few means, and smooth ways from one to the next.

    Args:
        pixels: RGB uint8 (H, W, 3).
        box: (x, y, w, h) of the face in its pixels.
        age: seconds since it was there, or until it will be: the area grows with them.
    """
    x, y, w, h = box
    reach = (_HEAD + _SPREAD * max(0.0, age)) * max(w, h)
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    right, bottom = int(x + w + reach) + 1, int(y + h + reach) + 1
    part = pixels[top : max(0, bottom), left : max(0, right)]
    if part.size == 0:
        return
    # More places for a larger area, so that the face itself always has as many, and a picture
    # does not become one colour around a face that was lost for a second.
    cells = max(2, round(CELLS * (max(w, h) + 2 * reach) / (max(w, h) * (1 + 2 * _HEAD))))
    height, width = part.shape[:2]
    few = min(cells, width), min(cells, height)
    small = cv2.GaussianBlur(cv2.resize(part, few, interpolation=cv2.INTER_AREA), (3, 3), 0)
    part[:] = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def state_colour(state: State) -> Colour:
    """The colour of a state, RGB: of its wear, or grey when unsure."""
    return UNSURE_COLOUR if state.unsure or state.wear is None else COLOURS[state.wear]


def _texts(tracked: Tracked) -> tuple[str, str, str]:
    """What a label may say, from the longest to the shortest."""
    state, number = tracked.state, tracked.track
    if state.unsure or state.wear is None:
        return f"{number}: {state_text(state)}", f"{number}: unsure", str(number)
    short = short_text(state.wear, state.uncovered)
    long = f"{number}: {state_text(state)} {percent(state.probability)}"
    return long, f"{number}: {short}", str(number)


def _age(tracked: Tracked, time: float, seen: Mapping[int, float]) -> float:
    """Seconds since a track was seen, as far as known; a look is only taken at what is seen."""
    if tracked.is_seen:
        return 0.0
    last = seen.get(tracked.track, tracked.judged_at)
    return SHOWN_FOR if last is None else max(0.0, time - last)


def _draw_heat(out: NDArray[np.uint8], tracked: Tracked, time: float) -> None:
    """Lay the evidence of the last look over the face, where the face is now; in place."""
    verdict, judged_at = tracked.verdict, tracked.judged_at
    if verdict is None or judged_at is None or time - judged_at > HEAT_FOR:
        return
    if verdict.optional_evidence is None:
        return
    evidence = verdict.evidence
    square = moved(evidence.square, verdict.face.box, tracked.face.box)
    height, width = out.shape[:2]
    x0, x1 = max(0, round(square.x)), min(width, round(square.x + square.side))
    y0, y1 = max(0, round(square.y)), min(height, round(square.y + square.side))
    levels = _levels(evidence)
    if x0 >= x1 or y0 >= y1 or levels is None:
        return
    part = out[y0:y1, x0:x1]
    there = Square(square.x - x0, square.y - y0, square.side, square.turn)
    values = place(levels, there, y1 - y0, x1 - x0)  # (h, w), of the square alone
    steps = cv2.convertScaleAbs(values, alpha=255.0)
    opacity = np.asarray(cv2.LUT(steps, _OPACITY), np.float32)
    part[:] = cv2.blendLinear(part, inferno(values), 1 - opacity, opacity)


def _levels(evidence: Evidence) -> NDArray[np.float32] | None:
    """What speaks for a verdict, at crop resolution: (S, S) float32 in [0, 1]; None: nothing."""
    positive = np.maximum(evidence.at_crop(), 0, dtype=np.float32)
    top = float(positive.max())
    return np.asarray(positive / top, np.float32) if top > 0 else None


def moved(square: Square, before: Box, now: Box) -> Square:
    """A square that lay about a box, as it lies about the box where that is now."""
    scale = max(now[2:]) / max(before[2:])
    x = now[0] + now[2] / 2 + (square.x - before[0] - before[2] / 2) * scale
    y = now[1] + now[3] / 2 + (square.y - before[1] - before[3] / 2) * scale
    return Square(x, y, square.side * scale, square.turn)


def _draw_box(out: NDArray[np.uint8], tracked: Tracked) -> None:
    """Draw a face's box, its line inside it; in place."""
    left, top, right, bottom = _span(tracked.face.box)
    height, width = out.shape[:2]
    left, top = max(0, left), max(0, top)
    right, bottom = min(width, right), min(height, bottom)
    if left >= right or top >= bottom:
        return
    colour = state_colour(tracked.state)
    small = round(min(tracked.face.box[2:]) / 15)
    line = max(1, min(max(2, round(max(height, width) / 300)), small))
    out[top : top + line, left:right] = out[max(top, bottom - line) : bottom, left:right] = colour
    out[top:bottom, left : left + line] = out[top:bottom, max(left, right - line) : right] = colour


def _draw_label(
    out: NDArray[np.uint8], tracked: Tracked, taken: Sequence[Span], others: Sequence[Span]
) -> Span:
    """Write a track's state over its box, in it, or under it, in place; where that is."""
    left, top, right, bottom = _span(tracked.face.box)
    height, width = out.shape[:2]
    points = max(11, round(min(height, width) / 36))
    colour = state_colour(tracked.state)
    texts = _texts(tracked)
    for text in texts:
        tile = _tile(text, colour, points)
        tall, wide = tile.shape[:2]
        if others and text != texts[-1] and wide > _WIDEST * (right - left):
            continue
        sides = (left, right - wide) if others else (left,)
        for y in (top - tall, top, bottom):
            if y < 0 or y + tall > height or wide > width:
                continue
            if y == top and tall > 0.2 * (bottom - top):
                continue
            for x in (max(0, min(side, width - wide)) for side in sides):
                span = (x, y, x + wide, y + tall)
                if not any(meet(span, other) for other in (*taken, *others)):
                    return _paste(out, tile, span)
    # Nowhere is room: the shortest text, at the box's top.
    x, y = max(0, min(left, width - wide)), max(0, min(top, height - tall))
    return _paste(out, tile, (x, y, x + wide, y + tall))


def _paste(out: NDArray[np.uint8], tile: NDArray[np.uint8], span: Span) -> Span:
    left, top, right, bottom = span
    part = out[top:bottom, left:right]
    part[:] = tile[: part.shape[0], : part.shape[1]]
    return span


@lru_cache(maxsize=256)
def _tile(text: str, colour: Colour, points: int) -> NDArray[np.uint8]:
    """A label as a picture, RGB uint8 (h, w, 3). The same few come in every frame: they are kept.

    Args:
        text: what it says.
        colour: of its ground.
        points: size of its letters in pixels.
    """
    font = font_of(points)
    pad = points // 2
    size = round(font.getlength(text)) + 2 * pad, round(1.4 * points) + 1
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).text((pad, round(pad / 3)), text, ink(colour), font)
    tile = np.array(image, np.uint8)
    tile.setflags(write=False)
    return tile


def _span(box: Box) -> Span:
    """The whole pixels of a box (x, y, w, h)."""
    x, y, w, h = box
    return round(x), round(y), round(x + w), round(y + h)
