"""What watching a film costs: CPU ms a frame and frames a second, with every frame beside it.

    python -m benchmarks video_speed [--seconds 16] [--faces 1 2 3 4 5]

Films of labelled scenes in 720p, with one to five faces from 48 px on in view all the time, and in
1080p with four; decoding included. The paces take turns, piece by piece of two seconds, each in
its own film reader; medians over pieces. CPU time is that of all threads, until a tenth of a
second after a piece: what goes on beside the frames is part of the cost. Where a part runs in one
thread its share is that thread's time; decoding is timed alone, in turn with the others.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

import glassmask.video
from benchmarks.figures import Figures
from benchmarks.frame import ROOT, add_data_options, shipped_weights
from benchmarks.video.films import RATE, Film
from benchmarks.video.scene_films import LEAST, WHOLE, film_of, lead_camera, scene_truth
from benchmarks.video.watched import STEP
from glassmask import Checker
from glassmask.errors import VideoError
from glassmask.lab.datasets.mending import read_mending
from glassmask.lab.datasets.scenes import Scene, read_scenes
from glassmask.video.moment import Moment
from glassmask.video.pace import PACES

HD, FULL_HD = (1280, 720), (1920, 1080)
PIECE: Final = 2 * RATE
"""Frames of a piece."""

_ZOOMS: Final = (1.0, 1.06)
_SETTLE: Final = 0.1  # seconds in which what goes on beside the frames comes to its end
_DECODING: Final = "decoding"

Answer = TypeVar("Answer")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where things are, how long films are, and how many faces they show."""
    add_data_options(parser, runs="video")
    parser.add_argument("--boxes", type=Path, default=ROOT / "recipes", help="mended boxes")
    parser.add_argument("--seconds", type=float, default=16.0, help="of each film")
    parser.add_argument("--faces", type=int, nargs="+", default=[1, 2, 3, 4, 5], help="of 720p")
    parser.add_argument("--hd-only", action="store_true", help="leave out 1080p, for a try")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The three shipped networks."""
    return shipped_weights("finder", "landmarks", "wear")


def measure(options: argparse.Namespace) -> Figures:
    """By size of film and number of faces."""
    wanted = [(HD, faces) for faces in options.faces]
    if not options.hd_only:
        wanted.append((FULL_HD, 4))
    scenes = read_scenes(options.data / "real", read_mending(options.boxes)).scenes
    figures: dict[str, Figures] = {}
    for size, faces in wanted:
        film = speed_film(scenes, size, faces, options.runs, options.seconds)
        name = f"{size[1]}p, {faces} faces"
        figures[name] = in_turns(film)
        print(f"{name}: {figures[name]}", flush=True)
    return figures


def speed_film(
    scenes: tuple[Scene, ...], size: tuple[int, int], faces: int, folder: Path, seconds: float
) -> Film:
    """A film in which so many faces, and no others, are in view all the time.

    Raises:
        VideoError: no scene of val shows so many.
    """
    frames = round(seconds * RATE)
    for scene in scenes:
        if scene.split != "val" or scene.unlabelled or len(scene.faces) != faces:
            continue
        camera = lead_camera(scene, size, frames, _ZOOMS)
        truth = scene_truth(scene, camera, size)
        least = LEAST * size[0] / HD[0]
        if (truth.shown() >= WHOLE).all() and truth.boxes[..., 2:].min() >= least:
            path = folder / f"speed-{size[1]}p-{faces}-{seconds:g}s.mp4"
            return film_of(scene, path, frames, size=size, zooms=_ZOOMS)
    raise VideoError(f"no scene of val shows {faces} faces from {LEAST:g} px on, and no others")


class Timed(Checker):
    """A checker that knows how long each of its parts took, in seconds of the calling thread."""

    def __init__(self) -> None:
        super().__init__(engine="onnxruntime", threads=1)
        self.spent: defaultdict[str, float] = defaultdict(float)

    def find(self, *given: Any, **named: Any) -> Any:
        """As `Checker.find`."""
        return self._timed("find", lambda: super(Timed, self).find(*given, **named))

    def follow(self, *given: Any, **named: Any) -> Any:
        """As `Checker.follow`."""
        return self._timed("follow", lambda: super(Timed, self).follow(*given, **named))

    def judge(self, *given: Any, **named: Any) -> Any:
        """As `Checker.judge`."""
        return self._timed("judge", lambda: super(Timed, self).judge(*given, **named))

    def _timed(self, part: str, work: Callable[[], Answer]) -> Answer:
        began = time.thread_time()
        try:
            return work()
        finally:
            self.spent[part] += time.thread_time() - began


def in_turns(film: Film) -> Figures:
    """CPU ms a frame, frames a second, and what takes which share of it, by pace."""
    checkers = {pace: Timed() for pace in PACES}
    cpu: dict[str, list[float]] = {}
    wall: dict[str, list[float]] = {}
    seen: list[int] = []
    frames = 0
    with ExitStack() as stack:
        readers: dict[str, Iterator[Any]] = {}
        for pace, checker in checkers.items():
            source = stack.enter_context(glassmask.video.open(film.path))
            readers[pace] = iter(glassmask.video.watch(source, checker, pace=PACES[pace]))
        readers[_DECODING] = iter(stack.enter_context(glassmask.video.open(film.path)))
        is_warm = False  # the first piece does not count
        while True:
            spent = {name: _piece(reader) for name, reader in readers.items()}
            if min(len(counts) for _, _, counts in spent.values()) < PIECE:
                break
            if not is_warm:
                is_warm = True
                for checker in checkers.values():
                    checker.spent.clear()
                continue
            frames += PIECE
            for name, (cpu_ms, seconds, counts) in spent.items():
                cpu.setdefault(name, []).append(cpu_ms / PIECE)
                wall.setdefault(name, []).append(seconds)
                if name == "normal":
                    seen += counts
    if not frames:
        raise VideoError(f"{film.name}: is too short: give it {3 * PIECE * STEP:g} s or more")
    typical = {name: statistics.median(spent) for name, spent in cpu.items()}
    took = {name: statistics.median(spent) for name, spent in wall.items()}
    return {
        "faces_seen": statistics.mean(seen),
        "pieces": frames // PIECE,
        "cpu_ms": typical,
        "frames_a_second": {name: PIECE / seconds for name, seconds in took.items()},
        "exact_to_normal": {
            "cpu": typical["exact"] / typical["normal"],
            "time": took["exact"] / took["normal"],
        },
        "parts_ms": {
            pace: _parts(checker.spent, frames, typical[pace], typical[_DECODING])
            for pace, checker in checkers.items()
        },
    }


def _piece(reader: Iterator[Any]) -> tuple[float, float, list[int]]:
    """CPU ms and seconds of the next frames of a reader, and how many faces are seen in each."""
    cpu, began = time.process_time(), time.perf_counter()
    counts = [_seen(item) for item in islice(reader, PIECE)]  # frames are let go, as users do
    seconds = time.perf_counter() - began
    time.sleep(_SETTLE)
    return 1000 * (time.process_time() - cpu), seconds, counts


def _parts(
    spent: Mapping[str, float], frames: int, whole: float, decoding: float
) -> dict[str, float]:
    """CPU ms a frame of each part; the rest is tracks, states and threads.

    Args:
        spent: seconds by part, of all frames.
        frames: how many.
        whole: CPU ms a frame of all parts.
        decoding: of that alone.
    """
    names = ("find", "follow", "judge")
    parts = {name: 1000 * spent.get(name, 0.0) / frames for name in names}
    return {_DECODING: decoding, **parts, "rest": whole - decoding - sum(parts.values())}


def _seen(item: Any) -> int:
    """How many faces are seen in a moment; none in a frame that is only decoded."""
    return sum(one.is_seen for one in item.tracks) if isinstance(item, Moment) else 0
