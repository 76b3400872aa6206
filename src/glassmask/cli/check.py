"""`glassmask check`: photos in, verdicts out."""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from glassmask.cli.interrupt import StopRequest, WaitEnded
from glassmask.cli.options import Engine, MaxFaces, MinFace, Network
from glassmask.cli.outputs import Outputs
from glassmask.cli.terminal import INTERRUPTED, USAGE, complain, stop
from glassmask.faces.finder import MIN_FACE
from glassmask.formats import is_address
from glassmask.labels import Wear

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from glassmask.checked import Checked
    from glassmask.checker import Checker
    from glassmask.cli.inputs import Input


_MAX_INPUT: Final = 512 << 20
"""Bytes that are read from standard input at most."""


def check(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH",
            help="Photos, folders (searched recursively) or globs; - for standard input.",
        ),
    ],
    whole: Annotated[
        bool,
        typer.Option(
            "--whole",
            help="Each photo shows exactly one face: always one verdict, for the whole picture.",
        ),
    ] = False,
    min_face: MinFace = MIN_FACE,
    max_faces: MaxFaces = None,
    json: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write JSON Lines, one line per photo; - for stdout."),
    ] = None,
    csv: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write a table, one row per face; - for stdout."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write an HTML report to DIR/index.html."),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the photos with boxes and heat maps to DIR."),
    ] = None,
    require: Annotated[
        Wear | None,
        typer.Option(
            help="Exit 3 unless every photo shows a face and every face wears its mask that way, "
            'with no "unsure" (access control).'
        ),
    ] = None,
    engine: Engine = "auto",
    precision: Annotated[Literal["f32", "bf16"], typer.Option(help="bf16 needs OpenVINO.")] = "f32",
    max_megapixels: Annotated[
        float,
        typer.Option(
            min=0.001, max=178, help="Refuse larger photos, before they are decoded (at most 178)."
        ),
    ] = 50.0,
    network: Network = None,
    finder: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Another face finder, likewise.")
    ] = None,
    landmarks: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Another landmark network, likewise.")
    ] = None,
) -> None:
    """Find every face in each photo and say how its mask is worn, how surely, and what says so.

    Nothing is sent anywhere. Exit code 0: all photos were read, with faces or without; 1: some
    could not be read (the others are done); 2: the command could not start or write; 3: see
    --require.
    """
    from glassmask.checker import Checker
    from glassmask.cli.inputs import find_inputs
    from glassmask.errors import GlassmaskError

    outputs = Outputs.given(json, csv, report, annotate)
    _leave_missing_folder([*paths, *outputs.paths])
    inputs, search = find_inputs(paths, outputs)
    outputs.protect(item.path for item in inputs if item.error is None)
    outcome = _Outcome(require, search.strange_drawings)
    try:
        checker = Checker(
            engine=engine,
            precision=precision,
            network=network,
            finder=finder,
            landmarks=landmarks,
            max_pixels=round(max_megapixels * 1e6),
        )
        sinks = outputs.open()
    except GlassmaskError as error:
        stop(str(error))
    try:
        with StopRequest() as request:
            check_one = partial(
                _check_one, checker, request, whole=whole, min_face=min_face, max_faces=max_faces
            )
            with contextlib.suppress(WaitEnded):
                for item in _track(inputs, request):
                    checked, pixels = check_one(item)
                    outcome.count(checked)
                    sinks.write(checked, pixels)
            if outcome.photos:
                sinks.close()
            else:  # stopped at once: results of an earlier run stay
                sinks.abort()
    except KeyboardInterrupt:  # asked a second time: leave at once
        sinks.abort()
        raise typer.Exit(INTERRUPTED) from None
    except GlassmaskError as error:  # a network gave no numbers
        sinks.abort()
        stop(str(error))
    if search.summary is not None:
        complain(search.summary)
    if request.wanted is not None:
        done = f"stopped after {outcome.photos} of {len(inputs)} photos; what was done is written"
        nothing = "stopped before the first photo was checked; nothing is written"
        stop(done if outcome.photos else nothing, 128 + request.wanted)
    if outcome.passed_over is not None:
        complain(outcome.passed_over)
    if outcome.photos > 1:
        complain(outcome.summary)
    raise typer.Exit(USAGE if sinks.failed else outcome.code)


