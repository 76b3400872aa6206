"""Write files so that a name never holds half a file."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


class Replacement:
    """A file written beside its name and renamed when whole; a link is written through.

    Attributes:
        path: the file to be, with links resolved.
        partial: where it is written until `commit`.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        """Choose the names; a folder can't be replaced.

        Raises:
            IsADirectoryError: the target is a folder.
        """
        self.path = Path(os.path.realpath(target))
        if self.path.is_dir():
            raise IsADirectoryError(21, "Is a directory", os.fspath(target))
        self.partial = self.path.with_name(f".{self.path.name[:80]}.{os.getpid()}.part")

    def commit(self) -> None:
        """Put the whole file in place."""
        self.partial.replace(self.path)

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


def require_writable(folder: Path) -> None:
    """Make an output folder, and check before the work begins that it can be written.

    Raises:
        OSError: it can't.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass
