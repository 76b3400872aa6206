"""Read a photo safely: limits before decoding, every kind of picture to RGB uint8.

A photo is hostile until checked. Only the formats below are tried, the header's size is
checked before any pixel is decoded, and whatever a decoder throws becomes a `PhotoError`
that says what is wrong and what to do.
"""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from glassmask.colours import TWELVE_BITS, rgb_pixels
from glassmask.errors import PhotoError, ProblemKind
from glassmask.formats import HEAD, HEIC, advice, foreign_kind, is_address, is_photo_or_film
from glassmask.orientation import turn_upright

PhotoSource: TypeAlias = str | os.PathLike[str] | bytes | Image.Image | NDArray[np.uint8]
"""What a photo may be given as: a path, a file's bytes, a PIL image, or RGB uint8 (H, W, 3)."""

_PLUGINS: Final = (
    JpegImagePlugin.JpegImageFile,  # also opens MPO, the two-picture JPEG of some cameras
    PngImagePlugin.PngImageFile,
    WebPImagePlugin.WebPImageFile,
    GifImagePlugin.GifImageFile,
    BmpImagePlugin.BmpImageFile,
    TiffImagePlugin.TiffImageFile,
    AvifImagePlugin.AvifImageFile,
)

FORMATS: Final = tuple(str(plugin.format) for plugin in _PLUGINS)
"""Formats that are tried; no others (some of Pillow's start foreign programs)."""

MAX_PIXELS: Final = 50_000_000
"""Default limit of width times height."""

HARD_LIMIT: Final = 178_956_970
"""Pillow itself refuses files with more pixels than this, whatever `max_pixels` says."""

MIN_SIDE: Final = 8
"""A photo with a shorter side than this, in pixels, cannot show a face."""

_MANY: Final = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")
"""Formats that may hold an animation, or pages."""


