"""`glassmask watch`: a camera or a stream; what happens there, for as long as it is watched."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glassmask.cli.film_options import (
    Config,
    Engine,
    Lines,
    Network,
    PaceOption,
    Zones,
    make_checker,
    parse_span,
    read_scene,
)
from glassmask.cli.interrupt import StopRequest
from glassmask.cli.options import MinFace
from glassmask.cli.terminal import USAGE, complain, stop
from glassmask.faces.finder import MIN_FACE
from glassmask.labels import Wear

if TYPE_CHECKING:
    from glassmask.output.sinks import Sinks
    from glassmask.video.sinks import Ending, Happening


def watch(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[SOURCE]",
            help="camera:0 for the first camera, or an address: rtsp://…, http://…",
        ),
    ] = None,
    events: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Write JSON lines of events, gaps and counts; - for stdout."
        ),
    ] = None,
    require: Annotated[
        Wear | None,
        typer.Option(help="Tell when somebody's mask is not worn that way, and exit 3 at the end."),
    ] = None,
    stop_at_breach: Annotated[
        bool, typer.Option("--stop-at-breach", help="End at the first such breach, with exit 3.")
    ] = False,
    snapshots: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write an annotated picture of each event. They show people."
        ),
    ] = None,
    keep: Annotated[
        str, typer.Option(metavar="TIME", help="Delete snapshots that are older: 7d, 12h.")
    ] = "7d",
    duration: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="Watch for so long: 90s, 8h.")
    ] = None,
    give_up: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="End where the source is lost for so long: 60s."),
    ] = None,
    count_line: Lines = None,
    zone: Zones = None,
    config: Config = None,
    pace: PaceOption = "normal",
    min_face: MinFace = MIN_FACE,
    engine: Engine = "auto",
    network: Network = None,
) -> None:
    """Watch a camera or a stream: everyone followed, and an event for each change.

    A source that is lost is opened again, for as long as it takes. Nothing is sent anywhere. Exit
    code 0: it ended when asked to; 1: the source was given up; 2: it can't be opened, or something
    can't be written; 3: see --require.
    """
    from glassmask.cli.watching import Watching, live_line
    from glassmask.errors import GlassmaskError
    from glassmask.video.breaches import Breaches
    from glassmask.video.counts import Counts
    from glassmask.video.opening import open as open_source
    from glassmask.video.pace import PACES

    until, patience, kept = parse_span(duration), parse_span(give_up), parse_span(keep)
    assert kept is not None
    if stop_at_breach and require is None:
        stop("--stop-at-breach: say what is required, as --require correct")
    scene = read_scene(config, count_line, zone)
    address = source or scene.source
    if address is None:
        stop("no source: give camera:0 or an address, or --config with one")
    checker = make_checker(engine, network)
    breaches = None if require is None else Breaches(require)
    with StopRequest() as request:
        try:
            sinks = _open_sinks(events, snapshots, kept, require)
            with open_source(address, give_up=patience) as opened:
                if not opened.is_live:
                    sinks.abort()
                    stop(f"{opened.name}: a film: use glassmask video")
                watching = Watching(
                    checker,
                    PACES[pace],
                    min_face,
                    (sinks,),
                    breaches=breaches,
                    stop_at_breach=stop_at_breach,
                    until=until,
                )
                with live_line(opened.name) as watching.on_moment:
                    watching.run(opened, Counts(scene.lines, scene.zones), request)
        except GlassmaskError as error:
            stop(str(error))
    sinks.close()
    if breaches is not None and breaches.count:
        raise typer.Exit(3)
    if sinks.failed:
        raise typer.Exit(USAGE)
    raise typer.Exit(1 if watching.ended == "given_up" else 0)


def _open_sinks(
    events: str | None, snapshots: Path | None, keep: float, require: Wear | None
) -> Sinks[[Happening | Ending]]:
    """JSON lines, snapshots, and lines for people unless something else stands on standard output.

    Raises:
        OutputError: one can't be written.
    """
    from glassmask.output.sinks import STANDARD_OUTPUT, Sinks
    from glassmask.video.sinks import LinesSink, MomentJsonSink
    from glassmask.video.snapshots import SnapshotSink

    sinks: Sinks[[Happening | Ending]] = Sinks(complain)
    if events is not None:
        target = STANDARD_OUTPUT if events == "-" else events
        sinks.open(target, partial(MomentJsonSink, events, frames=False))
    if snapshots is not None:
        sinks.open(snapshots, partial(SnapshotSink, snapshots, keep))
    if events != "-":
        sinks.open(STANDARD_OUTPUT, partial(LinesSink, "-", name_sources=False, required=require))
    return sinks
