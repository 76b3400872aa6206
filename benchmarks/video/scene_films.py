"""Films of labelled scenes: a slow camera over a photo, so that every frame's boxes are known.

A scene is a photo of val with its mended boxes. The camera pans, zooms and trembles a little;
faces move with the photo, together, as in front of a camera that is led by hand. Each film shows
two to six faces from 48 px on most of the time.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.video import films, motion
from benchmarks.video.films import RATE, Film, KnownFace, Picture, Truth, film_at, fingerprint
from benchmarks.video.motion import Drift, Noise
from glassmask.lab.datasets.mending import read_mending
from glassmask.lab.datasets.scenes import Scene, read_scenes
from glassmask.labels import WEARS
from glassmask.photos import read_photo

FILMS: Final = 8
SECONDS: Final = 30.0
SIZE: Final = (1280, 720)
LEAST: Final = 48.0
"""Pixels of a film: a face's shorter side from which on it counts."""
WHOLE: Final = 0.95
"""A face of which less lies inside the film need not be found."""

_ZOOMS: Final = (1.05, 1.4)
_NOISE: Final = 1.5


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera looks, frame by frame.

    Attributes:
        x: (frames,) of the film's left edge, in pixels of the photo.
        y: (frames,) of its upper edge.
        scale: (frames,) pixels of the film for one of the photo.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    scale: NDArray[np.float64]

    def boxes(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """Boxes (faces, 4) of the photo in each frame: (frames, faces, 4)."""
        moved = np.repeat(own[None], len(self.x), axis=0)
        moved[..., 0] -= self.x[:, None]
        moved[..., 1] -= self.y[:, None]
        return np.asarray(moved * self.scale[:, None, None])


def lead_camera(
    scene: Scene, size: tuple[int, int], frames: int, zooms: tuple[float, float] = _ZOOMS
) -> Camera:
    """Lead a camera over a scene, always in the same way.

    Args:
        scene: which.
        size: width and height of the film.
        frames: how many.
        zooms: least and greatest; at 1 the film shows as much of the photo as it can.
    """
    photo, rng = scene.size, _rng(scene, 0)
    times = np.arange(frames) / RATE
    drifts = [Drift(rng, period) for period in ((16, 26), (12, 22), (12, 22))]
    zoom, across, down = (np.array([drift.at(t) for t in times]) for drift in drifts)
    tremble = [0.6 * np.array([Drift(rng, (0.7, 1.1)).at(t) for t in times]) for _ in range(2)]
    widest = min(photo[0], photo[1] * size[0] / size[1])
    low, high = zooms
    width = widest / (low * (high / low) ** ((zoom + 1) / 2))
    height = width * size[1] / size[0]
    scale = size[0] / width
    x = (photo[0] - width) * (1 + 0.96 * across) / 2 + tremble[0] / scale
    y = (photo[1] - height) * (1 + 0.96 * down) / 2 + tremble[1] / scale
    return Camera(x, y, scale)


def scene_films(
    data: Path, boxes: Path, folder: Path, *, seconds: float = SECONDS, number: int = FILMS
) -> list[Film]:
    """Films of scenes of val, made where they are not there yet.

    Args:
        data: folder of the datasets.
        boxes: folder of the mended boxes.
        folder: where films go.
        seconds: of each.
        number: of films.
    """
    frames = round(seconds * RATE)
    chosen = choose_scenes(_val(data, boxes), number)
    return [
        film_of(scene, folder / f"scene-{rank}-{seconds:g}s.mp4", frames, size=SIZE)
        for rank, scene in enumerate(chosen)
    ]


def film_of(
    scene: Scene,
    path: Path,
    frames: int,
    *,
    size: tuple[int, int],
    zooms: tuple[float, float] = _ZOOMS,
) -> Film:
    """A scene's film, of so many frames."""

    def make() -> tuple[Truth, Iterable[Picture]]:
        camera = lead_camera(scene, size, frames, zooms)
        return scene_truth(scene, camera, size), scene_frames(scene, camera, size)

    made_by = fingerprint(
        [sys.modules[__name__], films, motion], scene.path.name, scene.faces, frames, size, zooms
    )
    return film_at(path, made_by, make)


def choose_scenes(scenes: list[Scene], number: int) -> list[Scene]:
    """Scenes of whose films most frames show two to six faces: of each number in turn."""
    by_count: dict[int, list[Scene]] = {count: [] for count in (2, 3, 4, 5, 6)}
    for place in np.random.default_rng(0).permutation(len(scenes)):
        counts = faces_of_film(scenes[place])
        low, typical, high = np.quantile(counts, (0.05, 0.5, 0.95)).astype(int)
        if low >= 2 and high <= 6:
            by_count[typical].append(scenes[place])
    chosen: list[Scene] = []
    while len(chosen) < number and any(by_count.values()):
        chosen += [own.pop(0) for own in by_count.values() if own]
    return chosen[:number]


def faces_of_film(scene: Scene) -> NDArray[np.int64]:
    """How many faces that count each second of a scene's film shows, (seconds,)."""
    camera = lead_camera(scene, SIZE, round(SECONDS * RATE))
    truth = scene_truth(scene, camera, SIZE)
    large = truth.boxes[..., 2:].min(axis=-1) >= LEAST
    named = np.array([face.counts for face in truth.faces], bool)
    return np.asarray((large & named & (truth.shown() >= WHOLE)).sum(axis=1)[::RATE])


def scene_truth(scene: Scene, camera: Camera, size: tuple[int, int]) -> Truth:
    """What a film of a scene shows; places that nobody labelled don't count."""
    faces = [
        KnownFace(str(face.label) if face.label in WEARS else None, face.clear)
        for face in scene.faces
    ]
    faces += [KnownFace(None, counts=False)] * len(scene.unlabelled)
    own = [*(face.box for face in scene.faces), *scene.unlabelled]
    return Truth(tuple(faces), camera.boxes(np.array(own, np.float64).reshape(-1, 4)), size)


def scene_frames(scene: Scene, camera: Camera, size: tuple[int, int]) -> Iterator[Picture]:
    """The frames of a film of a scene."""
    photo = read_photo(scene.path)
    noise = Noise(_rng(scene, 1), size, _NOISE)
    for number, (x, y, scale) in enumerate(zip(camera.x, camera.y, camera.scale, strict=True)):
        # warpAffine counts centres as whole numbers, boxes count edges so.
        matrix = np.array(
            [[scale, 0, (0.5 - x) * scale - 0.5], [0, scale, (0.5 - y) * scale - 0.5]]
        )
        shown = cv2.warpAffine(
            photo, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        yield noise.on(shown.astype(np.float32), number)


def _rng(scene: Scene, part: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(scene.path.name.encode()), part])


def _val(data: Path, boxes: Path) -> list[Scene]:
    scenes = read_scenes(data / "real", read_mending(boxes)).scenes
    return [scene for scene in scenes if scene.split == "val" and scene.faces]
