"""Options of the commands that watch films and cameras."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

from glassmask.cli.terminal import stop

if TYPE_CHECKING:
    from glassmask.checker import Checker
    from glassmask.networks.engines import EngineChoice
    from glassmask.video.door import Door

_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d)?")
_UNITS: Final = {None: 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}

PaceOption: TypeAlias = Annotated[
    Literal["exact", "normal", "light"],
    typer.Option(
        "--pace",
        help="exact: every frame, slow; normal: for two cores; light: for one.",
    ),
]

Lines: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--count-line",
        metavar="[NAME=]X,Y,X,Y",
        help="Count who crosses this line, in frame pixels, and which way; may be repeated.",
    ),
]

Zones: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--zone",
        metavar="[NAME=]X,Y,X,Y,...",
        help="Add up how long people are in this part of the picture; may be repeated.",
    ),
]

Config: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="A TOML file with the source, lines and zones."),
]


def parse_clock(text: str | None) -> float | None:
    """Seconds of a time in a film: `90`, `1:30` or `1:01:30.5`."""
    if text is None:
        return None
    parts = text.split(":")
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    is_time = 1 <= len(values) <= 3 and all(0 <= value < 1e7 for value in values)
    if not is_time or any(value >= 60 for value in values[1:]):
        raise typer.BadParameter(f"{text}: a time is seconds, or 1:30, or 1:01:30")
    seconds = 0.0
    for value in values:
        seconds = 60 * seconds + value
    return seconds


def parse_span(text: str | None) -> float | None:
    """Seconds of a span: `90`, `90s`, `5m`, `8h`, `7d`."""
    if text is None:
        return None
    found = _SPAN.fullmatch(text.strip())
    if found is None or not 0 < float(found[1]) < 1e7:
        raise typer.BadParameter(f"{text}: a span is a number and s, m, h or d, as 8h")
    return float(found[1]) * _UNITS[found[2]]


def read_scene(config: Path | None, lines: list[str] | None, zones: list[str] | None) -> Door:
    """What a file and the options say about the place; what is wrong ends the command."""
    from glassmask.errors import VideoError
    from glassmask.video.door import Door, parse_line, parse_zone, read_door

    try:
        door = Door() if config is None else read_door(config)
        return Door(
            door.source,
            (*door.lines, *(parse_line(text, n) for n, text in enumerate(lines or (), 1))),
            (*door.zones, *(parse_zone(text, n) for n, text in enumerate(zones or (), 1))),
        )
    except VideoError as error:
        stop(str(error))


def need_av() -> None:
    """End the command where PyAV is missing, before networks are loaded."""
    from glassmask.errors import VideoError
    from glassmask.video.opening import require_av

    try:
        require_av()
    except VideoError as error:
        stop(str(error))


def make_checker(engine: EngineChoice, network: Path | None) -> Checker:
    """A checker for films: a thread a network, as finding, judging and decoding go on together."""
    from glassmask.checker import Checker
    from glassmask.errors import NetworkError

    try:
        return Checker(engine=engine, network=network, threads=1)
    except NetworkError as error:
        stop(str(error))
