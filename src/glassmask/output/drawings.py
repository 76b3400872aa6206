"""Annotated photos, each a file of its own, under a name that stays its own."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.checked import Checked
from glassmask.files import real_path, require_writable, write_new, write_whole
from glassmask.formats import HEAD, OWN_MARK, is_own_drawing
from glassmask.output.annotate import annotate
from glassmask.output.draw import encode_jpeg, fit
from glassmask.output.names import FreeNames

Photo = NDArray[np.uint8]


class AnnotateSink:
    """A folder of photos with boxes, labels and heat maps.

    A drawing replaces an earlier one of the same photo alone: of the same content and path. All
    others keep their names, those that another process writes at the same time too.
    """

    keeps_going = True  # each photo is a file of its own

    _QUALITY: Final = 92
    _LONGEST: Final = 16_000  # pixels; JPEG itself ends at 65 500

    def __init__(self, folder: Path) -> None:
        """See that the folder can be written; it is made with the first photo.

        Raises:
            OSError: it can't.
        """
        self.target = str(folder)
        require_writable(folder)
        self._folder = folder
        self._names = FreeNames()
        self._heads: dict[str, bytes] = {}  # of what stood there before

    def write(self, checked: Checked, pixels: Photo | None) -> None:
        """Write one annotated photo as `<name>.jpg`; another of that name as `<name>-2.jpg`."""
        if pixels is None:
            return
        drawn = annotate(pixels, checked)
        if max(drawn.shape) > self._LONGEST:
            drawn = fit(drawn, self._LONGEST)
        mark = _mark(checked.photo, pixels)
        content = encode_jpeg(drawn, self._QUALITY, mark)
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            name, own = self._choose(checked.photo, mark)
            try:
                write = write_whole if own else write_new
                write(self._path(name), content)
            except FileExistsError:  # another process was faster
                self._heads[name] = _head(self._path(name))
            else:
                break
        self._names.keep(name)

    def _choose(self, photo: str, mark: bytes) -> tuple[str, bool]:
        """The name of the photo's earlier drawing; else one that is free. And which it is."""
        for name in self._names.free(photo):
            path = self._path(name)
            if name not in self._heads:
                if not os.path.lexists(path):
                    return name, False
                self._heads[name] = _head(path)
            if is_own_drawing(self._heads[name]) and mark in self._heads[name]:
                return name, True
        raise AssertionError("names do not end")

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.jpg"

    def close(self) -> None:
        """Nothing to finish: each photo is written whole."""

    def abort(self) -> None:
        """Nothing to remove: each photo is written whole."""


def _mark(photo: str, pixels: Photo) -> bytes:
    """The comment of a photo's drawing: it tells drawings apart, and nothing about the photo.

    Who has not got the photo can't find out its path from the hash.
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
