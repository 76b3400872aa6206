"""`glassmask check`: photos in, verdicts out."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glassmask.cli.interrupt import StopRequest
from glassmask.cli.terminal import INTERRUPTED, complain, stop
from glassmask.faces.finder import MIN_FACE
from glassmask.labels import Wear

if TYPE_CHECKING:
    from glassmask.checker import Checker
    from glassmask.cli.inputs import Input
    from glassmask.output.sinks import Sink
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
            help="Each photo shows exactly one face: always one verdict, for the whole picture.",
        ),
    ] = False,
    min_face: Annotated[
        float,
        typer.Option(
            min=1, metavar="PX", help="Leave out faces whose shorter side is less, in photo pixels."
        ),
    ] = MIN_FACE,
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
        typer.Option(
            help="Exit 3 unless every photo shows a face and every face is worn so, beyond doubt "
            "(for use at a door)."
        ),
    ] = None,
    engine: Annotated[
        Literal["auto", "onnxruntime", "openvino"],
        typer.Option(help="auto takes OpenVINO when it is installed."),
    ] = "auto",
    precision: Annotated[Literal["f32", "bf16"], typer.Option(help="bf16 needs OpenVINO.")] = "f32",
    max_megapixels: Annotated[
        float,
        typer.Option(
            min=0.001, max=178, help="Refuse larger photos, before they are decoded (at most 178)."
        ),
    ] = 50.0,
    network: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Another network (ONNX, its manifest beside it)."),
    ] = None,
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
    from glassmask.errors import NetworkError

    inputs = find_inputs(paths)
    _spare_inputs(inputs, json, report, annotate)
    try:
        checker = Checker(
            engine=engine,
            precision=precision,
            network=network,
            finder=finder,
            landmarks=landmarks,
            max_pixels=round(max_megapixels * 1e6),
            whole=whole,
            min_face=min_face,
        )
    except NetworkError as error:
        stop(str(error))
    outcome = _Outcome(require)
    sinks = [outcome, *_open_sinks(checker, json, report, annotate)]
    try:
        with StopRequest() as request:
            _check_all(inputs, checker, sinks, request)
            _give(sinks, methodcaller("close"))
    except KeyboardInterrupt:  # asked a second time: leave at once
        _give_up(sinks)
        raise typer.Exit(INTERRUPTED) from None
    except NetworkError as error:  # it gave no numbers: nothing of it is to be trusted
        _give_up(sinks)
        stop(str(error))
    if request.wanted is not None:
        stop(
            f"stopped after {outcome.photos} of {len(inputs)} photos; what was done is written",
            128 + request.wanted,
        )
    raise typer.Exit(outcome.code)


class _Outcome:
    """Counts what happened, for the exit code; a sink like the others."""

    target = "the outcome"

    def __init__(self, require: Wear | None) -> None:
        self._require = require
        self.photos = self._failed = self._unfit = 0

    def photo(self, _path: str, _photo: object, verdicts: Sequence[Verdict]) -> None:
        self.photos += 1
        # A photo without a face fulfils nothing: a door must not open for nobody.
        fit = bool(verdicts) and all(not v.unsure and v.wear is self._require for v in verdicts)
        self._unfit += not fit

    def failure(self, path: str, error: str) -> None:
        self.photos += 1
        self._failed += 1
        complain(f"{path}: {error}")

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass

    @property
    def code(self) -> int:
        if self._require is not None and self._unfit:
            return 3
        return 1 if self._failed else 0


def _spare_inputs(
    inputs: Sequence[Input], json: str | None, report: Path | None, annotate: Path | None
) -> None:
    """Refuse outputs that would replace a photo, or each other."""
    photos = {os.path.realpath(item.path) for item in inputs if item.error is None}
    if json not in (None, "-") and os.path.realpath(json) in photos:
        stop(f"--json {json} is one of the photos: choose another file")
    if annotate is not None and os.path.realpath(annotate) in map(os.path.dirname, photos):
        stop(f"--annotate {annotate} holds photos to check: choose another folder")
    if report is not None:
        page = os.path.realpath(report / "index.html")
        if page in photos or (json not in (None, "-") and os.path.realpath(json) == page):
            stop(f"--report {report} would replace {page}: choose another folder")


def _open_sinks(
    checker: Checker, json: str | None, report: Path | None, annotate: Path | None
) -> list[Sink]:
    from glassmask.output import sinks as kinds

    wanted: list[tuple[object, Callable[[], Sink]]] = []
    if json is not None:
        wanted.append((json, lambda: kinds.JsonSink(json, checker)))
    if report is not None:
        wanted.append((report, lambda: kinds.ReportSink(report, checker)))
    if annotate is not None:
        wanted.append((annotate, lambda: kinds.AnnotateSink(annotate)))
    sinks: list[Sink] = []
    for target, make in wanted:
        try:
            sinks.append(make())
        except OSError as error:
            _give_up(sinks)
            stop(f"can't write {target}: {error.strerror}")
    if json != "-":
        sinks.append(kinds.TableSink())
    return sinks


def _check_all(
    inputs: Sequence[Input], checker: Checker, sinks: list[Sink], request: StopRequest
) -> None:
    """Check photo by photo, until done or asked to stop."""
    from rich.console import Console
    from rich.progress import track

    from glassmask.errors import PhotoError
    from glassmask.photos import read_photo

    screen = Console(stderr=True)
    quiet = not screen.is_terminal or len(inputs) < 2
    for item in track(inputs, "checking", console=screen, transient=True, disable=quiet):
        if request.wanted is not None:
            return
        try:
            if item.error is not None:
                raise PhotoError(item.error)
            photo = read_photo(item.path, max_pixels=checker.max_pixels)
            verdicts = checker.check(photo)
        except PhotoError as error:
            _give(sinks, methodcaller("failure", item.path, str(error)))
        else:
            _give(sinks, methodcaller("photo", item.path, photo, verdicts))


def _give(sinks: list[Sink], call: Callable[[Sink], None]) -> None:
    """Call every sink.

    One whose reader left is dropped. One that can't write ends the command; what the others
    have is kept.
    """
    for sink in list(sinks):
        try:
            call(sink)
        except BrokenPipeError:
            _silence_stdout()
            sinks.remove(sink)
        except OSError as error:
            sink.abort()
            for other in sinks:
                if other is not sink:
                    with contextlib.suppress(OSError):
                        other.close()
            stop(f"can't write {sink.target}: {error.strerror or error}")


def _give_up(sinks: Sequence[Sink]) -> None:
    for sink in sinks:
        sink.abort()


def _silence_stdout() -> None:
    """Let the interpreter close a standard output that nobody reads any more in peace."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
