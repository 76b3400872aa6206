"""Photos' names: as file names, each one once, and as a line that can be shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

from glassmask.files import shorten

_MAX_STEM: Final = 100
"""Bytes of the photo's name that are kept: disks count bytes, and endings are added to it."""

_JOINERS: Final = "\u200c\u200d"
"""Letters of Persian, and what holds an emoji together; they can't control a terminal."""


class FreeNames:
    """Gives each photo a name of its own: the second `face` is `face-2`."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, path: str) -> str:
        """The name of a photo, without folder and ending."""
        name = next(self.free(path))
        self.keep(name)
        return name

    def keep(self, name: str) -> None:
        """Give a name to no other photo."""
        self._taken.add(_key(name))

    def free(self, path: str) -> Iterator[str]:
        """All names that a photo may have, the plainest first; none is taken by that."""
        stem = "standard-input" if path == "-" else Path(path).stem
        first = name = shorten(stem, _MAX_STEM)
        for number in count(2):
            if _key(name) not in self._taken:
                yield name
            name = f"{first}-{number}"


def _key(name: str) -> str:
    """Some disks take names that differ in case or composition alone for the same."""
    return unicodedata.normalize("NFC", name).casefold()


def printable(text: str) -> str:
    """A name or message as one line that a terminal can show and is not controlled by."""
    shown = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() or c in _JOINERS else "�" for c in shown)
