"""Which photos a user means: files, folders and globs to a list of paths."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from glassmask.errors import PhotoError, ProblemKind
from glassmask.files import real_path
from glassmask.formats import HEAD, SUFFIXES, is_own_drawing, is_photo_or_film


@dataclass(frozen=True, slots=True)
class Input:
    """A photo to check, or a path that gives none and why.

    Attributes:
        path: as given, or as found in a folder; links are not resolved. `-` is standard input.
        error: why there is no photo here; None for a photo.
    """

    path: str
    error: PhotoError | None = None


@dataclass(slots=True)
class Search:
    """What was passed over in folders and globs.

    Attributes:
        outputs: real paths of folders that are not walked into: results go there.
        others: files that look like no photo and no film.
        drawings: pictures that Glassmask drew verdicts on.
    """

    outputs: frozenset[str] = frozenset()
    others: int = 0
    drawings: int = 0

    @property
    def summary(self) -> str | None:
        """What was passed over, in one line; None where nothing was."""
        parts = [(self.others, "no photos"), (self.drawings, "drawn by Glassmask")]
        lines = [f"{count} {what}" for count, what in parts if count]
        return f"passed over in folders: {', '.join(lines)}" if lines else None

    def takes(self, path: str) -> bool:
        """Whether a file in a folder is a photo or a film; counts those that are not."""
        if os.path.exists(path) and not os.path.isfile(path):  # a pipe: opening it would wait
            self.others += 1
            return False
        try:
            with open(path, "rb") as file:
                head = file.read(HEAD)
        except OSError:
            head = b""  # reading it as a photo will say why
        if is_own_drawing(head):
            self.drawings += 1
            return False
        if not is_photo_or_film(head, path):
            self.others += 1
            return False
        return True


def find_inputs(paths: Iterable[str], outputs: Sequence[Path] = ()) -> tuple[list[Input], Search]:
    """Expand files, folders (with all below) and globs; each path once, in the order given.

    In folders, whatever looks like a photo or a film by its ending or its first bytes is taken,
    sorted by name; hidden files are not, links to files are, links to folders are not.

    Args:
        paths: as given; `-` is standard input.
        outputs: folders that results are written to; what lies in them is no input, unless it is
            named.

    Returns:
        The inputs, and what was passed over.
    """
    search = Search(frozenset(real_path(folder) for folder in outputs))
    found: dict[str, Input] = {}
    for path in paths:
        for item in _expand(path, search):
            found.setdefault(item.path, item)
    return list(found.values()), search


def _expand(path: str, search: Search) -> Iterator[Input]:
    if not path:
        yield _no_photo(path, "an empty path: give a photo or a folder")
    elif os.path.isdir(path):
        yield from _folder(path, search)
    elif os.path.lexists(path) or not glob.has_magic(path):
        yield Input(path)
    else:
        yield from _pattern(path, search)


def _pattern(pattern: str, search: Search) -> Iterator[Input]:
    """The photos that a glob matches; the folders too, unless it goes through folders itself."""
    empty = True
    matches = sorted(glob.glob(pattern, recursive=True)) or _below_brackets(pattern)
    ways: dict[str, str] = {}  # real folder -> the shortest way to it: links may make loops
    for parent in sorted(map(os.path.dirname, matches), key=len):
        ways.setdefault(real_path(parent), parent)
    for match in matches:
        parent = os.path.dirname(match)
        if ways[real_path(parent)] != parent:
            continue
        if os.path.isdir(match):
            if "**" not in pattern:
                empty = False
                yield from _folder(match, search)
        elif real_path(parent) not in search.outputs and search.takes(match):
            empty = False
            yield Input(match)
    if empty:
        yield _no_photo(pattern, "no photo matches this pattern: check it")


def _below_brackets(pattern: str) -> list[str]:
    """Matches of a pattern whose folder has brackets in its own name: `photos [2024]/*.png`."""
    folder, name = os.path.split(pattern)
    if not os.path.isdir(folder):
        return []
    return sorted(glob.glob(os.path.join(glob.escape(folder), name), recursive=True))


def _folder(folder: str, search: Search) -> Iterator[Input]:
    failed: list[Input] = []

    def refuse(error: OSError) -> None:
        line = f"can't be read: {error.strerror}"
        failed.append(_no_photo(str(error.filename), line, ProblemKind.UNREADABLE))

    empty = True
    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and real_path(os.path.join(root, name)) not in search.outputs
        )
        for name in sorted(names):
            path = os.path.join(root, name)
            if not name.startswith(".") and search.takes(path):
                empty = False
                yield Input(path)
    yield from failed
    if empty and not failed:
        endings = ", ".join(sorted(ending.lstrip(".") for ending in SUFFIXES))
        yield _no_photo(folder, f"no photo in this folder (looked for {endings})")


def _no_photo(path: str, line: str, kind: ProblemKind = ProblemKind.MISSING) -> Input:
    return Input(path, PhotoError(line, kind))
