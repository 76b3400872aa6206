"""How a film's cost is taken: piece by piece, and part by part."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

pytest.importorskip("av", reason="films need PyAV: pip install 'glassmask[video]'")

from benchmarks.timing.video_speed import PIECE, _parts, _piece


def _busy(frames: int, seconds: float) -> Iterator[int]:
    for number in range(frames):
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass
        yield number


def test_a_piece_is_so_many_frames_and_what_they_cost() -> None:
    reader = _busy(PIECE + 3, 0.001)
    cpu, seconds, counts = _piece(reader)
    assert counts == [0] * PIECE
    assert cpu >= PIECE  # a millisecond each
    assert 1000 * seconds >= PIECE
    assert _piece(reader)[2] == [0] * 3


def test_parts_make_the_whole() -> None:
    parts = _parts({"find": 0.4, "follow": 0.3, "judge": 0.1}, 100, whole=15.0, decoding=4.0)
    assert parts == pytest.approx(
        {"decoding": 4.0, "find": 4.0, "follow": 3.0, "judge": 1.0, "rest": 3.0}
    )
    assert _parts({}, 10, whole=5.0, decoding=4.0)["rest"] == pytest.approx(1.0)
