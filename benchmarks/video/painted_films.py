"""Films of a portrait that moves while its mask is put on, taken off, and slips: truth by second.

The portrait pans, comes nearer, leans, turns a little and stands in changing light. Its mask is
painted anew for each frame of a change, which takes 0.3 to 0.8 s, and counts from the middle. In
steady films nothing happens to the mask.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.video import dressing, films, motion, portraits, scripts
from benchmarks.video.dressing import Dresser, Place
from benchmarks.video.films import RATE, Film, KnownFace, Picture, Truth, film_at, fingerprint
from benchmarks.video.motion import Drift, Noise, smooth_step
from benchmarks.video.portraits import Portrait
from benchmarks.video.scripts import UNCOVERED, Script, draw_script
from glassmask.errors import PaintError
from glassmask.painter import draw_look
from glassmask.painter.wearing import Wearing

SIZE: Final = (640, 480)
SCRIPTS: Final = 10
STEADY: Final = 10
STEADY_SECONDS: Final = 60.0
FACE: Final = 150.0
"""Width of the face in a film, in pixels, when it is neither near nor far."""

WAYS: Final = tuple(UNCOVERED)
_NOISE: Final = 2.0
_MODULES: Final = (sys.modules[__name__], dressing, films, motion, portraits, scripts)


def scripted_films(data: Path, folder: Path, *, seconds: float, number: int) -> list[Film]:
    """Films in which masks change, by seed; of `seconds` at most."""
    return _films(data, folder, "painted", seconds, number, steady=False)


def steady_films(data: Path, folder: Path, *, seconds: float, number: int) -> list[Film]:
    """Films of `seconds` in which masks stay as they are: each way in turn."""
    return _films(data, folder, "steady", seconds, number, steady=True)


def _films(
    data: Path, folder: Path, name: str, seconds: float, number: int, *, steady: bool
) -> list[Film]:
    models = portraits.portraits(data)
    made = []
    for seed in range(number):
        # Steady films begin behind those with scripts, so that they show others.
        model = models[(seed + (SCRIPTS if steady else 0)) % len(models)]

        def make(seed: int = seed, model: Portrait = model) -> tuple[Truth, Iterable[Picture]]:
            rng = np.random.default_rng([seed, int(steady)])
            dresser, wearings = dress(model, rng)
            if steady:
                script = Script(_known(WAYS[seed % len(WAYS)], wearings), (), seconds)
            else:
                script = draw_script(rng, seconds, [*wearings, "none"])
            return act(model, dresser, script, wearings, rng)

        path = folder / f"{name}-{seed}-{seconds:g}s.mp4"
        made.append(film_at(path, fingerprint(_MODULES, model.name, seed, seconds), make))
    return made


def dress(model: Portrait, rng: np.random.Generator) -> tuple[Dresser, dict[str, Wearing]]:
    """Draw a mask for a face, and one wearing of each way that they can show together."""
    for _ in range(20):
        dresser = Dresser(model.picture, model.points, draw_look(rng))
        wearings: dict[str, Wearing] = {}
        for way in WAYS:
            if way != "none":
                try:
                    wearings[way] = dresser.draw(way, rng)
                except PaintError:
                    continue
        if {"correct", "nose", "nose_and_mouth"} <= set(wearings):
            return dresser, wearings
    raise PaintError(f"{model.name}: no mask of twenty fits this face")


def _known(way: str, wearings: dict[str, Wearing]) -> str:
    return way if way == "none" or way in wearings else "correct"


def act(
    model: Portrait,
    dresser: Dresser,
    script: Script,
    wearings: dict[str, Wearing],
    rng: np.random.Generator,
) -> tuple[Truth, Iterator[Picture]]:
    """A script's film: what it shows, and its frames."""
    frames = round(script.seconds * RATE)
    stage = Stage(model, rng)
    poses = [stage.pose(number / RATE) for number in range(frames)]
    x, y, w, h = model.box
    corners = np.array([[x, x + w, x, x + w], [y, y, y + h, y + h], [1, 1, 1, 1]])
    boxes = []
    for matrix in poses:
        moved = matrix @ corners
        low, high = moved.min(axis=1), moved.max(axis=1)
        boxes.append([*low, *(high - low)])
    truth = Truth((KnownFace(None),), np.array(boxes)[:, None], SIZE, script.spans())
    places = places_of(script, wearings, frames)

    def play() -> Iterator[Picture]:
        noise = Noise(rng, SIZE, _NOISE)
        last: Place | None = None
        picture = model.picture
        for number, (matrix, place) in enumerate(zip(poses, places, strict=True)):
            if place != last:
                picture, last = dresser.paint(place), place
            yield noise.on(stage.shoot(picture, matrix, number / RATE), number)

    return truth, play()


