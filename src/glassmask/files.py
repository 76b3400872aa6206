"""Files' names, and how a name never holds half a file, nor parts of two."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path


class Replacement:
    """A file written beside its name and renamed when whole; a link is written through.

    The partial file has a random name and is made exclusively: two processes that write the same
    file, in containers or on several machines, never write into each other's. What a killed
    process leaves is hidden, so no folder gives it as input; it is not removed by the next one, for
    nothing tells it from what another is writing.

    Attributes:
        path: the file to be, with links resolved.
        partial: where it is written until `commit`; it exists and is empty.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        """Make the partial file; a folder can't be replaced.

        Raises:
            IsADirectoryError: the target is a folder.
            OSError: the partial file can't be made.
        """
        self.path = Path(real_path(target))
        if self.path.is_dir():
            raise IsADirectoryError(21, "Is a directory", os.fspath(target))
        self.partial = self.path.with_name(partial_name(self.path.name))
        os.close(os.open(self.partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))

    def commit(self) -> None:
        """Put the whole file in place."""
        self.partial.replace(self.path)

    def commit_new(self) -> None:
        """Put the whole file in place, where nothing stands yet.

        Of several processes that try it at once, one alone succeeds.

        Raises:
            FileExistsError: something stands there; nothing is left of this file.
            OSError: it can't be written.
        """
        try:
            os.link(self.partial, self.path)
        except FileExistsError:
            raise
        except OSError:  # a disk without hard links
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            self.partial.replace(self.path)
        finally:
            self.abort()

    def abort(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(OSError):
            self.partial.unlink()


@contextlib.contextmanager
def replacing(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Give the path to write to; it takes the target's name when the block ends well."""
    file = Replacement(target)
    try:
        yield file.partial
    except BaseException:
        file.abort()
        raise
    file.commit()


def write_whole(target: str | os.PathLike[str], content: bytes) -> None:
    """Write a file that is complete, or is not there at all; its folder is made.

    Raises:
        OSError: it can't be written, or the disk is full.
    """
    # The content is in memory: some encoders that write to a file miss that a write fell short.
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as partial:
        partial.write_bytes(content)


def write_new(target: Path, content: bytes) -> None:
    """Write a file that is complete, where nothing stands yet; its folder is there.

    Raises:
        FileExistsError: something stands there, a link that leads nowhere for instance.
        OSError: it can't be written, or the disk is full.
    """
    if os.path.lexists(target):
        raise FileExistsError(17, "File exists", os.fspath(target))
    file = Replacement(target)
    try:
        file.partial.write_bytes(content)
    except BaseException:
        file.abort()
        raise
    file.commit_new()


def make_folders(folder: Path) -> list[Path]:
    """Make a folder, and those above it that lack; which were made, the folder first.

    Raises:
        OSError: one can't be made; those that were are removed again.
    """
    made = [f for f in (folder, *folder.parents) if not f.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        remove_folders(made)
        raise
    return made


def remove_folders(made: Iterable[Path]) -> None:
    """Remove folders that were made, the innermost first, unless something else came into them."""
    for folder in made:
        with contextlib.suppress(OSError):
            folder.rmdir()


def partial_name(name: str) -> str:
    """A random, hidden name for what is not finished yet; it tells what it will be."""
    return f".{shorten(name, 80)}.{secrets.token_hex(6)}.part"


def shorten(name: str, max_bytes: int) -> str:
    """The beginning of a name that has at most so many bytes, cut between two characters."""
    content = os.fsencode(name)
    if len(content) <= max_bytes:
        return name
    while name and len(os.fsencode(name)) > max_bytes:
        name = name[:-1]
    return name.rstrip("\u200d")  # half an emoji is none


def as_unicode(name: str) -> str:
    r"""A name as valid Unicode: bytes that are no UTF-8 are written as `\xff`.

    For JSON, whose strict readers refuse the lone surrogates that Python keeps such bytes as.
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def real_path(path: str | os.PathLike[str]) -> str:
    """A path with its links resolved; as it is where the current folder is gone."""
    try:
        return os.path.realpath(path)
    except OSError:
        return os.fspath(path)


def require_writable(folder: Path) -> None:
    """Check before the work begins that an output folder can be written, or made.

    It is not made: what gives nothing to write leaves no empty folder.

    Raises:
        OSError: it can't.
    """
    there = folder
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    with tempfile.TemporaryFile(dir=there):
        pass


def silence_standard_output() -> None:
    """Let the interpreter close in peace a standard output that nobody reads or that is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
