"""One checker, many threads: every answer is the one that the photo has alone, bit for bit."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checker
from glassmask.checked import Checked
from glassmask.errors import NetworkError
from glassmask.networks.engines import Engine

pytestmark = pytest.mark.heavy

Photo = NDArray[np.uint8]

THREADS = 8
PHOTOS = 40
ENGINES: tuple[Engine, ...] = ("onnxruntime", "openvino")


@pytest.fixture(scope="module")
def photos(demo: dict[str, Photo]) -> list[Photo]:
    """Forty that all differ: the demo portrait in other sizes, places, lights and numbers."""
    rng = np.random.default_rng(7)
    portraits = list(demo.values())
    photos = []
    for number in range(PHOTOS):
        count = 2 if number % 4 == 0 else 1
        height, width = int(rng.integers(80, 100)), count * 80
        photo = rng.integers(60, 200, (1, 1, 3)) + rng.integers(-20, 20, (height, width, 3))
        for place in range(count):
            side = int(rng.integers(64, 80))
            face = cv2.resize(portraits[rng.integers(len(portraits))], (side, side))
            left = 80 * place + int(rng.integers(0, 80 - side))
            top = int(rng.integers(0, height - side))
            photo[top : top + side, left : left + side] = face * rng.uniform(0.6, 1.0, 3)
        photos.append(photo.astype(np.uint8))
    return photos


def bits(checked: Checked) -> tuple[object, ...]:
    """All that was said of a photo, as values that are equal only if each bit is."""
    return tuple(
        (
            verdict.face.box,
            verdict.face.score,
            None if verdict.face.landmarks is None else verdict.face.landmarks.xy.tobytes(),
            verdict.evidence.logits.tobytes(),
            verdict.evidence.maps.tobytes(),
            dict(verdict.probabilities),
            dict(verdict.answers),
            dict(verdict.shares),
            (verdict.wear, verdict.uncovered, verdict.unsure_reason, verdict.prediction_set),
        )
        for verdict in checked
    )


def require_own_answers(engine: Engine, photos: Sequence[Photo], checks: int) -> None:
    """Check the photos in turn, then from all threads at once, and compare."""
    checker = Checker(engine=engine)
    alone = [bits(checker.check(photo)) for photo in photos]
    assert sum(map(len, alone)) > len(photos)  # some have several faces, and they are found
    assert len(set(map(str, alone))) == len(photos)  # another photo's answer would be noticed
    together = threading.Barrier(THREADS)

    def work(first: int) -> int:
        """How many of this thread's answers are right; each thread has its own order."""
        order = np.random.default_rng(first).integers(0, len(photos), checks // THREADS)
        together.wait()
        return sum(bits(checker.check(photos[number])) == alone[number] for number in order)

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, range(THREADS))) == checks


def test_no_threads_are_refused() -> None:
    with pytest.raises(NetworkError, match="threads is 0: give 1 or more"):
        Checker(threads=0)


@pytest.mark.parametrize("engine", ENGINES)
def test_400_checks_of_8_threads(engine: Engine, photos: list[Photo]) -> None:
    require_own_answers(engine, photos, 400)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_10000_checks_of_8_threads(engine: Engine, photos: list[Photo]) -> None:
    require_own_answers(engine, photos, 10_000)
