"""Open a film, a camera or a stream."""

from __future__ import annotations

import os

from glassmask.errors import VideoError
from glassmask.photos import MAX_PIXELS
from glassmask.video.address import read_address
from glassmask.video.source import Source


def require_av() -> None:
    """Check that PyAV is there.

    Raises:
        VideoError: it is missing.
    """
    try:
        import av  # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        if error.name != "av":
            raise
        raise VideoError(
            "films, cameras and streams need PyAV: pip install 'glassmask[video]'"
        ) from error


def open(  # noqa: A001 the door's name, as files have it
    address: str | os.PathLike[str],
    *,
    start: float = 0.0,
    end: float | None = None,
    give_up: float | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Source:
    """Open a source; use it with `with`.

    Args:
        address: a path; `camera:0` for the first camera; or an address: `rtsp://…`, `http://…`.
        start: of a film: seconds to begin at.
        end: of a film: seconds to end before; None: its end.
        give_up: of a camera or stream: seconds after which it is given up where it is lost;
            None: never.
        max_pixels: larger frames are refused.

    Raises:
        VideoError: it can't be opened, or PyAV is missing.
    """
    require_av()
    from glassmask.video.film_file import FilmFile  # noqa: PLC0415 they need an extra
    from glassmask.video.live import LiveSource  # noqa: PLC0415

    where = read_address(os.fspath(address))
    if where.is_live:
        return LiveSource(where, give_up=give_up, max_pixels=max_pixels)
    return FilmFile(where, start=start, end=end, max_pixels=max_pixels)
