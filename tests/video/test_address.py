"""What an address names; what is never opened or told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from glassmask.errors import VideoError
from glassmask.video.address import read_address, without_password


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("rtsp://me:secret@door:554/live?token=secret", "rtsp://door:554/live"),
        ("http://secret@door/mjpeg#secret", "http://door/mjpeg"),
        ("rtsp://me:se:cr@et@[::1]:8554/a", "rtsp://[::1]:8554/a"),
        ("rtsp://me:secret@door:99999999/live", "rtsp://…"),
        ("rtsp://me:secret@[door/live", "rtsp://…"),
    ],
)
def test_passwords_are_in_no_name(text: str, name: str) -> None:
    assert without_password(text) == name
    address = read_address(text)
    assert address.name == name
    assert "secret" not in repr(address)
    assert address.location == text
    assert address.is_live


def test_streams_read_no_files_and_no_play_lists() -> None:
    options = read_address("http://door/live").options
    assert "file" not in options["protocol_whitelist"].split(",")
    assert not {"hls", "concat", "sdp", "dash"} & set(options["format_whitelist"].split(","))


def test_rtsp_goes_over_tcp() -> None:
    assert read_address("RTSP://door/live").options["rtsp_transport"] == "tcp"


@pytest.mark.parametrize("text", ["ftp://door/film.mp4", "file:///etc/passwd", "concat://a"])
def test_other_kinds_of_address_are_refused(text: str) -> None:
    with pytest.raises(VideoError, match="no kind of stream"):
        read_address(text)


def test_cameras_have_numbers() -> None:
    with pytest.raises(VideoError, match="camera:0 is the first"):
        read_address("camera:front")


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="no such file: check the path"):
        read_address(str(tmp_path / "door.mp4"))
    with pytest.raises(VideoError, match="a folder"):
        read_address(str(tmp_path))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(VideoError, match="no regular file"):
        read_address(str(tmp_path / "pipe"))


def test_a_name_with_a_colon_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "concat:a.mp4").touch()
    address = read_address("concat:a.mp4")
    assert address.location == "file:concat:a.mp4"
    assert not address.is_live
