"""How many test faces leak when MaskedFace-Net is split by picture instead of by person.

    python -m benchmarks leaks

Both student studies split the pictures at random. MaskedFace-Net has up to two pictures of one
FFHQ photo, one worn correctly and one incorrectly, and the photo itself is the unmasked class: a
test face leaks when another picture of its person is in training. Measures the share on
the sample, by drawing, and the share to expect for the published numbers, by counting.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.figures import Figures
from benchmarks.frame import add_data_options
from glassmask.lab.datasets import FaceRecord, read_datasets

CORRECT, INCORRECT, PHOTOS = 67_193, 66_900, 70_000
"""Pictures of MaskedFace-Net as the studies count the published set, and the FFHQ ids they are of.

The abstract of Cabani et al. 2020 says 137,016; more pictures of the same ids would leak more."""

TRAIN_SHARES = (0.65, 0.8)
"""The first study has 65% of the pictures in training."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where the data is."""
    add_data_options(parser)


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """No network is."""
    return {}


def measure(options: argparse.Namespace) -> Figures:
    """The share of test faces whose person is in training; for the published set its range."""
    folders = [options.data / "maskedfacenet", options.data / "faces"]
    records = [r for r in read_datasets(folders).records if r.group.startswith("ffhq-")]
    masked = [r for r in records if r.dataset == "maskedfacenet"]
    known: dict[str, dict[str, list[float]]] = {
        "published, masked": {},
        "published, all": {},
        "sample, masked": {},
        "sample, all": {},
    }
    for share in TRAIN_SHARES:
        column = f"{share:g}"
        known["published, masked"][column] = list(expected(share, bare=False))
        known["published, all"][column] = list(expected(share, bare=True))
        known["sample, masked"][column] = [drawn(masked, share)]
        known["sample, all"][column] = [drawn(records, share)]
    for name, shares in known.items():
        print(f"{name}: {shares}", flush=True)
    return {
        "sample": {"masked": len(masked), "bare": len(records) - len(masked)},
        "test_faces_known": known,
    }


def drawn(records: Sequence[FaceRecord], share: float, rounds: int = 200) -> float:
    """Mean share of leaking faces over random splits of these pictures."""
    groups = np.unique([r.group for r in records], return_inverse=True)[1]
    rng = np.random.default_rng(0)
    leaks = []
    for _ in range(rounds):
        train = rng.random(len(records)) < share
        known = np.bincount(groups[train], minlength=groups.max() + 1) > 0
        leaks.append(float(known[groups[~train]].mean()))
    return float(np.mean(leaks))


def expected(share: float, bare: bool) -> tuple[float, float]:
    """Least and greatest share for the published numbers.

    It depends on how many photos have both a correct and an incorrect picture: at least
    CORRECT + INCORRECT - PHOTOS, at most the smaller of the two.
    """
    shares = []
    for both in (CORRECT + INCORRECT - PHOTOS, min(CORRECT, INCORRECT)):
        single = CORRECT + INCORRECT - 2 * both
        none = PHOTOS - both - single
        sizes = {2 + bare: both, 1 + bare: single, int(bare): none}  # pictures of one person
        pictures = sum(size * count for size, count in sizes.items())
        leaking = sum(
            size * count * (1 - (1 - share) ** (size - 1))
            for size, count in sizes.items()
            if size > 1
        )
        shares.append(leaking / pictures)
    return min(shares), max(shares)