def places_of(script: Script, wearings: dict[str, Wearing], frames: int) -> list[Place]:
    """Where the mask is in each frame."""
    some = wearings["correct"]
    ways = [script.start, *(step.way for step in script.steps)]
    rests: list[Place] = []
    for number, way in enumerate(ways):
        if way != "none":
            rests.append(Place(wearings[way]))
            continue
        # It comes off from where it was, and goes on where it will be.
        beside = ways[number - 1] if number else ways[1] if len(ways) > 1 else way
        rests.append(Place(wearings.get(beside, some), away=1.0))
    places = []
    for time in (number / RATE for number in range(frames)):
        done = sum(step.end <= time for step in script.steps)
        place = rests[done]
        if done < len(script.steps) and time > script.steps[done].begin:
            step = script.steps[done]
            share = (time - step.begin) / (step.end - step.begin)
            place = between(place, rests[done + 1], share)
        places.append(place)
    return places


def between(start: Place, end: Place, share: float) -> Place:
    """Where a mask is during a change: it slides, or is lifted off faster and faster."""
    if end.away:
        return Place(start.wearing, share**1.6)
    if start.away:
        return Place(end.wearing, (1 - share) ** 1.6)
    return start.towards(end, smooth_step(share))


class Stage:
    """How a portrait moves before the camera, and its light."""

    def __init__(self, model: Portrait, rng: np.random.Generator) -> None:
        """Draw how.

        Args:
            model: who moves.
            rng: draws.
        """
        x, y, w, h = model.box
        self._middle, self._reach = np.array([x + w / 2, y + h / 2]), np.array([w, h]) / 2
        self._scale = FACE / w
        drifts = [Drift(rng, period) for period in _PERIODS.values()]
        self._drifts = dict(zip(_PERIODS, drifts, strict=True))
        self._lamp = rng.uniform(8, 40), rng.choice((0.82, 1.15))  # goes on or off, once
        columns, rows = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in SIZE))
        self._columns, self._rows = columns, rows
        self._slope = columns / SIZE[0] - 0.5

    def pose(self, time: float) -> NDArray[np.float64]:
        """From the portrait to the film, (2, 3), at a time."""
        at = {name: drift.at(time) for name, drift in self._drifts.items()}
        scale = self._scale * 1.18 ** at["near"]
        angle = math.radians(7 * at["lean"])
        turn = scale * np.array(
            [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        )
        place = np.array([SIZE[0] / 2 + 120 * at["across"], SIZE[1] / 2 - 20 + 35 * at["down"]])
        return np.column_stack([turn, place - turn @ self._middle])

    def shoot(
        self, picture: NDArray[np.uint8], matrix: NDArray[np.float64], time: float
    ) -> NDArray[np.float32]:
        """The portrait as the camera sees it: (H, W, 3), about [0, 255]."""
        back = cv2.invertAffineTransform(matrix)
        # Film pixel i has its centre at i + 0.5; remap counts centres of the picture as whole.
        (a, b, c), (d, e, f) = back
        x = np.float32(a) * self._columns + np.float32(b) * self._rows
        y = np.float32(d) * self._columns + np.float32(e) * self._rows
        x += np.float32(c + (a + b) / 2 - 0.5)
        y += np.float32(f + (d + e) / 2 - 0.5)
        # A head that turns: what stands out moves more than what lies behind.
        away = ((x - self._middle[0]) / (1.3 * self._reach[0])) ** 2 + (
            (y - self._middle[1]) / (1.3 * self._reach[1])
        ) ** 2
        depth = np.exp(-away)
        x -= np.float32(0.10 * self._reach[0] * self._drifts["turn"].at(time)) * depth
        y -= np.float32(0.06 * self._reach[1] * self._drifts["nod"].at(time)) * depth
        shown = cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(shown.astype(np.float32) * self._light(time)[..., None], np.float32)

    def _light(self, time: float) -> NDArray[np.float32]:
        lamp, level = self._lamp
        bright = 1 + 0.10 * self._drifts["bright"].at(time)
        bright *= 1 + (level - 1) * smooth_step((time - lamp) / 0.4)
        side = 0.35 * self._drifts["side"].at(time)
        return np.asarray(bright * (1 + side * self._slope), np.float32)


_PERIODS: Final = {
    "across": (9.0, 16.0),
    "down": (7.0, 12.0),
    "near": (10.0, 18.0),
    "lean": (6.0, 11.0),
    "turn": (5.0, 9.0),
    "nod": (4.0, 8.0),
    "bright": (8.0, 20.0),
    "side": (8.0, 20.0),
}
"""Shortest and longest periods, in seconds."""
