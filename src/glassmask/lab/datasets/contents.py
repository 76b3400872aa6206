"""What lies in a dataset's folder: its files, which of them are pictures, and how large those are.

Hidden files and folders, and what systems leave behind (`.ipynb_checkpoints`, `._a.jpg`,
`__MACOSX`, `Thumbs.db`), are no data. What looks like a photo or a film by its ending or its first
bytes is a picture here, also where it can't be read: then a reader lists it. Pictures that show
results (annotated photos, charts, contact sheets of Glassmask's own) are no data, and counted.
"""

from __future__ import annotations

import os
import posixpath
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from glassmask.formats import (
    HEAD,
    HEIC,
    SUFFIXES,
    advice,
    foreign_kind,
    is_own_drawing,
    is_photo_or_film,
)
from glassmask.lab.datasets.reading import SPLIT_FILE, Problem
from glassmask.lab.datasets.split_names import split_by_names
from glassmask.orientation import upright_size
from glassmask.photos import FORMATS, MAX_PIXELS, MIN_SIDE, optional_formats

_LEFT_BEHIND: Final = frozenset(
    {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "lost+found"}
)

_OWN_SUFFIXES: Final = SUFFIXES | {".svg"}

_LAYOUT_FOLDERS: Final = frozenset(
    {
        *("annotation", "annotations", "label", "labels", "xml", "xmls"),
        *("image", "images", "img", "imgs", "jpegimages", "photos", "pictures"),
    }
)
"""Folders (lower case) that say what is in them, and nothing of which pictures those are."""


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is no data: hidden, or left behind by a system."""
    return name.startswith(".") or name.casefold() in _LEFT_BEHIND


class Contents:
    """The files in a dataset's folder, with all below; it is walked through when first asked.

    Attributes:
        folder: the dataset's.
        name: what the dataset is called.
        problems: of folders that could not be looked into, once it has been walked through.
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is read yet."""
        self.folder = folder
        self.name = folder.resolve().name
        self.problems: list[Problem] = []

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """All files that are not hidden, sorted. Links to folders are problems: loops, or away."""
        found: list[Path] = []

        def refuse(error: OSError) -> None:
            self.problems.append(
                Problem(str(error.filename), "can't be read", error.strerror or str(error))
            )

        for root, folders, names in os.walk(self.folder, onerror=refuse):
            kept = sorted(name for name in folders if not is_hidden(name))
            links = [name for name in kept if os.path.islink(os.path.join(root, name))]
            self.problems += [
                Problem(os.path.join(root, name), "a link to a folder: not followed")
                for name in links
            ]
            folders[:] = [name for name in kept if name not in links]
            found += [Path(root, name) for name in names if not is_hidden(name)]
        return tuple(sorted(found))

    @cached_property
    def pictures(self) -> tuple[Path, ...]:
        """The files that look like photos or films, whether they can be read or not."""
        return tuple(path for path in self.files if is_picture(path))

    @cached_property
    def own_drawings(self) -> tuple[Path, ...]:
        """The pictures that Glassmask drew: they show results, and are no data."""
        return tuple(path for path in self.files if is_own_picture(path))

    def with_suffix(self, *suffixes: str) -> list[Path]:
        """The files that end so (lower case)."""
        return [path for path in self.files if path.suffix.lower() in suffixes]

    def relative(self, path: Path) -> str:
        """A file's name in the dataset, with slashes."""
        return path.relative_to(self.folder).as_posix()

    def named(self, name: str) -> Path | None:
        """The picture of just this name in the dataset, with slashes; None where there is none."""
        return self._by_name.get(name)

    def folders_of(self, path: Path) -> tuple[str, ...]:
        """The names of the folders that a file lies in, from the dataset's own inwards."""
        return path.relative_to(self.folder).parts[:-1]

    def other_files(self, known: Iterable[Path]) -> list[str]:
        """Lines that count own drawings, and files that are neither pictures nor known."""
        own = self.own_drawings
        notes = [f"{self.folder}: {own_drawings_line(len(own))}"] if own else []
        read = {*self.pictures, *own, *known, self.folder / SPLIT_FILE}
        others = Counter(p.suffix.lower() or p.name for p in self.files if p not in read)
        if not others:
            return notes
        kinds = ", ".join(f"{count} {kind}" for kind, count in others.most_common(5))
        more = ", …" if len(others) > 5 else ""
        return [*notes, f"{self.folder}: other files passed over: {kinds}{more}"]

    def find_picture(self, name: str, annotation: Path) -> Path | None:
        """The picture that an annotation means; only pictures of the dataset are found.

        In the annotation's own folder, then in one that has the same names but for `images`,
        `JPEGImages`, `labels` and the like, then anywhere but in another split; by the whole name,
        then without regard to case, then to its ending.

        Args:
            name: as the annotation gives it; of a path, the last part is looked for.
            annotation: the file that gives it.

        Raises:
            ValueError: several pictures fit alike.
        """
        wanted = posixpath.basename(name.strip().replace("\\", "/"))
        stems = {Path(wanted).stem.casefold(), wanted.casefold()}  # also of a name without ending
        candidates = [path for stem in sorted(stems) for path in self._by_stem.get(stem, [])]
        near = [p for p in candidates if p.parent == annotation.parent]
        alike = [p for p in candidates if self._place(p) == self._place(annotation)]
        for tier in (near, alike, [p for p in candidates if self._same_split(p, annotation)]):
            for fits in (
                [p for p in tier if p.name == wanted],
                [p for p in tier if p.name.casefold() == wanted.casefold()],
                tier,
            ):
                if len(fits) == 1:
                    return fits[0]
                if fits:
                    names = " and ".join(map(self.relative, fits[:2]))
                    raise ValueError(f"{wanted!r} may be {names}")
        return None

    @cached_property
    def _by_name(self) -> dict[str, Path]:
        return {self.relative(path): path for path in self.pictures}

    @cached_property
    def _by_stem(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = defaultdict(list)
        for path in self.pictures:
            found[path.stem.casefold()].append(path)
        return found

    def _place(self, path: Path) -> tuple[str, ...]:
        parts = (part.casefold() for part in self.folders_of(path))
        return tuple(part for part in parts if part not in _LAYOUT_FOLDERS)

    def _same_split(self, one: Path, other: Path) -> bool:
        try:
            split_by_names((*self.folders_of(one), *self.folders_of(other)))
        except ValueError:
            return False
        return True


def is_picture(path: Path) -> bool:
    """Whether a file looks like a photo or a film, by its ending or its first bytes.

    Pictures that Glassmask drew are none.
    """
    if path.exists() and not path.is_file():  # a pipe: opening it would wait
        return False
    head = read_head(path)
    return is_photo_or_film(head, path.name) and not is_own_drawing(head)


def is_own_picture(path: Path) -> bool:
    """Whether a file is a picture that Glassmask drew."""
    named = path.suffix.lower() in _OWN_SUFFIXES
    return named and path.is_file() and is_own_drawing(read_head(path))


def own_drawings_line(count: int) -> str:
    """How many pictures that Glassmask drew were passed over, in words."""
    return f"{count} x a picture that Glassmask drew, passed over"


def read_head(path: Path, size: int = HEAD) -> bytes:
    """The first bytes of a file; none where it can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return b""  # whoever reads it says why


def foreign_problem(path: Path) -> Problem | None:
    """What is wrong with a picture that is of no format that is read; None where nothing is."""
    kind = foreign_kind(read_head(path), path.name)
    if kind is None or (kind == HEIC and optional_formats()):
        return None
    return Problem(str(path), "can't be read", f"{kind}: {advice(kind)}")


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height as shown, turned upright, by the file's header alone.

    Raises:
        OSError: no such file, no picture, or one that is larger or smaller than photos may be.
    """
    try:
        # Opened here: Pillow leaves a broken picture's file open when it gives up on it.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow's own, higher limit; odd metadata
            head = file.read(HEAD)
            file.seek(0)
            kind, formats = foreign_kind(head, path.name), FORMATS
            if kind is not None:
                formats = optional_formats()
                if kind != HEIC or not formats:
                    raise OSError(f"{kind}: {advice(kind)}")
            with Image.open(file, formats=formats) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    limit = f"{MAX_PIXELS / 1e6:.0f} megapixels"
                    raise OSError(f"{width} x {height} is more than {limit}")
                if min(width, height) < MIN_SIDE:
                    raise OSError(f"{width} x {height} is too small to show a face")
                return upright_size(picture)
    except UnidentifiedImageError as error:
        raise OSError("broken or cut off" if kind else "not a picture") from error
    except OSError:
        raise
    except Exception as error:  # decoders throw nearly anything at broken files
        raise OSError(" ".join(str(error).split()) or type(error).__name__) from error