def read_photo(source: PhotoSource, *, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Read a photo as RGB uint8.

    It is turned as EXIF or XMP says; grey, palette, CMYK, 16-bit and transparent pictures are
    converted (transparency onto white); of an animation the first frame is taken.

    Args:
        source: a path, the bytes of a file, a PIL image, or an RGB uint8 array (H, W, 3).
        max_pixels: refuse photos with more pixels than this, before they are decoded.

    Returns:
        RGB uint8 (H, W, 3), origin top-left, C-contiguous.

    Raises:
        PhotoError: the photo can't be read, is too large or too small, or is no photo.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source, max_pixels)
    if isinstance(source, Image.Image):
        with _as_photo_error(max_pixels):
            return _from_image(source, max_pixels)
    if isinstance(source, bytes | bytearray | memoryview):
        if not len(source):
            raise PhotoError("empty, 0 bytes: copy it again", ProblemKind.BROKEN)
        return _from_file(io.BytesIO(source), max_pixels)
    if not isinstance(source, str | os.PathLike):
        raise PhotoError(
            f"a photo is a path, bytes, a PIL image or an RGB uint8 array, "
            f"not {type(source).__name__}",
            ProblemKind.UNSUPPORTED,
        )
    return _from_path(Path(source), max_pixels)


def is_animated(source: PhotoSource) -> bool:
    """Whether a file holds more pictures than the first, which is the photo: frames, or pages.

    Args:
        source: what `read_photo` has read. Arrays and PIL images hold one picture.
    """
    if isinstance(source, np.ndarray | Image.Image):
        return False
    file = io.BytesIO(source) if isinstance(source, bytes | bytearray | memoryview) else source
    with contextlib.suppress(Exception), warnings.catch_warnings():  # what is odd is no animation
        warnings.simplefilter("ignore")
        with Image.open(file, formats=_MANY) as image:  # nothing of a JPEG is read again
            return bool(getattr(image, "is_animated", False))
    return False


def _from_path(path: Path, max_pixels: int) -> NDArray[np.uint8]:
    try:
        if is_address(str(path)) and not os.path.lexists(path):
            raise PhotoError(_not_a_path(str(path)), ProblemKind.UNSUPPORTED)
        if path.is_dir():
            raise PhotoError("a folder, not a photo: give a file in it", ProblemKind.UNREADABLE)
        if not path.exists():
            if path.is_symlink():
                raise PhotoError(
                    "a link to a file that does not exist: mend the link", ProblemKind.MISSING
                )
            raise PhotoError("no such file: check the path", ProblemKind.MISSING)
        if not path.is_file():
            raise PhotoError(
                "not a regular file: a photo is read from a file", ProblemKind.UNREADABLE
            )
        if path.stat().st_size == 0:
            raise PhotoError("empty, 0 bytes: copy it again", ProblemKind.BROKEN)
        with path.open("rb") as file:
            return _from_file(file, max_pixels, path.name)
    except PhotoError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise PhotoError(f"can't be read: {reason}", ProblemKind.UNREADABLE) from error


def _not_a_path(address: str) -> str:
    if address.lower().startswith("file:"):
        return "the address of a file: give its path alone"
    return "a web address, not a file: download the photo first"


def _from_file(file: BinaryIO, max_pixels: int, name: str = "") -> NDArray[np.uint8]:
    head = file.read(HEAD)
    file.seek(0)
    readable = FORMATS
    kind = foreign_kind(head, name)
    if kind is not None:
        readable = optional_formats()
        if kind != HEIC or not readable:
            raise PhotoError(f"{kind}: {advice(kind)}", ProblemKind.UNSUPPORTED)
    with _as_photo_error(max_pixels), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow's own, higher limit; odd metadata
        try:
            image = Image.open(file, formats=readable)
        except UnidentifiedImageError:
            if kind is None and is_photo_or_film(head, ""):
                raise PhotoError(
                    "broken, or a picture of a kind that can't be read (of floating-point values, "
                    "for instance): copy it again, or save it as JPEG or PNG",
                    ProblemKind.BROKEN,
                ) from None
            if kind is None:
                raise
            raise PhotoError(
                "a HEIC photo that is broken or cut off: copy or export it again",
                ProblemKind.BROKEN,
            ) from None
        with image:
            return _from_image(image, max_pixels)


@cache
def optional_formats() -> tuple[str, ...]:
    """The formats of the optional decoder (extra `heif`); none where it is not installed."""
    try:
        import pi_heif
    except ImportError:
        return ()
    pi_heif.register_heif_opener()
    return ("HEIF",)


@contextlib.contextmanager
def _as_photo_error(max_pixels: int) -> Iterator[None]:
    """Turn whatever Pillow throws at a picture into a PhotoError of one line."""
    try:
        yield
    except PhotoError:
        raise
    except UnidentifiedImageError as error:
        raise PhotoError(
            "not a picture, whatever its name says: expected "
            "JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF; convert it to one of these",
            ProblemKind.UNSUPPORTED,
        ) from error
    except Image.DecompressionBombError as error:
        raise PhotoError(_too_large(min(max_pixels, HARD_LIMIT)), ProblemKind.TOO_LARGE) from error
    except MemoryError as error:
        raise PhotoError(
            "does not fit into memory: make it smaller", ProblemKind.TOO_LARGE
        ) from error
    except Exception as error:  # decoders throw nearly anything at broken files
        detail = " ".join(str(error).split()) or type(error).__name__
        raise PhotoError(
            f"broken or cut off ({detail}): copy or export it again", ProblemKind.BROKEN
        ) from error


def _from_image(image: Image.Image, max_pixels: int) -> NDArray[np.uint8]:
    width, height = image.size
    _check_size(width, height, max_pixels)
    sixteen = any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))
    image.load()
    image = turn_upright(image)
    pixels = rgb_pixels(image)
    if sixteen and image.mode == "RGB" and pixels.max() < TWELVE_BITS >> 8:
        raise PhotoError(
            "holds 16-bit colours of unknown range, all nearly black: save it as 8 or 16 bit",
            ProblemKind.UNSUPPORTED,
        )
    return pixels


def _from_array(array: NDArray[Any], max_pixels: int) -> NDArray[np.uint8]:
    if array.dtype != np.uint8:
        nan = " with NaN" if array.dtype.kind in "fc" and np.isnan(array).any() else ""
        raise PhotoError(
            f"the array is {array.dtype}{nan}; a photo is uint8 in [0, 255], RGB, (H, W, 3)",
            ProblemKind.UNSUPPORTED,
        )
    if array.ndim != 3 or array.shape[2] != 3:
        raise PhotoError(
            f"the array has shape {array.shape}; a photo is (H, W, 3): RGB, channels last",
            ProblemKind.UNSUPPORTED,
        )
    _check_size(array.shape[1], array.shape[0], max_pixels)
    return np.ascontiguousarray(array)


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise PhotoError(
            f"{width} x {height} pixels: {_too_large(max_pixels)}", ProblemKind.TOO_LARGE
        )
    if min(width, height) < MIN_SIDE:
        raise PhotoError(
            f"{width} x {height} pixels: too small to show a face, "
            f"each side needs at least {MIN_SIDE}",
            ProblemKind.TOO_SMALL,
        )


def _too_large(max_pixels: int) -> str:
    return f"over the limit of {max_pixels / 1e6:g} megapixels; make it smaller, or raise the limit"
