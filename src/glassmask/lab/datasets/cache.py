"""Decode a dataset's pictures once, into one memory-mapped file of raw pixels."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.datasets.reading import Problem
from glassmask.photos import PhotoError, read_photo


def runs_folder() -> Path:
    """Where runs and caches live: `$GLASSMASK_RUNS`, by default `~/.cache/glassmask`."""
    return Path(os.environ.get("GLASSMASK_RUNS") or Path.home() / ".cache" / "glassmask")


class Pictured(Protocol):
    """Anything that a file shows: a face's record, a scene."""

    @property
    def path(self) -> Path:
        """The file."""
        ...


PicturedType = TypeVar("PicturedType", bound=Pictured)


class PictureCache:
    """The decoded pictures of some records, as read-only views into one mapped file.

    The file is named after the pictures' paths, sizes and times, so a changed picture makes a
    new cache. It is written beside its name and renamed when whole. A picture that can't be
    decoded is left out: see `problems` and `readable`.

    Attributes:
        problems: the pictures that can't be decoded, and why.
    """

    def __init__(self, records: Sequence[Pictured], folder: Path | None = None) -> None:
        """Open the cache of `records`, decoding the pictures first if it does not exist."""
        paths = sorted({record.path.absolute() for record in records})
        stamp = hashlib.sha256()
        for path in paths:
            status = path.stat()
            stamp.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
        folder = folder or runs_folder() / "cache"
        stem = folder / stamp.hexdigest()[:16]
        if not stem.with_suffix(".npy").exists():
            _decode(paths, stem)
        shapes = np.load(stem.with_suffix(".npy"))  # (N, 2) int64: height, width; 0 if broken
        self.problems = [_why(paths[row]) for row in np.flatnonzero(shapes[:, 0] == 0)]
        ends = np.cumsum(shapes.prod(axis=1) * 3)
        starts = ends - shapes.prod(axis=1) * 3
        self._rows = {path: i for i, path in enumerate(paths)}
        self._shapes, self._starts = shapes, starts
        self._file = stem.with_suffix(".pixels")
        self._pixels = _mapped(self._file)

    def __getstate__(self) -> dict[str, Any]:
        """Without the mapped pixels: a worker process maps the file itself."""
        return {name: value for name, value in vars(self).items() if name != "_pixels"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._pixels = _mapped(self._file)

    def readable(self, records: Sequence[PicturedType]) -> list[PicturedType]:
        """Those of the records whose picture could be decoded."""
        return [r for r in records if self._shapes[self._rows[r.path.absolute()], 0] > 0]

    def __getitem__(self, record: Pictured) -> NDArray[np.uint8]:
        """The record's picture: RGB uint8 (H, W, 3), read-only."""
        row = self._rows[record.path.absolute()]
        height, width = self._shapes[row]
        start = self._starts[row]
        flat = self._pixels[start : start + height * width * 3]
        return np.asarray(flat).reshape(height, width, 3)


def _mapped(file: Path) -> NDArray[np.uint8]:
    # An empty file can't be mapped: no pictures, or none that could be decoded.
    return np.memmap(file, np.uint8, mode="r") if file.stat().st_size else np.zeros(0, np.uint8)


def _decode(paths: Sequence[Path], stem: Path) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    partial = stem.with_suffix(f".{os.getpid()}.part")
    shapes = np.empty((len(paths), 2), np.int64)
    with partial.open("wb") as pixels, ThreadPoolExecutor(os.cpu_count()) as pool:
        for i, picture in enumerate(pool.map(_read, paths)):
            shapes[i] = (0, 0) if picture is None else picture.shape[:2]
            if picture is None:
                continue
            pixels.write(picture.tobytes())
    partial.rename(stem.with_suffix(".pixels"))
    table = stem.with_suffix(f".{os.getpid()}.npy")
    np.save(table, shapes)
    table.rename(stem.with_suffix(".npy"))  # last: its presence says that the cache is whole


def _read(path: Path) -> NDArray[np.uint8] | None:
    try:
        return read_photo(path)
    except PhotoError:
        return None


def _why(path: Path) -> Problem:
    """What is wrong with a picture that could not be decoded."""
    try:
        read_photo(path)
    except PhotoError as error:
        return Problem(str(path), "can't be read", str(error))
    return Problem(str(path), "could not be read when the cache was made")
