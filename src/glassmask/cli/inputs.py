"""Which photos a user means: files, folders and globs to a list of paths."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from glassmask.photos import SUFFIXES


@dataclass(frozen=True, slots=True)
class Input:
    """A photo to check, or a path that gives none and why.

    Attributes:
        path: as given, or as found in a folder; links are not resolved.
        error: why there is no photo here; None for a photo.
    """

    path: str
    error: str | None = None


def find_inputs(paths: Iterable[str]) -> list[Input]:
    """Expand files, folders (with all below) and globs; each path once, in the order given.

    In folders, files with the ending of a picture are taken, sorted by name; hidden ones are
    not, links to files are, links to folders are not.
    """
    found: dict[str, Input] = {}
    for path in paths:
        for item in _expand(path):
            found.setdefault(item.path, item)
    return list(found.values())


def _expand(path: str) -> Iterator[Input]:
    if os.path.isdir(path):
        yield from _folder(path)
    elif os.path.lexists(path) or not glob.has_magic(path):
        yield Input(path)
    else:
        matches = sorted(glob.glob(path, recursive=True))
        if not matches:
            yield Input(path, "nothing matches this pattern")
        for match in matches:
            if os.path.isdir(match):
                yield from _folder(match)
            else:
                yield Input(match)


def _folder(folder: str) -> Iterator[Input]:
    failed: list[Input] = []

    def refuse(error: OSError) -> None:
        failed.append(Input(str(error.filename), f"can't be read: {error.strerror}"))

    empty = True
    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                empty = False
                yield Input(os.path.join(root, name))
    yield from failed
    if empty and not failed:
        endings = ", ".join(sorted(ending.lstrip(".") for ending in SUFFIXES))
        yield Input(folder, f"no photo in this folder (looked for {endings})")
