"""`glassmask video`: films in; who was there, how their masks were worn, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from glassmask.cli.film_options import (
    Config,
    Engine,
    Lines,
    Network,
    PaceOption,
    Zones,
    make_checker,
    parse_clock,
    read_scene,
)
from glassmask.cli.interrupt import StopRequest
from glassmask.cli.options import MinFace
from glassmask.cli.terminal import USAGE, complain, stop
from glassmask.faces.finder import MIN_FACE
from glassmask.files import real_path

if TYPE_CHECKING:
    from glassmask.output.sinks import Sinks
    from glassmask.video.sinks import Ending, Happening

_FILMS: Final = (".mp4", ".mkv", ".webm")


def video(
    films: Annotated[list[str], typer.Argument(metavar="FILM", help="Film files.")],
    json: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write JSON lines, each frame among them; - for stdout."),
    ] = None,
    events: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Write JSON lines of events, gaps and counts; - for stdout."
        ),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="FILM", help="Write the film with boxes and heat maps; of several, a folder."
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write a page with a timeline for each person."),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Begin there: 90, or 1:30.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="End there.")] = None,
    count_line: Lines = None,
    zone: Zones = None,
    config: Config = None,
    pace: PaceOption = "normal",
    codec: Annotated[
        Literal["av1", "h264", "mpeg4"],
        typer.Option(
            help="Of the annotated film. av1: smallest; h264: plays everywhere, written by x264, "
            "which is GPL; mpeg4: fastest to write."
        ),
    ] = "av1",
    blur_faces: Annotated[
        bool,
        typer.Option("--blur-faces", help="Blur every face that was found, to show it around."),
    ] = False,
    min_face: MinFace = MIN_FACE,
    engine: Engine = "auto",
    network: Network = None,
) -> None:
    """Follow everyone through films: how their masks are worn, and when that changes.

    Nothing is sent anywhere. Exit code 0: all was read; 1: a film is damaged or cut off, and where
    is told; 2: one can't be opened, or something can't be written.
    """
    from glassmask.cli.watching import Watching, film_bar
    from glassmask.errors import GlassmaskError
    from glassmask.output.sinks import Sinks
    from glassmask.video.counts import Counts
    from glassmask.video.film_file import FilmFile
    from glassmask.video.opening import open as open_source
    from glassmask.video.pace import PACES
    from glassmask.video.sinks import FilmOf, ReportOf

    begin, until = parse_clock(start) or 0.0, parse_clock(end)
    if until is not None and until <= begin:
        stop(f"--to {end} does not come after --from {start or 0}")
    scene = read_scene(config, count_line, zone)
    _protect(films, json, events, annotate, report)
    checker = make_checker(engine, network)
    sinks = _text_sinks(json, events, name_sources=len(films) > 1)
    code = 0
    with StopRequest() as request:
        for film in films:
            if request.wanted is not None:
                break
            own: Sinks[[Happening | Ending]] = Sinks(complain)
            try:
                with open_source(film, start=begin, end=until) as source:
                    if not isinstance(source, FilmFile):
                        stop(f"{source.name}: a camera or stream: use glassmask watch")
                    from glassmask.video.film import FilmSink
                    from glassmask.video.film_report import FilmReport

                    if annotate is not None:
                        target = _own_place(annotate, film, films, ".mp4")
                        own.open(
                            target,
                            lambda: FilmOf(
                                FilmSink(target, film, codec, begin, until, blur=blur_faces)
                            ),
                        )
                    if report is not None:
                        folder = _own_place(report, film, films)
                        own.open(folder, lambda: ReportOf(FilmReport(folder, blur=blur_faces)))
                    counts = Counts(scene.lines, scene.zones)
                    watching = Watching(checker, PACES[pace], min_face, (sinks, own))
                    with film_bar(film, begin, source.length) as watching.on_moment:
                        watching.run(source, counts, request)
                own.close()
                code = max(code, 1 if counts.gaps else 0, USAGE if own.failed else 0)
            except GlassmaskError as error:
                own.abort()
                complain(f"error: {error}")
                code = USAGE
    sinks.close()
    if request.wanted is not None:
        stop("stopped; what was done is written", 128 + request.wanted)
    raise typer.Exit(USAGE if sinks.failed else code)


def _own_place(given: Path, film: str, films: Sequence[str], ending: str = "") -> Path:
    """Where a film's own output goes: as given, or of several films by its name in that folder."""
    return given if len(films) == 1 else given / f"{Path(film).stem}{ending}"


def _protect(
    films: Sequence[str],
    json: str | None,
    events: str | None,
    annotate: Path | None,
    report: Path | None,
) -> None:
    """Refuse outputs that would replace a film, or each other."""
    if json == events == "-":
        stop("--json and --events both write to standard output: give a file for one of them")
    read = {real_path(film) for film in films}
    written = [real_path(file) for file in (json, events) if file not in (None, "-")]
    if annotate is not None and len(films) == 1:
        if annotate.suffix.lower() not in _FILMS:
            stop(f"--annotate {annotate}: a film ends in {', '.join(_FILMS)}")
        written.append(real_path(annotate))
    for file in written:
        if file in read:
            stop(f"{file} is one of the films: choose another file")
    if len(set(written)) < len(written):
        stop("two outputs name the same file: choose another for one of them")
    if annotate is not None and len(films) > 1 and annotate.suffix.lower() in _FILMS:
        stop(f"--annotate {annotate}: give a folder for the films, as there are several")


def _text_sinks(
    json: str | None, events: str | None, *, name_sources: bool
) -> Sinks[[Happening | Ending]]:
    """JSON lines, and lines for people on standard output unless something else stands there."""
    from glassmask.errors import GlassmaskError
    from glassmask.output.sinks import STANDARD_OUTPUT, Sinks
    from glassmask.video.sinks import LinesSink, MomentJsonSink

    sinks: Sinks[[Happening | Ending]] = Sinks(complain)
    try:
        for file, frames in ((json, True), (events, False)):
            if file is not None:
                sinks.open(
                    STANDARD_OUTPUT if file == "-" else file,
                    partial(MomentJsonSink, file, frames=frames),
                )
        if "-" not in (json, events):
            sinks.open(STANDARD_OUTPUT, partial(LinesSink, "-", name_sources=name_sources))
    except GlassmaskError as error:
        stop(str(error))
    return sinks
