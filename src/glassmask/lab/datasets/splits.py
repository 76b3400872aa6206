"""Split a dataset so that nobody is on both sides: grouped, stratified, seeded, on disk."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from glassmask.errors import DatasetError, SplitError
from glassmask.files import replacing
from glassmask.lab.datasets.folds import fold_numbers
from glassmask.lab.datasets.reading import is_text
from glassmask.lab.datasets.records import FaceRecord

SHARES: Final[Mapping[str, float]] = MappingProxyType({"train": 0.8, "val": 0.1, "test": 0.1})

_FOLDS: Final = 20


def make_split(
    records: Sequence[FaceRecord],
    groups: Sequence[str],
    shares: Mapping[str, float] = SHARES,
    seed: int = 0,
) -> list[str]:
    """The split of each record.

    Faces are cut into 20 folds, stratified by their labels; no group crosses
    folds. The splits take folds by their shares.

    Args:
        records: the faces.
        groups: the group of each: what must stay together.
        shares: of train, val and test; each 0.05 or more, together 1.
        seed: of the folds.

    Raises:
        SplitError: too few groups, or shares that don't make sense.
    """
    if set(shares) != set(SHARES) or abs(sum(shares.values()) - 1) > 1e-6:
        raise SplitError("the shares of train, val and test must add up to 1")
    counts = {name: round(share * _FOLDS) for name, share in shares.items()}
    odd = any(abs(share * _FOLDS - counts[name]) > 1e-6 for name, share in shares.items())
    if odd or min(counts.values()) < 1:
        raise SplitError(f"shares go in steps of {1 / _FOLDS:.2f}, and none may be 0")
    if len(set(groups)) < _FOLDS:
        raise SplitError(f"{len(set(groups))} groups are too few to split: {_FOLDS} or more")
    try:
        folds = fold_numbers(records, _FOLDS, seed, groups)
    except DatasetError as error:
        raise SplitError(f"too few faces: no class has {_FOLDS} or more") from error
    names = [name for name, count in counts.items() for _ in range(count)]
    return [names[fold] for fold in folds]


def write_split(
    path: Path,
    folder: Path,
    records: Sequence[FaceRecord],
    groups: Sequence[str],
    splits: Sequence[str],
) -> None:
    """Write a split file: file (relative to the folder), split, group; a row a picture.

    Raises:
        SplitError: two faces of one picture are in different splits, or its name is no text.
    """
    rows: dict[str, tuple[str, str]] = {}
    for record, split, group in zip(records, splits, groups, strict=True):
        name = record.path.relative_to(folder).as_posix()
        if not is_text(name):
            raise SplitError(f"{name!r}: no name in UTF-8, as tables want it: rename the file")
        if rows.setdefault(name, (split, group))[0] != split:
            raise SplitError(f"{name}: its faces are in different splits")
    with replacing(path) as partial, partial.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(["file", "split", "group"])
        for name, own in sorted(rows.items()):
            writer.writerow([name, *own])
