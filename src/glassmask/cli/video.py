"""`glassmask video`: films in; who was there, how their masks were worn, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glassmask.cli.film_options import (
    Config,
    Lines,
    PaceOption,
    Zones,
    make_checker,
    need_av,
    parse_clock,
    read_scene,
)
from glassmask.cli.interrupt import StopRequest
from glassmask.cli.options import Engine, MinFace, Network
from glassmask.cli.terminal import USAGE, complain, stop
from glassmask.faces.finder import MIN_FACE
from glassmask.files import real_path

if TYPE_CHECKING:
    from glassmask.output.sinks import Sinks
    from glassmask.video.film_file import FilmFile
    from glassmask.video.sinks import Ending, Happening, StreamedSink


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
    from glassmask.video.pace import PACES

    begin, until = parse_clock(start) or 0.0, parse_clock(end)
    if until is not None and until <= begin:
        stop(f"--to {end} does not come after --from {start or 0}")
    scene = read_scene(config, count_line, zone)
    need_av()
    drawn, pages = _own_places(annotate, films, ".mp4"), _own_places(report, films)
    _protect(films, json, events, [*drawn, *(page / "index.html" for page in pages)])
    checker = make_checker(engine, network)
    sinks, reader = _text_sinks(json, events, name_sources=len(films) > 1)
    watching = Watching(checker, PACES[pace], min_face, ())
    if annotate is None and report is None:
        watching.reader = reader
    code = 0
    with StopRequest() as request:
        for number, film in enumerate(films):
            if request.wanted is not None or watching.ended == "stopped":
                break
            own: Sinks[[Happening | Ending]] = Sinks(complain)
            watching.sinks = sinks, own
            try:
                with _open_film(film, begin, until) as source:
                    notes: list[str] = []
                    if annotate is not None:
                        notes = _open_drawn(
                            own, drawn[number], film, codec, begin, until, blur_faces
                        )
                    if report is not None:
                        _open_page(own, pages[number], blur_faces)
                    counts = Counts(scene.lines, scene.zones)
                    with film_bar(film, begin, source.length) as watching.on_moment:
                        watching.run(source, counts, request)
                own.close()
                for note in notes:
                    complain(f"{drawn[number]}: {note}")
                code = max(code, 1 if counts.gaps else 0, USAGE if own.failed else 0)
            except GlassmaskError as error:
                own.abort()
                complain(f"error: {error}")
                code = USAGE
            except BaseException:  # a second Ctrl-C, or a fault: nothing half-written stays
                own.abort()
                sinks.abort()
                raise
    sinks.close()
    if request.wanted is not None:
        stop("stopped; what was done is written", 128 + request.wanted)
    raise typer.Exit(USAGE if sinks.failed else code)


def _own_places(given: Path | None, films: Sequence[str], ending: str = "") -> list[Path]:
    """Where each film's own output goes: as given, or of several films by its name in there."""
    if given is None:
        return []
    if len(films) == 1:
        return [given]
    from glassmask.video.film_format import CONTAINERS

    if ending and given.suffix.lower() in CONTAINERS:
        stop(f"--annotate {given}: give a folder for the films, as there are several")
    return [given / f"{Path(film).stem}{ending}" for film in films]


def _protect(
    films: Sequence[str], json: str | None, events: str | None, own: Sequence[Path]
) -> None:
    """Refuse outputs that would replace a film, or each other."""
    if json == events == "-":
        stop("--json and --events both write to standard output: give a file for one of them")
    read, written = {real_path(film) for film in films}, set[str]()
    for file in (json, events, *own):
        if file is None or file == "-":
            continue
        path = real_path(file)
        if path in read:
            stop(f"{file} is one of the films: choose another place")
        if path in written:
            stop(f"{file} would be written twice: choose other places, or take one film at a time")
        written.add(path)


def _open_film(film: str, begin: float, until: float | None) -> FilmFile:
    """Open a film.

    Raises:
        VideoError: it can't be opened, or is no film.
    """
    from glassmask.errors import VideoError
    from glassmask.video.address import read_address
    from glassmask.video.film_file import FilmFile

    address = read_address(film)
    if address.is_live:
        raise VideoError(f"{address.name}: a camera or stream: use glassmask watch")
    return FilmFile(address, start=begin, end=until)


def _open_drawn(
    own: Sinks[[Happening | Ending]],
    target: Path,
    film: str,
    codec: Literal["av1", "h264", "mpeg4"],
    begin: float,
    until: float | None,
    blur: bool,
) -> list[str]:
    """Begin an annotated film; what will be noted about it.

    Raises:
        OutputError: it can't be written, or is someone else's.
    """
    from glassmask.video.film import FilmSink
    from glassmask.video.sinks import FilmOf

    made: list[FilmSink] = []

    def begin_film() -> FilmOf:
        target.parent.mkdir(parents=True, exist_ok=True)
        made.append(FilmSink(target, film, codec, begin, until, blur=blur))
        return FilmOf(made[0])

    own.open(target, begin_film)
    return made[0].notes


def _open_page(own: Sinks[[Happening | Ending]], folder: Path, blur: bool) -> None:
    """Begin a report.

    Raises:
        OutputError: it can't be written, or its page is someone else's.
    """
    from glassmask.video.film_report import FilmReport
    from glassmask.video.sinks import ReportOf

    own.open(folder, lambda: ReportOf(FilmReport(folder, blur=blur)))


def _text_sinks(
    json: str | None, events: str | None, *, name_sources: bool
) -> tuple[Sinks[[Happening | Ending]], StreamedSink | None]:
    """JSON lines, and lines for people on standard output unless something else stands there.

    The second is what stands on standard output, where that is all.
    """
    from glassmask.cli.watching import add_streamed
    from glassmask.errors import GlassmaskError
    from glassmask.output.sinks import STANDARD_OUTPUT, Sinks
    from glassmask.video.sinks import LinesSink, MomentJsonSink

    sinks: Sinks[[Happening | Ending]] = Sinks(complain)
    made: list[StreamedSink] = []
    try:
        for file, frames in ((json, True), (events, False)):
            if file is not None:
                target = STANDARD_OUTPUT if file == "-" else file
                make = partial(MomentJsonSink, file, frames=frames)
                made.append(add_streamed(sinks, target, make))
        if "-" not in (json, events):
            lines = partial(LinesSink, "-", name_sources=name_sources)
            made.append(add_streamed(sinks, STANDARD_OUTPUT, lines))
    except GlassmaskError as error:
        stop(str(error))
    return sinks, made[0] if len(made) == 1 else None
