"""Find pictures that show the same: same FFHQ id, same bytes, or nearly the same pixels."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, TypeVar

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmask.lab.datasets.records import FaceRecord
from glassmask.photos import FORMATS

T = TypeVar("T")

Reason: TypeAlias = Literal["same id", "same bytes", "near-duplicate"]

NEAR: Final = 10
"""Bits of the 64 of a perceptual hash in which near-duplicates may differ; a first sieve."""

ALIKE: Final = 0.97
"""Correlation of two pictures, 32 x 32 grey, from which on they are near-duplicates."""

_SIDE: Final = 32


@dataclass(frozen=True, slots=True)
class Match:
    """Two faces whose pictures show the same.

    Attributes:
        first: a face.
        second: another, of another picture.
        reason: why they are taken for the same.
    """

    first: FaceRecord
    second: FaceRecord
    reason: Reason

    @property
    def leaks(self) -> bool:
        """Whether they are in different splits."""
        splits = {self.first.split, self.second.split}
        return len(splits) == 2 and "" not in splits

    @property
    def across(self) -> bool:
        """Whether they are of different datasets."""
        return self.first.dataset != self.second.dataset


@dataclass(frozen=True, slots=True)
class _Print:
    """What a picture is compared by."""

    digest: bytes
    bits: np.uint64
    grey: NDArray[np.float32]  # (1024,), zero mean, unit length; zeros for an even picture


def find_matches(
    records: Sequence[FaceRecord], progress: Callable[[int], None] = lambda _: None
) -> list[Match]:
    """Find all pairs of pictures that show the same; pictures that can't be read are passed over.

    Perceptual hash: pHash of the `imagehash` library (DCT, 64 bits). Pairs within `NEAR` bits
    are compared by correlation, for portraits in one framing have similar hashes.

    Args:
        records: faces; several of one picture count once.
        progress: called with the number of pictures read so far.
    """
    one_each = list({record.path.resolve(): record for record in records}.values())
    matches = [
        Match(first, second, "same id")
        for group in _by(one_each, lambda r: r.group if r.group.startswith("ffhq-") else None)
        for first, second in _links(group)
    ]
    prints: dict[int, _Print] = {}
    with ThreadPoolExecutor() as pool:
        read = pool.map(_print, [record.path for record in one_each])
        for number, found in enumerate(read):
            if found is not None:
                prints[number] = found
            progress(number + 1)
    known = list(prints)
    for group in _by(known, lambda i: prints[i].digest):
        matches += [Match(one_each[a], one_each[b], "same bytes") for a, b in _links(group)]
    for a, b in _near(known, prints):
        matches.append(Match(one_each[a], one_each[b], "near-duplicate"))
    return matches


def merged_groups(records: Sequence[FaceRecord], matches: Iterable[Match]) -> list[str]:
    """The group of each record when groups that a match joins are one."""
    parent: dict[str, str] = {record.group: record.group for record in records}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for match in matches:
        a, b = sorted((root(match.first.group), root(match.second.group)))
        parent[b] = a
    return [root(record.group) for record in records]


def _by(items: Iterable[T], key: Callable[[T], object]) -> list[list[T]]:
    """Items that share a key other than None, where there are several."""
    groups: dict[object, list[T]] = defaultdict(list)
    for item in items:
        own = key(item)
        if own is not None:
            groups[own].append(item)
    return [group for group in groups.values() if len(group) > 1]


def _links(group: Sequence[T]) -> Iterator[tuple[T, T]]:
    """All pairs of a small group; of a large one, each with the first."""
    for i, first in enumerate(group):
        for second in group[i + 1 :]:
            yield first, second
        if len(group) > 50:
            return


def _print(path: Path) -> _Print | None:
    try:
        content = path.read_bytes()
        with Image.open(path, formats=FORMATS) as picture:
            grey = picture.convert("L")
            bits = imagehash.phash(grey).hash.ravel()
            small = np.asarray(grey.resize((_SIDE, _SIDE), Image.Resampling.BOX), np.float32)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    flat = small.ravel() - small.mean()
    length = float(np.linalg.norm(flat))
    return _Print(
        hashlib.sha256(content).digest(),
        np.packbits(bits).view(np.uint64)[0],
        flat / length if length > 1 else np.zeros_like(flat),
    )


def _near(known: Sequence[int], prints: dict[int, _Print]) -> Iterator[tuple[int, int]]:
    """Pairs whose hashes are near and whose pictures correlate, other than the same bytes."""
    if not known:
        return
    bits = np.array([prints[i].bits for i in known], np.uint64)
    greys = np.stack([prints[i].grey for i in known])
    for a in range(len(known) - 1):
        far = np.bitwise_count(bits[a + 1 :] ^ bits[a])
        for b in (np.flatnonzero(far <= NEAR) + a + 1).tolist():
            same = prints[known[a]].digest == prints[known[b]].digest
            if not same and float(greys[a] @ greys[b]) >= ALIKE:
                yield known[a], known[b]
