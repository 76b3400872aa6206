"""Where results go: JSON Lines, the report, annotated photos.

A sink takes one checked photo at a time. What it writes appears under its own name only when it is
closed, whole; closing it early, after an interrupt, keeps what is done.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmask.checked import Checked
from glassmask.errors import OutputError
from glassmask.files import Replacement
from glassmask.output.annotate import annotate
from glassmask.output.draw import fit
from glassmask.output.names import FreeNames

Photo = NDArray[np.uint8]


class Sink(Protocol):
    """Takes checked photos, one by one; `target` names it in messages."""

    target: str

    def write(self, checked: Checked, pixels: Photo | None, /) -> None:
        """Take a checked photo and its pixels, RGB uint8 (H, W, 3); None where it has none."""

    def close(self) -> None:
        """Finish; what was taken is kept."""

    def abort(self) -> None:
        """Give up after an error; nothing half-written stays."""


class Sinks:
    """Several sinks as one.

    One whose reader left is dropped. When one can't write, the others are closed and keep what
    they have.
    """

    def __init__(self) -> None:
        self._sinks: list[Sink] = []

    def open(self, target: object, make: Callable[[], Sink]) -> Self:
        """Add a sink.

        Args:
            target: names it in the message when it can't be opened.
            make: opens it.

        Raises:
            OutputError: it can't be opened; the others are aborted.
        """
        try:
            self._sinks.append(make())
        except OSError as error:
            self.abort()
            raise OutputError(f"can't write {target}: {error.strerror or error}") from error
        return self

    def write(self, checked: Checked, pixels: Photo | None) -> None:
        """Give a checked photo to all.

        Raises:
            OutputError: one can't write.
        """
        for sink in list(self._sinks):
            with self._watching(sink):
                sink.write(checked, pixels)

    def close(self) -> None:
        """Finish all.

        Raises:
            OutputError: one can't write.
        """
        for sink in list(self._sinks):
            with self._watching(sink):
                sink.close()

    def abort(self) -> None:
        """Give all up: nothing half-written stays."""
        for sink in self._sinks:
            sink.abort()
        self._sinks.clear()

    @contextlib.contextmanager
    def _watching(self, sink: Sink) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            _silence_stdout()
            self._sinks.remove(sink)
        except OSError as error:
            self._sinks.remove(sink)
            sink.abort()
            for other in self._sinks:
                with contextlib.suppress(OSError):
                    other.close()
            self._sinks.clear()
            line = f"can't write {sink.target}: {error.strerror or error}"
            raise OutputError(line) from error


class JsonSink:
    """JSON Lines, one line per photo: to a file, or as they come to standard output or a device."""

    def __init__(self, target: str) -> None:
        """Open the target; `-` is standard output.

        Raises:
            OSError: it can't be written.
        """
        self.target = "standard output" if target == "-" else target
        self._file: Replacement | None = None
        self._stream: IO[str]
        if target == "-":
            if sys.stdout is None:
                raise OSError(9, "is closed", self.target)
            self._stream = sys.stdout
        elif os.path.exists(target) and not os.path.isfile(target) and not os.path.isdir(target):
            self._stream = open(target, "w", encoding="utf-8")  # noqa: SIM115 a pipe or device
        else:
            self._file = Replacement(target)
            self._stream = self._file.partial.open("w", encoding="utf-8")

    def write(self, checked: Checked, _pixels: Photo | None) -> None:
        """Write a photo's line."""
        self._stream.write(json.dumps(checked.record(), allow_nan=False) + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Put the file in place."""
        if self._stream is not sys.stdout:
            self._stream.close()
        if self._file is not None:
            self._file.commit()

    def abort(self) -> None:
        """Remove what was written of the file."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._stream.close()
            self._file.abort()


class AnnotateSink:
    """A folder of photos with boxes, labels and heat maps."""

    _QUALITY: Final = 92
    _LONGEST: Final = 16_000  # pixels; JPEG itself ends at 65 500

    def __init__(self, folder: Path) -> None:
        """Make the folder.

        Raises:
            OSError: it can't be made or written.
        """
        self.target = str(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):  # says at once if the folder can't be written
            pass
        self._folder = folder
        self._names = FreeNames()

    def write(self, checked: Checked, pixels: Photo | None) -> None:
        """Write one annotated photo as `<name>.jpg`; a second of that name as `<name>-2.jpg`."""
        if pixels is None:
            return
        drawn = annotate(pixels, checked)
        if max(drawn.shape) > self._LONGEST:
            drawn = fit(drawn, self._LONGEST)
        file = Replacement(self._folder / f"{self._names.of(checked.photo)}.jpg")
        try:
            Image.fromarray(drawn).save(file.partial, "JPEG", quality=self._QUALITY)
            file.commit()
        except OSError:
            file.abort()
            raise

    def close(self) -> None:
        """Nothing to finish: each photo is written whole."""

    def abort(self) -> None:
        """Nothing to remove: each photo is written whole."""


def _silence_stdout() -> None:
    """Let the interpreter close a standard output that nobody reads any more in peace."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
