"""Find pictures that show the same: same FFHQ id, same bytes, or nearly the same pixels."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias, TypeVar

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmask.errors import PhotoError
from glassmask.lab.datasets.reading import Problem
from glassmask.photos import read_photo

T = TypeVar("T")

Reason: TypeAlias = Literal["same id", "same bytes", "near-duplicate"]

MAX_HASH_DISTANCE: Final = 10
"""Bits of the 64 of a perceptual hash in which near-duplicates may differ; a first sieve."""

MIN_CORRELATION: Final = 0.97
"""Correlation of two pictures, 32 x 32 grey, from which on they are near-duplicates."""

_SIDE: Final = 32


class SplitPicture(Protocol):
    """Anything in a picture that is in a split: a face's record, a scene."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def split(self) -> str:
        """`train`, `val` or `test`; empty for none."""
        ...

    @property
    def group(self) -> str:
        """What must stay in one split."""
        ...


@dataclass(frozen=True, slots=True)
class Match:
    """Two pictures that show the same.

    Attributes:
        first: a face or scene.
        second: another, of another picture.
        reason: why they are taken for the same.
    """

    first: SplitPicture
    second: SplitPicture
    reason: Reason

    @property
    def leaks(self) -> bool:
        """Whether they are in different splits."""
        splits = {self.first.split, self.second.split}
        return len(splits) == 2 and "" not in splits


@dataclass(frozen=True, slots=True)
class _Fingerprint:
    """What a picture is compared by."""

    digest: bytes
    bits: np.uint64
    grey: NDArray[np.float32]  # (1024,), zero mean, unit length; zeros for an even picture


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing pictures gives.

    Attributes:
        matches: all pairs that show the same.
        problems: pictures that could not be read, so not compared by their pixels.
    """

    matches: tuple[Match, ...]
    problems: tuple[Problem, ...]


def find_matches(
    records: Sequence[SplitPicture], progress: Callable[[int], None] = lambda _: None
) -> Comparison:
    """Find all pairs of pictures that show the same.

    Perceptual hash: pHash of the `imagehash` library (DCT, 64 bits). Pairs within
    `MAX_HASH_DISTANCE` bits are compared by correlation, for portraits in one framing have
    similar hashes.

    Args:
        records: faces and scenes. Those of one picture are compared with each other only if
            they are in different splits.
        progress: called with the number of pictures read so far.
    """
    pictures: dict[Path, SplitPicture] = {}
    matches: list[Match] = []
    for record in records:
        known = pictures.setdefault(record.path.resolve(), record)
        if known.split != record.split:
            matches.append(Match(known, record, "same bytes"))
    one_each = list(pictures.values())
    matches += _same_ids(one_each)
    prints: dict[int, _Fingerprint] = {}
    problems: list[Problem] = []
    with ThreadPoolExecutor() as pool:
        read = pool.map(_fingerprint, [record.path for record in one_each])
        for number, found in enumerate(read):
            if isinstance(found, _Fingerprint):
                prints[number] = found
            else:
                problems.append(found)
            progress(number + 1)
    readable = list(prints)
    for group in _by(readable, lambda i: prints[i].digest):
        matches += [Match(one_each[a], one_each[b], "same bytes") for a, b in _links(group)]
    for a, b in _near(readable, prints):
        matches.append(Match(one_each[a], one_each[b], "near-duplicate"))
    return Comparison(tuple(matches), tuple(problems))


def _same_ids(records: Sequence[SplitPicture]) -> Iterator[Match]:
    """Pairs of one FFHQ id; and of any other group, where it is in several splits."""
    for group in _by(records, lambda r: r.group):
        person = group[0].group.startswith("ffhq-")
        if person or len({record.split for record in group}) > 1:
            for first, second in _links(group):
                if person or first.split != second.split:
                    yield Match(first, second, "same id")


def merged_groups(records: Sequence[SplitPicture], matches: Iterable[Match]) -> list[str]:
    """The group of each record when groups that a match or a common picture joins are one."""
    parent: dict[str, str] = {record.group: record.group for record in records}
    of_picture: dict[Path, str] = {}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    def join(one: str, other: str) -> None:
        a, b = sorted((root(one), root(other)))
        parent[b] = a

    for record in records:
        join(record.group, of_picture.setdefault(record.path.resolve(), record.group))
    for match in matches:
        join(match.first.group, match.second.group)
    return [root(record.group) for record in records]


def _by(items: Iterable[T], key: Callable[[T], object]) -> list[list[T]]:
    """Items that share a key, where there are several."""
    groups: dict[object, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return [group for group in groups.values() if len(group) > 1]


def _links(group: Sequence[T]) -> Iterator[tuple[T, T]]:
    """All pairs of a small group; of a large one, each with the first."""
    for i, first in enumerate(group):
        for second in group[i + 1 :]:
            yield first, second
        if len(group) > 50:
            return


def _fingerprint(path: Path) -> _Fingerprint | Problem:
    try:
        grey = Image.fromarray(read_photo(path)).convert("L")
        content = path.read_bytes()
    except (PhotoError, OSError) as error:
        return Problem(str(path), "can't be read", str(error))
    bits = imagehash.phash(grey).hash.ravel()
    small = np.asarray(grey.resize((_SIDE, _SIDE), Image.Resampling.BOX), np.float32)
    flat = small.ravel() - small.mean()
    length = float(np.linalg.norm(flat))
    return _Fingerprint(
        hashlib.sha256(content).digest(),
        np.packbits(bits).view(np.uint64)[0],
        flat / length if length > 1 else np.zeros_like(flat),
    )


def _near(known: Sequence[int], prints: dict[int, _Fingerprint]) -> Iterator[tuple[int, int]]:
    """Pairs whose hashes are near and whose pictures correlate, other than the same bytes."""
    if not known:
        return
    bits = np.array([prints[i].bits for i in known], np.uint64)
    greys = np.stack([prints[i].grey for i in known])
    for a in range(len(known) - 1):
        far = np.bitwise_count(bits[a + 1 :] ^ bits[a])
        for b in (np.flatnonzero(far <= MAX_HASH_DISTANCE) + a + 1).tolist():
            same = prints[known[a]].digest == prints[known[b]].digest
            if not same and float(greys[a] @ greys[b]) >= MIN_CORRELATION:
                yield known[a], known[b]
