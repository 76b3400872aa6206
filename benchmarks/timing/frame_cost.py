"""What a video frame costs: CPU ms of a 720p frame with a face, alone and beside busy processes.

    python -m benchmarks frame_cost [--rounds 30] [--base ../other/src]

CPU time is that of all threads, until 50 ms after the answer: threads that still wait by spinning
are part of the cost. Each state of the code runs in a process of its own; they take turns, and so
do `alone` and `busy`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures
from benchmarks.frame import ROOT, shipped_weights
from benchmarks.timing.code_states import ask, open_worker
from glassmask.painter import demo_photos

ENGINES: Final = ("onnxruntime", "openvino")

_WORKER: Final = """
import sys, time
import numpy as np
import glassmask

checker, frame = glassmask.Checker(engine=sys.argv[1]), np.load(sys.argv[2])
faces = len(checker.check(frame))
assert faces == 1, f"{faces} faces in the frame, expected 1"
print("ready", flush=True)
for _ in sys.stdin:
    time.sleep(0.05)
    before = time.process_time()
    checker.check(frame)
    time.sleep(0.05)
    print(1000 * (time.process_time() - before), flush=True)
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many rounds, and what to compare with."""
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--base", type=Path, help="`src` of another state of the code, to compare")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The shipped networks."""
    return shipped_weights("wear", "finder", "landmarks")


def measure(options: argparse.Namespace) -> Figures:
    """Medians of CPU ms by engine and state, and how much more a frame costs beside others."""
    states = {"now": ROOT / "src"}
    if options.base is not None:
        states["base"] = options.base
    times: dict[tuple[str, str, str], list[float]] = {}
    with contextlib.ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "frame.npy"
        np.save(path, frame())
        workers = {
            (engine, state): stack.enter_context(open_worker(_WORKER, source, engine, str(path)))
            for engine in ENGINES
            for state, source in states.items()
        }
        for _ in range(options.rounds):
            for load, count in (("alone", 0), ("busy", os.cpu_count() or 1)):
                with _busy(count):
                    for (engine, state), worker in workers.items():
                        spent = times.setdefault((engine, state, load), [])
                        spent.append(float(ask(worker)))
    return {
        engine: {state: _summary(times, engine, state) for state in states} for engine in ENGINES
    }


def frame() -> NDArray[np.uint8]:
    """A 720p frame with the demo portrait in it, RGB uint8 (720, 1280, 3)."""
    rows, columns = np.mgrid[0:720, 0:1280]
    picture = np.stack([90 + rows / 12, 110 + columns / 20, 130 + rows / 15], axis=2)
    face = cv2.resize(demo_photos()["nose"], (380, 398), interpolation=cv2.INTER_LINEAR)
    picture[160 : 160 + 398, 450 : 450 + 380] = face
    return picture.astype(np.uint8)


def _summary(times: Mapping[tuple[str, str, str], list[float]], engine: str, state: str) -> Figures:
    alone, busy = (statistics.median(times[engine, state, load]) for load in ("alone", "busy"))
    print(f"{engine:<12} {state:<5} {alone:6.1f} ms alone, {busy:6.1f} ms busy: {busy / alone:.2f}")
    return {"alone_ms": alone, "busy_ms": busy, "ratio": busy / alone}


@contextlib.contextmanager
def _busy(count: int) -> Iterator[None]:
    """So many processes that do nothing but work."""
    command = [sys.executable, "-S", "-c", "while True: pass"]
    others = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()
