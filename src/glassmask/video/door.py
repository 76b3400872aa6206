"""What is watched, and for what: lines, zones and a camera, from options or from a TOML file."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from glassmask.errors import VideoError
from glassmask.video.lines import Line, Point, Zone

_KEYS: Final = ("source", "line", "zone")


@dataclass(frozen=True, slots=True)
class Door:
    """What a file says about a place that is watched.

    Attributes:
        source: the camera's address; None where the file names none.
        lines: that people cross.
        zones: that people are in.
    """

    source: str | None = None
    lines: tuple[Line, ...] = ()
    zones: tuple[Zone, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two of a name: they would be counted together.

        Raises:
            VideoError: two lines, or two zones, have the same name.
        """
        for kind, places in (("lines", self.lines), ("zones", self.zones)):
            names = [place.name for place in places]
            for name in names:
                if names.count(name) > 1:
                    raise VideoError(f"two {kind} are called {name}: give each a name of its own")


def read_door(path: Path) -> Door:
    """Read a TOML file.

    For instance:

        source = "rtsp://camera.local/door"

        [[line]]
        name = "threshold"
        points = [100, 400, 540, 400]

        [[zone]]
        name = "queue"
        points = [0, 0, 320, 0, 320, 480, 0, 480]

    Raises:
        VideoError: it can't be read, or is not as it must be.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise VideoError(f"{path}: can't be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise VideoError(f"{path}: no TOML: {error}") from error
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        raise VideoError(f"{path}: unknown key {unknown[0]!r}; known are {', '.join(_KEYS)}")
    source = table.get("source")
    if source is not None and not isinstance(source, str):
        raise VideoError(f"{path}: source is an address in quotes")
    return Door(
        source,
        tuple(_line(*_entry(path, entry)) for entry in _entries(path, table, "line")),
        tuple(_zone(*_entry(path, entry)) for entry in _entries(path, table, "zone")),
    )


def parse_line(text: str, number: int) -> Line:
    """A line of an option: `name=x,y,x,y`, or `x,y,x,y`, which is named by its number.

    Raises:
        VideoError: it is not written so.
    """
    name, values = _named(text, f"line {number}")
    return _line(name, values)


def parse_zone(text: str, number: int) -> Zone:
    """A zone of an option: `name=x,y,x,y,x,y,…`, or without a name.

    Raises:
        VideoError: it is not written so.
    """
    name, values = _named(text, f"zone {number}")
    return _zone(name, values)


def _named(text: str, otherwise: str) -> tuple[str, list[float]]:
    name, equals, numbers = text.rpartition("=")
    try:
        values = [float(part) for part in numbers.split(",")]
    except ValueError as error:
        raise VideoError(f"{text}: points are numbers, as in door=100,400,540,400") from error
    if equals and not name.strip():
        raise VideoError(f"{text}: the name is empty, as in door=100,400,540,400")
    return (name.strip() if equals else otherwise), values


def _entries(path: Path, table: dict[str, Any], key: str) -> list[Any]:
    found = table.get(key, [])
    if not isinstance(found, list):
        raise VideoError(f"{path}: write [[{key}]], once for each")
    return found


def _entry(path: Path, entry: Any) -> tuple[str, list[float]]:
    if not isinstance(entry, dict) or set(entry) != {"name", "points"}:
        raise VideoError(f"{path}: each line and zone has a name and points, nothing else")
    name, points = entry["name"], entry["points"]
    if not isinstance(name, str) or not isinstance(points, list):
        raise VideoError(f"{path}: a name is a text, and points are a list of numbers")
    if not all(isinstance(value, int | float) for value in points):
        raise VideoError(f"{path}: the points of {name} are not all numbers")
    return name, [float(value) for value in points]


def _line(name: str, values: list[float]) -> Line:
    points = _points(name, values)
    if len(points) != 2:
        raise VideoError(f"{name}: a line has two points: x,y,x,y")
    if points[0] == points[1]:
        raise VideoError(f"{name}: the line has no length")
    return Line(name, *points)


def _zone(name: str, values: list[float]) -> Zone:
    points = _points(name, values)
    if len(points) < 3:
        raise VideoError(f"{name}: a zone has three points or more: x,y,x,y,x,y")
    return Zone(name, points)


def _points(name: str, values: list[float]) -> tuple[Point, ...]:
    if len(values) % 2 or not all(map(math.isfinite, values)):
        raise VideoError(f"{name}: points come in pairs x,y")
    return tuple(zip(values[::2], values[1::2], strict=True))
