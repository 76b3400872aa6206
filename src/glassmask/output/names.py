"""Photos' names: as file names, each one once, and as a line that can be shown."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_STEM: Final = 100  # characters of the photo's name that are kept


class FreeNames:
    """Gives each photo a name of its own: the second `face` is `face-2`."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def of(self, path: str) -> str:
        """The name of a photo, without folder and ending."""
        first = name = Path(path).stem[:_STEM]
        number = 1
        while name in self._names:
            number += 1
            name = f"{first}-{number}"
        self._names.add(name)
        return name


def printable(text: str) -> str:
    """A name or message as one line that a terminal can show and is not controlled by."""
    shown = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "�" for c in shown)
