"""Decode a dataset's pictures once, into memory-mapped files of raw pixels."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.errors import PhotoError
from glassmask.files import replacing
from glassmask.formats import SUFFIXES
from glassmask.lab.datasets.reading import Problem
from glassmask.lab.datasets.records import FaceRecord
from glassmask.photos import read_photo

_MIN_SHARE: Final = 0.3  # of a folder's pictures: from so many on, all are kept together


def runs_folder() -> Path:
    """Where runs and caches live: `$GLASSMASK_RUNS`, by default `~/.cache/glassmask`."""
    return Path(os.environ.get("GLASSMASK_RUNS") or Path.home() / ".cache" / "glassmask")


class HasPath(Protocol):
    """Anything that a file shows: a face's record, a scene."""

    @property
    def path(self) -> Path:
        """The file."""
        ...


HasPathType = TypeVar("HasPathType", bound=HasPath)


class PictureCache:
    """The decoded pictures of some records, as read-only views into mapped files.

    There is one file for each folder of pictures, named after their paths, sizes and times, so a
    changed picture makes a new cache. It is written beside its name and renamed when whole. A
    picture that can't be decoded is left out, and a face whose box is not in its picture: see
    `problems` and `readable`.

    Attributes:
        problems: the records that can't be used, and why.
    """

    def __init__(
        self,
        records: Sequence[HasPath],
        folder: Path | None = None,
        longest: int | None = None,
    ) -> None:
        """Open the cache of `records`, decoding the pictures first if it does not exist.

        Args:
            records: what the pictures show.
            folder: where the cache lies; None: `cache` in `runs_folder()`.
            longest: pictures with a longer side above this many pixels are kept reduced to it:
                views of 224 pixels of a picture of 1024 need no more, see `scale`.
        """
        folder = folder or runs_folder() / "cache"
        wanted = sorted({record.path.absolute() for record in records})
        self._places: dict[Path, tuple[_PixelFile, int]] = {}
        for parent, paths in groupby(sorted(wanted, key=lambda p: p.parent), lambda p: p.parent):
            own = list(paths)
            decoded = _PixelFile(_kept_together(parent, own), folder, longest)
            self._places.update((path, (decoded, decoded.rows[path])) for path in own)
        self.problems = [_decoding_problem(path) for path in wanted if not self._shape(path)[0]]
        self.problems += [
            Problem(str(record.path), "a face outside of its picture", str(record.box))
            for record in records
            if isinstance(record, FaceRecord) and self._decoded(record) and not self._inside(record)
        ]

    def readable(self, records: Sequence[HasPathType]) -> list[HasPathType]:
        """Those of the records whose picture could be decoded, and faces that lie in it."""
        return [r for r in records if self._decoded(r) and self._inside(r)]

    def scale(self, record: HasPath) -> float:
        """Pixels of the kept picture to one of the file: 1 where it was not reduced."""
        decoded, row = self._places[record.path.absolute()]
        return float(decoded.scales[row])

    def __getitem__(self, record: HasPath) -> NDArray[np.uint8]:
        """The record's picture: RGB uint8 (H, W, 3), read-only."""
        decoded, row = self._places[record.path.absolute()]
        return decoded[row]

    def _decoded(self, record: HasPath) -> bool:
        return self._shape(record.path.absolute())[0] > 0

    def _inside(self, record: HasPath) -> bool:
        """Whether a pixel of the picture, as it is kept, lies in the box of a face; else True."""
        if not isinstance(record, FaceRecord):
            return True
        height, width = self._shape(record.path.absolute())
        x, y, w, h = record.scaled(self.scale(record)).box
        return x + w >= 1 and y + h >= 1 and x <= width - 1 and y <= height - 1

    def _shape(self, path: Path) -> tuple[int, int]:
        decoded, row = self._places[path]
        height, width = decoded.shapes[row]
        return int(height), int(width)


class _PixelFile:
    """Decoded pictures, one after the other in a mapped file.

    Attributes:
        rows: path -> number of its picture.
        shapes: int64 (N, 2), height and width; 0 where it could not be decoded.
        scales: float64 (N,), see `PictureCache.scale`.
    """

    def __init__(self, paths: Sequence[Path], folder: Path, longest: int | None) -> None:
        stamp = hashlib.sha256(f"2 {longest}\n".encode())
        for path in paths:
            status = path.stat()
            stamp.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
        stem = folder / stamp.hexdigest()[:16]
        if not stem.with_suffix(".npy").exists():
            _decode(paths, stem, longest)
        table = np.load(stem.with_suffix(".npy"))  # (N, 3): height, width, scale
        self.rows = {path: row for row, path in enumerate(paths)}
        self.shapes, self.scales = table[:, :2].astype(np.int64), table[:, 2]
        sizes = self.shapes.prod(axis=1) * 3
        self._starts = np.cumsum(sizes) - sizes
        self._file = stem.with_suffix(".pixels")
        self._pixels = _mapped(self._file)

    def __getstate__(self) -> dict[str, Any]:
        """Without the mapped pixels: a worker process maps the file itself."""
        return {name: value for name, value in vars(self).items() if name != "_pixels"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._pixels = _mapped(self._file)

    def __getitem__(self, row: int) -> NDArray[np.uint8]:
        height, width = self.shapes[row]
        start = self._starts[row]
        flat = self._pixels[start : start + height * width * 3]
        return np.asarray(flat).reshape(height, width, 3)


def _kept_together(parent: Path, wanted: Sequence[Path]) -> list[Path]:
    """The pictures to keep together: all of a folder where a good part of them is wanted.

    Runs, folds and evaluations want other parts of the same folder, and would each fill the disk
    with their own.
    """
    present = {p for p in parent.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file()}
    some = len(wanted) < _MIN_SHARE * len(present)
    return list(wanted) if some else sorted(present.union(wanted))


def _mapped(file: Path) -> NDArray[np.uint8]:
    # An empty file can't be mapped: no pictures, or none that could be decoded.
    return np.memmap(file, np.uint8, mode="r") if file.stat().st_size else np.zeros(0, np.uint8)


def _decode(paths: Sequence[Path], stem: Path, longest: int | None) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    table = np.zeros((len(paths), 3))
    read = partial(_read, longest=longest)
    with (
        replacing(stem.with_suffix(".pixels")) as beside,
        beside.open("wb") as pixels,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        for row, (picture, scale) in enumerate(pool.map(read, paths)):
            if picture is not None:
                table[row] = *picture.shape[:2], scale
                pixels.write(picture.tobytes())
    # Last: its presence says that the cache is whole.
    with replacing(stem.with_suffix(".npy")) as beside, beside.open("wb") as file:
        np.save(file, table)


def _read(path: Path, longest: int | None) -> tuple[NDArray[np.uint8] | None, float]:
    """A picture and its scale; None where it can't be decoded."""
    try:
        picture = read_photo(path)
    except PhotoError:
        return None, 0.0
    height, width = picture.shape[:2]
    scale = 1.0 if longest is None else min(1.0, longest / max(height, width))
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return picture, scale


def _decoding_problem(path: Path) -> Problem:
    """What is wrong with a picture that could not be decoded."""
    try:
        read_photo(path)
    except PhotoError as error:
        return Problem(str(path), "can't be read", str(error))
    return Problem(str(path), "could not be read when the cache was made")