class _Outcome:
    """Counts what happened, for the exit code, and tells of failures."""

    def __init__(self, require: Wear | None, strange_drawings: int) -> None:
        self._require = require
        self._strange = strange_drawings if require is not None else 0
        self.photos = self._failed = self._unfit = 0
        self._faces: Counter[str] = Counter()

    def count(self, checked: Checked) -> None:
        self.photos += 1
        if checked.error is not None:
            self._failed += 1
            complain(f"{checked.photo}: {checked.error.line}")
        # A photo without a face fulfils nothing: a door must not open for nobody.
        elif not checked.verdicts or any(v.unsure or v.wear != self._require for v in checked):
            self._unfit += 1
        self._faces.update("unsure" if v.unsure else str(v.wear) for v in checked)

    @property
    def passed_over(self) -> str | None:
        """Why a door stays shut although all that was judged is as it should be.

        Anyone can write the mark of a drawing into a photo.
        """
        if not self._strange:
            return None
        return (
            f"--require: pictures marked as drawn by Glassmask were not judged ({self._strange}): "
            "move them, or name each to have it judged"
        )

    @property
    def summary(self) -> str:
        """The counts in one line: `12 photos, 31 faces: 24 correct, 7 no mask`."""
        from glassmask.output.wording import SHORT_TEXT

        words = {**{str(wear): text for wear, text in SHORT_TEXT.items()}, "unsure": "unsure"}
        kinds = ", ".join(f"{self._faces[k]} {word}" for k, word in words.items() if self._faces[k])
        faces = self._faces.total()
        line = f"{self.photos} photos, {faces} {'face' if faces == 1 else 'faces'}"
        line += f": {kinds}" if kinds else ""
        return f"{line}; {self._failed} not read" if self._failed else line

    @property
    def code(self) -> int:
        if self._require is not None and (self._unfit or self._strange):
            return 3
        return 1 if self._failed else 0


def _leave_missing_folder(paths: Sequence[str]) -> None:
    """Where the current folder was deleted, work from another; relative paths then lead nowhere."""
    try:
        os.getcwd()
    except FileNotFoundError:
        if not all(os.path.isabs(path) or path == "-" or is_address(path) for path in paths):
            stop("the current folder is gone: change to one that exists, or give absolute paths")
        os.chdir(os.sep)


def _track(inputs: Sequence[Input], request: StopRequest) -> Iterator[Input]:
    """The inputs with a progress bar, until done or asked to stop."""
    from rich.console import Console
    from rich.progress import track

    screen = Console(stderr=True)
    quiet = not screen.is_terminal or len(inputs) < 2
    for item in track(inputs, "checking", console=screen, transient=True, disable=quiet):
        if request.wanted is not None:
            return
        yield item


def _check_one(
    checker: Checker,
    request: StopRequest,
    item: Input,
    *,
    whole: bool,
    min_face: float,
    max_faces: int | None,
) -> tuple[Checked, NDArray[np.uint8] | None]:
    """The result for one input, and its pixels where it has any: it is read once."""
    from glassmask.checked import Checked
    from glassmask.errors import PhotoError
    from glassmask.photos import is_animated, read_photo

    try:
        if item.error is not None:
            raise item.error
        source: str | bytes = item.path
        if item.path == "-":
            with request.waiting():
                source = _standard_input()
        pixels = read_photo(source, max_pixels=checker.max_pixels)
    except PhotoError as error:
        return Checked.failed(item.path, error, checker.networks, whole=whole), None
    if is_animated(source):
        complain(f"{item.path}: holds several pictures: the first was judged")
    checked = checker.check(
        pixels, name=item.path, whole=whole, min_face=min_face, max_faces=max_faces
    )
    if whole and checked[0].face.extent is None:
        complain(
            f"{item.path}: no single face was found in it: judged all the same, but nobody can say "
            "whether a part of it lies outside"
        )
    return checked, pixels


def _standard_input() -> bytes:
    """The file on standard input.

    Raises:
        PhotoError: there is none, or too much.
    """
    from glassmask.errors import PhotoError, ProblemKind

    if sys.stdin is None:
        raise PhotoError("standard input is closed: give a file", ProblemKind.UNREADABLE)
    content = sys.stdin.buffer.read(_MAX_INPUT + 1)
    if len(content) > _MAX_INPUT:
        raise PhotoError(f"over {_MAX_INPUT >> 20} MiB: give it as a file", ProblemKind.TOO_LARGE)
    return content
