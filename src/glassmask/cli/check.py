"""`glassmask check`: photos in, verdicts out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glassmask.cli.terminal import INTERRUPTED, complain, stop
from glassmask.labels import Wear

if TYPE_CHECKING:
    from glassmask.checker import Checker
    from glassmask.cli.inputs import Input
    from glassmask.cli.sinks import Sink
    from glassmask.verdict import Verdict


def check(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH…", help="Photos, folders (with all below), or globs."),
    ],
    whole: Annotated[
        bool,
        typer.Option(
            "--whole",
            help="Each photo shows exactly one face: always one verdict, for the whole picture. "
            "This version takes every photo so.",
        ),
    ] = False,
    json: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write JSON Lines, one photo a line; - for stdout."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write a report to read: DIR/index.html."),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the photos with boxes and heat maps to DIR."),
    ] = None,
    require: Annotated[
        Wear | None,
        typer.Option(help="Exit 3 unless every face is worn so, beyond doubt (for use at a door)."),
    ] = None,
    engine: Annotated[
        Literal["auto", "onnxruntime", "openvino"],
        typer.Option(help="auto takes OpenVINO when it is installed."),
    ] = "auto",
    precision: Annotated[Literal["f32", "bf16"], typer.Option(help="bf16 needs OpenVINO.")] = "f32",
    max_megapixels: Annotated[
        float, typer.Option(min=0.001, help="Refuse larger photos, before they are decoded.")
    ] = 50.0,
    network: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Another network (ONNX, its manifest beside it)."),
    ] = None,
) -> None:
    """Say how the mask is worn in each photo, how sure that is, and what in it says so.

    Nothing is sent anywhere. Exit code 0: all photos were read; 1: some could not be read (the
    others are done); 2: the command could not start or write; 3: see --require.
    """
    del whole  # every photo is taken so, until faces are found in it
    from glassmask.checker import Checker
    from glassmask.cli.inputs import find_inputs
    from glassmask.manifest import NetworkError

    inputs = find_inputs(paths)
    try:
        checker = Checker(
            engine=engine,
            precision=precision,
            network=network,
            max_pixels=round(max_megapixels * 1e6),
        )
    except NetworkError as error:
        stop(str(error))
    outcome = _Outcome(require)
    interrupted = False
    try:
        with ExitStack() as stack:
            sinks = _open_sinks(stack, checker, json, report, annotate)
            try:
                _check_all(inputs, checker, [*sinks, outcome])
            except KeyboardInterrupt:
                interrupted = True
    except BrokenPipeError:  # whoever read our output has seen enough
        _silence_stdout()
    except OSError as error:
        stop(f"can't write {error.filename or 'the results'}: {error.strerror or error}")
    if interrupted:
        stop(
            f"stopped after {outcome.photos} of {len(inputs)} photos; what was done is written",
            INTERRUPTED,
        )
    raise typer.Exit(outcome.code)


class _Outcome:
    """Counts what happened, for the exit code; a sink like the others."""

    def __init__(self, require: Wear | None) -> None:
        self._require = require
        self.photos = self._failed = self._unfit = 0

    def photo(self, _path: str, _photo: object, verdicts: Sequence[Verdict]) -> None:
        self.photos += 1
        self._unfit += sum(v.unsure or v.wear is not self._require for v in verdicts)

    def failure(self, path: str, error: str) -> None:
        self.photos += 1
        self._failed += 1
        complain(f"{path}: {error}")

    def close(self) -> None:
        pass

    @property
    def code(self) -> int:
        if self._require is not None and self._unfit:
            return 3
        return 1 if self._failed else 0


def _open_sinks(
    stack: ExitStack,
    checker: Checker,
    json: str | None,
    report: Path | None,
    annotate: Path | None,
) -> list[Sink]:
    from glassmask.cli import sinks as kinds

    sinks: list[Sink] = []
    if json is not None:
        sinks.append(kinds.JsonSink(json, checker))
        stack.callback(sinks[-1].close)
    if report is not None:
        sinks.append(kinds.ReportSink(report, checker))
        stack.callback(sinks[-1].close)
    if annotate is not None:
        sinks.append(kinds.AnnotateSink(annotate))
    if json != "-":
        sinks.append(kinds.TableSink())
        stack.callback(sinks[-1].close)
    return sinks


def _check_all(inputs: Sequence[Input], checker: Checker, sinks: Sequence[Sink]) -> None:
    from rich.console import Console
    from rich.progress import track

    from glassmask.photos import PhotoError, read_photo

    screen = Console(stderr=True)
    quiet = not screen.is_terminal or len(inputs) < 2
    for item in track(inputs, "checking", console=screen, transient=True, disable=quiet):
        try:
            if item.error is not None:
                raise PhotoError(item.error)
            photo = read_photo(item.path, max_pixels=checker.max_pixels)
            verdicts = checker.check(photo)
        except PhotoError as error:
            for sink in sinks:
                sink.failure(item.path, str(error))
            continue
        for sink in sinks:
            sink.photo(item.path, photo, verdicts)


def _silence_stdout() -> None:
    """Let the interpreter close a standard output that nobody reads any more in peace."""
    import os
    import sys

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
