"""What is watched, from a file and from options; what is wrong is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmask.errors import VideoError
from glassmask.video.door import Door, parse_line, parse_zone, read_door
from glassmask.video.lines import Line, Zone

DOOR = """
source = "rtsp://camera.local/door"

[[line]]
name = "threshold"
points = [100, 400, 540.5, 400]

[[zone]]
name = "queue"
points = [0, 0, 320, 0, 320, 480]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "door.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file(tmp_path: Path) -> None:
    assert read_door(written(tmp_path, DOOR)) == Door(
        "rtsp://camera.local/door",
        (Line("threshold", (100, 400), (540.5, 400)),),
        (Zone("queue", ((0, 0), (320, 0), (320, 480))),),
    )
    assert read_door(written(tmp_path, "")) == Door()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source = 3", "source is an address in quotes"),
        ("lines = 3", "unknown key 'lines'; known are source, line, zone"),
        ("line = 3", r"write \[\[line\]\], once for each"),
        ("[[line]]\nname = 'a'", "each line and zone has a name and points, nothing else"),
        ("[[line]]\nname = 3\npoints = []", "a name is a text, and points are a list of numbers"),
        ("[[zone]]\nname = 'a'\npoints = ['x']", "the points of a are not all numbers"),
        ("[[line]]\nname = 'a'\npoints = [1, 2, 3]", "a: points come in pairs x,y"),
        ("[[line]]\nname = 'a'\npoints = [1, 2, 1, 2]", "a: the line has no length"),
        ("[[line]]\nname = 'a'\npoints = [1, 2]", "a: a line has two points"),
        ("[[line]]\nname = 'a'\npoints = [1, 2, 3, nan]", "a: points come in pairs"),
        ("[[zone]]\nname = 'a'\npoints = [1, 2, 3, 4]", "a: a zone has three points or more"),
        ("nonsense", "no TOML"),
    ],
)
def test_what_is_wrong_with_a_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(VideoError, match=message) as raised:
        read_door(written(tmp_path, text))
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"door\.toml: can't be read"):
        read_door(tmp_path / "door.toml")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(VideoError, match="bytes: can't be read"):
        read_door(tmp_path / "bytes")


def test_options() -> None:
    assert parse_line("100,400,540,400", 2) == Line("line 2", (100, 400), (540, 400))
    assert parse_line(" the door = 1,2, 3.5,-4", 1) == Line("the door", (1, 2), (3.5, -4))
    assert parse_line("a=b=1,2,3,4", 1).name == "a=b"
    assert parse_zone("0,0,9,0,9,9", 1) == Zone("zone 1", ((0, 0), (9, 0), (9, 9)))


@pytest.mark.parametrize(
    "text", ["", "door", "1,2,3", "1,2,3,x", "1,2,3,inf", "1,2,3,4,5,6", "=1,2,3,4", "1,2,1,2"]
)
def test_options_that_are_no_lines(text: str) -> None:
    with pytest.raises(VideoError) as raised:
        parse_line(text, 1)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("text", ["", "1,2,3,4", "1,2,3,4,5", "queue=", "queue=1;2;3;4;5;6"])
def test_options_that_are_no_zones(text: str) -> None:
    with pytest.raises(VideoError):
        parse_zone(text, 1)


def test_two_of_a_name_would_be_counted_together() -> None:
    line, other = Line("door", (0, 0), (1, 1)), Line("door", (5, 5), (6, 6))
    with pytest.raises(VideoError, match="two lines are called door: give each a name of its own"):
        Door(lines=(line, other))
    zone = Zone("door", ((0, 0), (1, 1), (2, 0)))
    assert Door(lines=(line,), zones=(zone,)).zones == (zone,)
