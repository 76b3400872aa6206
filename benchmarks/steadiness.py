"""How far the shares of the evidence move where a photo changes by hardly anything.

    python -m benchmarks steadiness [--faces 100]

The demo photos and real faces of val, each saved as JPEG of four qualities, moved by a pixel, and
made 5% lighter and darker. What moves is the largest change of any region's share, of an answer and
of the verdict: as a user meets it, faces being found again, and with the box kept, which leaves the
networks' own part. Told of answers that stay the same; how many do is told beside it.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.figures import Figures, proportion
from benchmarks.frame import shipped_weights
from benchmarks.photo_cases import add_case_options, demo_cases, middle, val_cases, verdict_near
from glassmask import Checker, Question, Verdict
from glassmask.lab.metrics.accuracy import Proportion
from glassmask.labels import QUESTIONS

BAR: Final = 0.05
"""A share that moves by no more is steady."""

Change = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


def jpeg(quality: int) -> Change:
    """Saved as JPEG and read again."""

    def change(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
        file = io.BytesIO()
        Image.fromarray(photo).save(file, "JPEG", quality=quality)
        return np.asarray(Image.open(file).convert("RGB"))

    return change


def moved(right: int, down: int) -> Change:
    """Moved by pixels; the border is repeated."""

    def change(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
        wide = np.pad(photo, ((1, 1), (1, 1), (0, 0)), mode="edge")
        return np.ascontiguousarray(np.roll(wide, (down, right), (0, 1))[1:-1, 1:-1])

    return change


def lit(factor: float) -> Change:
    """Every level times a factor."""

    def change(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.asarray(np.clip(np.rint(photo * factor), 0, 255), np.uint8)

    return change


CHANGES: Final[Mapping[str, Change]] = {
    **{f"JPEG {quality}": jpeg(quality) for quality in (75, 85, 90, 95)},
    "1 px right": moved(1, 0),
    "1 px down": moved(0, 1),
    "5% lighter": lit(1.05),
    "5% darker": lit(0.95),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where the data is, and how many faces of val."""
    add_case_options(parser)


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The three shipped networks."""
    return shipped_weights("finder", "landmarks", "wear")


def measure(options: argparse.Namespace) -> Figures:
    """Of each answer and of the verdict: how many are kept, and how many of these are steady."""
    checker = Checker(engine="onnxruntime")
    cases = [*demo_cases(checker), *val_cases(options.data, options.mend, options.faces)]
    found = [
        (case, verdict)
        for case in cases
        if (verdict := verdict_near(checker, case.photo, case, middle(case.box)))
    ]
    pairs: dict[str, list[tuple[Verdict, Verdict]]] = {"found again": [], "box kept": []}
    lost = 0
    for case, before in found:
        for change in CHANGES.values():
            photo = change(case.photo)
            after = verdict_near(checker, photo, case, middle(case.box))
            if after is None:
                lost += 1
                continue
            pairs["found again"].append((before, after))
            pairs["box kept"].append((before, checker.judge(photo, [before.face])[0]))
    told: dict[str, Figures | float] = {"faces": len(found), "lost": lost}
    for name, some in pairs.items():
        told[name] = {str(what or "verdict"): steady(some, what) for what in (*QUESTIONS, None)}
        print(f"{name}: {told[name]}", flush=True)
    return told


def steady(pairs: list[tuple[Verdict, Verdict]], question: Question | None) -> Figures:
    """Of an answer, or (None) of the verdict."""
    kept = [(a, b) for a, b in pairs if _said(a, question) == _said(b, question)]
    moves = [largest_move(a, b, question) for a, b in kept]
    return {
        "kept": proportion(Proportion(len(kept), len(pairs))),
        "steady": proportion(Proportion(sum(move <= BAR for move in moves), len(moves))),
        "median": float(np.median(moves)),
        "p95": float(np.percentile(moves, 95)),
    }


def largest_move(one: Verdict, other: Verdict, question: Question | None) -> float:
    """The largest change of any region's share."""
    first, second = (
        verdict.shares if question is None else verdict.answers[question].shares
        for verdict in (one, other)
    )
    return max(abs(first[region] - second[region]) for region in first)


def _said(verdict: Verdict, question: Question | None) -> object:
    if question is None:
        return verdict.wear, verdict.uncovered
    return verdict.answers[question].answer
