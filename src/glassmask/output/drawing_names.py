"""Names for drawings of photos; a name stays its photo's own, in later runs too."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glassmask.files import real_path, write_new, write_whole
from glassmask.formats import HEAD, OWN_MARK, is_own_drawing
from glassmask.output.names import FreeNames


class DrawingNames:
    """Gives each photo a name in a folder of drawings: a second `face` is `face-2`.

    A drawing replaces an earlier one of the same photo alone: of the same content and path. All
    others keep their names, those that another process writes at the same time too.
    """

    def __init__(self, folder: Path, drawings: Sequence[str], beside: Sequence[str] = ()) -> None:
        """Take no name yet.

        Args:
            folder: where the drawings go; made with the first.
            drawings: what may stand behind a name: endings of pictures with `drawing_mark`.
            beside: endings of what goes with them and carries no mark.
        """
        self._folder = folder
        self._drawings, self._beside = drawings, beside
        self._names = FreeNames()
        self._heads: dict[Path, bytes] = {}  # of what stood there before

    def write(self, photo: str, mark: bytes, ending: str, content: bytes) -> str:
        """Write a photo's first drawing as `NAME` and `ending`.

        Args:
            photo: its path.
            mark: its `drawing_mark`, which stands in the content's comment too.
            ending: one of `drawings`.
            content: of the file.

        Returns:
            The name, for all else that is written of that photo.

        Raises:
            OSError: the file can't be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            name = self._choose(photo, mark)
            path = self._path(name, ending)
            try:
                write = write_whole if path in self._heads else write_new
                write(path, content)
            except FileExistsError:  # another process was faster
                self._heads[path] = _head(path)
            else:
                self._names.keep(name)
                return name

    def _choose(self, photo: str, mark: bytes) -> str:
        """The name of the photo's earlier drawings; else one that is free."""
        for name in self._names.free(photo):
            drawn = self._read(name)
            if drawn and all(is_own_drawing(head) and mark in head for head in drawn):
                return name
            paths = (self._path(name, ending) for ending in self._beside)
            if not drawn and not any(map(os.path.lexists, paths)):
                return name
        raise AssertionError("names do not end")

    def _read(self, name: str) -> list[bytes]:
        """The heads of what stands under a name."""
        paths = [self._path(name, ending) for ending in self._drawings]
        for path in paths:
            if path not in self._heads and os.path.lexists(path):
                self._heads[path] = _head(path)
        return [self._heads[path] for path in paths if path in self._heads]

    def _path(self, name: str, ending: str) -> Path:
        return self._folder / f"{name}{ending}"


def drawing_mark(photo: str, pixels: NDArray[np.uint8]) -> bytes:
    """The comment of a photo's drawing: it tells drawings apart, and nothing about the photo.

    Who has not got the photo can't find out its path from the hash.

    Args:
        photo: its path; `-` for standard input.
        pixels: RGB uint8 (H, W, 3).
    """
    path = photo if photo == "-" else real_path(photo)
    digest = hashlib.blake2b(np.ascontiguousarray(pixels).data, digest_size=8)
    digest.update(f"{pixels.shape} ".encode() + os.fsencode(path))
    return OWN_MARK + b", photo " + digest.hexdigest().encode()


def _head(path: Path) -> bytes:
    """A file's first bytes; none where it is no file, or can't be read."""
    if not path.is_file():
        return b""
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(HEAD)
    return b""
