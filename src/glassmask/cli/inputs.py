"""Which photos a user means: files, folders and globs to a list of paths."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from glassmask.errors import PhotoError, ProblemKind
from glassmask.photos import SUFFIXES


@dataclass(frozen=True, slots=True)
class Input:
    """A photo to check, or a path that gives none and why.

    Attributes:
        path: as given, or as found in a folder; links are not resolved.
        error: why there is no photo here; None for a photo.
    """

    path: str
    error: PhotoError | None = None


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
    if not path:
        yield _no_photo(path, "an empty path: give a photo or a folder")
    elif os.path.isdir(path):
        yield from _folder(path)
    elif os.path.lexists(path) or not glob.has_magic(path):
        yield Input(path)
    else:
        yield from _pattern(path)


def _pattern(pattern: str) -> Iterator[Input]:
    """The photos that a glob matches; the folders too, unless it goes through folders itself."""
    empty = True
    matches = sorted(glob.glob(pattern, recursive=True))
    ways: dict[str, str] = {}  # real folder -> the shortest way to it: links may make loops
    for parent in sorted(map(os.path.dirname, matches), key=len):
        ways.setdefault(os.path.realpath(parent), parent)
    for match in matches:
        parent = os.path.dirname(match)
        if ways[os.path.realpath(parent)] != parent:
            continue
        if os.path.isdir(match):
            if "**" not in pattern:
                empty = False
                yield from _folder(match)
        elif Path(match).suffix.lower() in SUFFIXES:
            empty = False
            yield Input(match)
    if empty:
        yield _no_photo(pattern, "no photo matches this pattern: check it")


def _folder(folder: str) -> Iterator[Input]:
    failed: list[Input] = []

    def refuse(error: OSError) -> None:
        line = f"can't be read: {error.strerror}"
        failed.append(_no_photo(str(error.filename), line, ProblemKind.UNREADABLE))

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
        yield _no_photo(folder, f"no photo in this folder (looked for {endings})")


def _no_photo(path: str, line: str, kind: ProblemKind = ProblemKind.MISSING) -> Input:
    return Input(path, PhotoError(line, kind))
