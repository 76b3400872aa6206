"""What an address of a source names: a file, a camera or a stream; how FFmpeg may open it."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from glassmask.errors import VideoError

_STREAMS: Final = ("rtsp", "rtsps", "http", "https", "udp", "rtp", "srt", "rtmp", "tcp")

_CAMERA: Final = re.compile(r"camera:(\d{1,3})")

_CONTAINERS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,mjpeg,flv,ogg,asf,gif,ivf,"
    "h264,hevc,m4v,dv,mxf,nut,av1,obu,apng,avif,wtv,rm,swf,vob,mpjpeg,y4m,yuv4mpegpipe"
)
"""What may be opened. No play lists: these name other files, and addresses."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a source is.

    Attributes:
        location: what FFmpeg opens. It may hold a password: never print it.
        name: for people, without user names and passwords.
        is_live: whether it is a camera or a stream.
        format: FFmpeg's name of the input format; None: it finds out.
        options: of FFmpeg.
    """

    location: str = field(repr=False)
    name: str
    is_live: bool
    format: str | None = None
    options: dict[str, str] = field(default_factory=dict)


def read_address(text: str) -> Address:
    """What an address names.

    Args:
        text: a path; `camera:0` for the first camera; or `rtsp://…`, `http://…` and so on.

    Raises:
        VideoError: it names no kind of source that is known, or no file.
    """
    camera = _CAMERA.fullmatch(text)
    if camera is not None:
        return _camera(int(camera.group(1)))
    if text.startswith("camera:"):
        raise VideoError(f"{text}: cameras are numbered: camera:0 is the first one")
    scheme, separator, _ = text.partition("://")
    if separator:
        if scheme.lower() not in _STREAMS:
            known = ", ".join(_STREAMS)
            raise VideoError(f"{scheme}: no kind of stream that can be read ({known})")
        return _stream(text, scheme.lower())
    if not os.path.exists(text):
        raise VideoError(f"{text}: no such file: check the path")
    if not os.path.isfile(text):
        what = "a folder" if os.path.isdir(text) else "no regular file"  # a pipe might never answer
        raise VideoError(f"{text}: {what}: give a film, a camera or a stream")
    # `file:` keeps FFmpeg from taking a name with a colon for another way to open it.
    options = {"protocol_whitelist": "file", "format_whitelist": _CONTAINERS}
    return Address(f"file:{text}", text, is_live=False, options=options)


def without_password(text: str) -> str:
    """An address for people: user name, password and query are left out."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        host += f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return text.partition("://")[0] + "://…"
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def _stream(text: str, scheme: str) -> Address:
    options = {
        "protocol_whitelist": "rtsp,rtsps,rtp,srtp,udp,tcp,tls,http,https,crypto,srt,rtmp",
        "format_whitelist": f"{_CONTAINERS},rtsp,rtp",
        "fpsprobesize": "0",  # or it waits for twenty frames, to guess a rate that is not needed
    }
    if scheme in ("rtsp", "rtsps"):
        options["rtsp_transport"] = "tcp"  # over UDP a lost packet spoils frames until a key frame
    return Address(text, without_password(text), is_live=True, options=options)


def _camera(number: int) -> Address:
    """FFmpeg's ways to a camera differ by system."""
    name = f"camera:{number}"
    if sys.platform == "darwin":
        return Address(f"{number}:none", name, is_live=True, format="avfoundation")
    if sys.platform == "win32":
        raise VideoError(f"{name}: on Windows cameras have names that differ; give a stream")
    return Address(f"/dev/video{number}", name, is_live=True, format="v4l2")
