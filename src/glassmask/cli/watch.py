"""`glassmask watch`: a camera or a stream; what happens there, for as long as it is watched."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glassmask.cli.film_options import (
    Config,
    Lines,
    PaceOption,
    Zones,
    make_checker,
    need_av,
    parse_span,
    read_scene,
)
from glassmask.cli.interrupt import StopRequest, WaitEnded
from glassmask.cli.options import Engine, MinFace, Network
from glassmask.cli.terminal import INTERRUPTED, USAGE, complain, stop
from glassmask.faces.finder import MIN_FACE
from glassmask.labels import Wear

if TYPE_CHECKING:
    from glassmask.output.sinks import Sinks
    from glassmask.video.sinks import Ending, Happening, StreamedSink


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
            metavar="FILE",
            help="Add JSON lines of events, gaps and counts to this file, as they come; "
            "- for stdout.",
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

    A source that is lost is opened again, for as long as it takes; Ctrl-C ends it. Nothing is sent
    anywhere. Exit code 0: it ended when asked to; 1: the source was given up; 2: it can't be
    opened, or something can't be written; 3: see --require.
    """
    from glassmask.cli.watching import Watching, live_line
    from glassmask.errors import GlassmaskError, VideoError
    from glassmask.output.sinks import Sinks
    from glassmask.video.address import read_address
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
    need_av()
    breaches = None if require is None else Breaches(require)
    sinks: Sinks[[Happening | Ending]] = Sinks(complain)
    try:
        if not read_address(address).is_live:
            raise VideoError(f"{address}: a film: use glassmask video")
        reader = _open_sinks(sinks, events, snapshots, kept, require)
        watching = Watching(
            make_checker(engine, network),
            PACES[pace],
            min_face,
            (sinks,),
            breaches=breaches,
            stop_at_breach=stop_at_breach,
            until=until,
            reader=reader,
        )
        with StopRequest() as request:
            with request.waiting():
                opened = open_source(address, give_up=patience)
            with opened, live_line(opened.name) as watching.on_moment:
                watching.run(opened, Counts(scene.lines, scene.zones), request)
        sinks.close()
    except GlassmaskError as error:
        sinks.close()  # what happened so far is worth keeping
        stop(str(error))
    except WaitEnded:
        sinks.abort()
        stop("stopped before the source was open", INTERRUPTED)
    except BaseException:
        sinks.abort()
        raise
    if breaches is not None and breaches.count:
        raise typer.Exit(3)
    if sinks.failed:
        raise typer.Exit(USAGE)
    raise typer.Exit(1 if watching.ended == "given_up" else 0)


def _open_sinks(
    sinks: Sinks[[Happening | Ending]],
    events: str | None,
    snapshots: Path | None,
    keep: float,
    require: Wear | None,
) -> StreamedSink | None:
    """JSON lines, snapshots, and lines for people unless something else stands on standard output.

    Returns:
        Who writes to standard output, where nothing else is written and nothing is required.

    Raises:
        OutputError: one can't be written.
    """
    from glassmask.cli.watching import add_streamed
    from glassmask.output.sinks import STANDARD_OUTPUT
    from glassmask.video.sinks import LinesSink, MomentJsonSink
    from glassmask.video.snapshots import SnapshotSink

    made: list[StreamedSink] = []
    if events is not None:
        target = STANDARD_OUTPUT if events == "-" else events
        lines = partial(MomentJsonSink, events, frames=False, adds=True)
        made.append(add_streamed(sinks, target, lines))
    if snapshots is not None:
        sinks.open(snapshots, partial(SnapshotSink, snapshots, keep))
    if events != "-":
        spoken = partial(LinesSink, "-", name_sources=False, required=require)
        made.append(add_streamed(sinks, STANDARD_OUTPUT, spoken))
    return made[0] if len(made) == 1 and snapshots is None and require is None else None
