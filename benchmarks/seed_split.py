"""How many test faces leak when MaskedFace-Net is split by picture instead of by person.

    python -m benchmarks.seed_split --data DATA

Both student studies split the pictures at random. MaskedFace-Net has up to two pictures of one
FFHQ photo, one worn correctly and one incorrectly, and the photo itself is the unmasked class: a
test face leaks when another picture of its person is in training. Prints the share on the sample,
by drawing, and the share to expect for the published numbers, by counting.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from glassmask.lab.datasets import FaceRecord, read_datasets

CORRECT, INCORRECT, PHOTOS = 67_193, 66_900, 70_000
"""Pictures of MaskedFace-Net as the studies count the published set, and the FFHQ ids they are of.

The abstract of Cabani et al. 2020 says 137,016; more pictures of the same ids would leak more."""

TRAIN_SHARES = {"65 % in training, as the first study": 0.65, "80 % in training": 0.8}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    folders = [options.data / "maskedfacenet", options.data / "faces"]
    records = [r for r in read_datasets(folders).records if r.group.startswith("ffhq-")]
    masked = [r for r in records if r.dataset == "maskedfacenet"]
    for title, share in TRAIN_SHARES.items():
        print(f"split by picture, {title}: test faces whose person is in training")
        print(f"  the sample, masked pictures ({len(masked)}): {drawn(masked, share):.1%}")
        print(f"  the sample with its bare faces ({len(records)}): {drawn(records, share):.1%}")
        low, high = expected(share, bare=False)
        print(f"  as published, masked pictures: {low:.1%} to {high:.1%}")
        low, high = expected(share, bare=True)
        print(f"  as published, with the FFHQ photos: {low:.1%} to {high:.1%}")


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


if __name__ == "__main__":
    main()
