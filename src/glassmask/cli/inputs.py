"""Which photos a user means: files, folders and globs to a list of paths."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from glassmask.cli.outputs import Outputs
from glassmask.errors import PhotoError, ProblemKind
from glassmask.files import real_path
from glassmask.formats import HEAD, SUFFIXES, is_address, is_own_drawing, is_photo_or_film


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
        outputs: what this run writes: it is not counted, whoever wrote it before.
        others: files that look like no photo and no film.
        drawings: pictures that Glassmask drew, by the mark in them.
        strange_drawings: those of them that lie elsewhere than where this run draws.
        links: links to folders, which may lead in circles.
    """

    outputs: Outputs = field(default_factory=Outputs)
    others: int = 0
    drawings: int = 0
    strange_drawings: int = 0
    links: int = 0

    @property
    def summary(self) -> str | None:
        """What was passed over, in one line; None where nothing was."""
        parts = [
            (self.others, "other file", "other files"),
            (self.drawings, "picture drawn by Glassmask", "pictures drawn by Glassmask"),
            (self.links, "link to a folder", "links to folders"),
        ]
        lines = [f"{count} {one if count == 1 else many}" for count, one, many in parts if count]
        return f"passed over in folders: {', '.join(lines)}" if lines else None

    def takes(self, path: str) -> bool:
        """Whether a file in a folder is a photo or a film; counts those that are not."""
        if os.path.exists(path) and not os.path.isfile(path):  # a pipe: opening it would wait
            self._count_other(path)
            return False
        try:
            with open(path, "rb") as file:
                head = file.read(HEAD)
        except OSError:
            head = b""  # reading it as a photo will say why
        if is_own_drawing(head):
            self.drawings += 1
            folder = real_path(os.path.dirname(path) or os.curdir)
            self.strange_drawings += folder != self.outputs.drawings
            return False
        if not is_photo_or_film(head, path):
            self._count_other(path)
            return False
        return True

    def _count_other(self, path: str) -> None:
        self.others += real_path(path) not in self.outputs.files.values()


def find_inputs(paths: Iterable[str], outputs: Outputs | None = None) -> tuple[list[Input], Search]:
    """Expand files, folders (with all below) and globs; each photo once, in the order given.

    Two ways to one folder give its photos once; a link to a photo is another photo.

    In folders, whatever looks like a photo or a film by its ending or its first bytes is taken,
    sorted by name, but what Glassmask drew; hidden files are not, links to files are, links to
    folders are not.

    Args:
        paths: as given; `-` is standard input.
        outputs: what is written, and so is no input.

    Returns:
        The inputs, and what was passed over.
    """
    search = Search(outputs or Outputs())
    real_folder = cache(real_path)
    found: dict[str, Input] = {}
    for path in paths:
        for item in _expand(path, search):
            folder, name = os.path.split(item.path)
            plain = item.path == "-" or not name or is_address(item.path)
            key = item.path if plain else os.path.join(real_folder(folder or os.curdir), name)
            found.setdefault(key, item)
    return list(found.values()), search


def _expand(path: str, search: Search) -> Iterator[Input]:
    if not path:
        yield _no_photo(path, "an empty path: give a photo or a folder")
    elif os.path.isdir(path):
        yield from _folder(path, search)
    elif os.path.lexists(path) or not glob.has_magic(path) or is_address(path):
        yield Input(path)
    else:
        yield from _pattern(path, search)


def _pattern(pattern: str, search: Search) -> Iterator[Input]:
    """The photos that a glob matches; the folders too, unless it goes through folders itself."""
    empty = True
    # Brackets are of the pattern, or of a name, as in `photos [2024]/*.png`: nothing is missed.
    both = (pattern, pattern.replace("[", "[[]"))
    matches = sorted({match for one in both for match in glob.glob(one, recursive=True)})
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
        elif search.takes(match):
            empty = False
            yield Input(match)
    if empty:
        yield _no_photo(pattern, "no photo matches this pattern: check it")


def _folder(folder: str, search: Search) -> Iterator[Input]:
    failed: list[Input] = []

    def refuse(error: OSError) -> None:
        line = f"can't be read: {error.strerror}"
        failed.append(_no_photo(str(error.filename), line, ProblemKind.UNREADABLE))

    empty = True
    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        search.links += sum(os.path.islink(os.path.join(root, name)) for name in folders)
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
