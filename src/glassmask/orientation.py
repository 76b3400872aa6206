"""How a stored picture is to be turned to stand upright: EXIF's word, or else XMP's.

The website follows the same rule (`site/src/runtime/orientation.ts`): what EXIF's first directory
says under `Orientation`, where that is a whole number from 1 to 8; else the first
`tiff:Orientation` from 1 to 8 in XMP; else upright. In AVIF and HEIC neither counts, as their
standard has it (ISO/IEC 23008-12): the boxes `irot` and `imir` say how to turn.
"""

from __future__ import annotations

import contextlib
import re
import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from PIL import Image

UPRIGHT: Final = 1
_ON_ITS_SIDE: Final = 5  # from here on width and height change places

MAX_XMP: Final = 1 << 20
"""So many bytes of XMP are searched; in PNG, that many after they were unpacked."""

_TAG: Final = 0x0112
_WHOLE_NUMBERS: Final[Mapping[int, str]] = MappingProxyType({1: "B", 3: "H", 4: "L"})
"""EXIF's types of whole numbers without a sign: BYTE, SHORT, LONG."""

_IN_XMP: Final = re.compile(
    rb"tiff:Orientation(?:[ \t\r\n]{0,9}=[ \t\r\n]{0,9}[\"']|>)[ \t\r\n]{0,9}([1-8])[ \t\r\n\"'<]"
)

_METHODS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def turn_upright(image: Image.Image) -> Image.Image:
    """The picture as it is to be seen.

    Args:
        image: a loaded picture. One that was read from a TIFF has been turned by Pillow.
    """
    if image.format == "TIFF":
        return image
    method = _METHODS.get(_orientation(image))
    return image if method is None else image.transpose(method)


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Width and height of the picture as it is to be seen; it need not be loaded."""
    width, height = image.size
    if image.format == "TIFF" or _orientation(image) < _ON_ITS_SIDE:
        return width, height
    return height, width


def exif_orientation(exif: bytes) -> int | None:
    """The orientation in EXIF, from 1 to 8; None where it says none. Raises nothing."""
    with contextlib.suppress(struct.error):
        start = 0
        while exif.startswith(b"Exif\0\0", start):
            start += 6
        order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[start : start + 4])
        if order is None:
            return None
        (offset,) = struct.unpack_from(order + "L", exif, start + 4)
        (entries,) = struct.unpack_from(order + "H", exif, start + offset)
        for entry in range(entries):
            at = start + offset + 2 + 12 * entry
            tag, kind, count = struct.unpack_from(order + "HHL", exif, at)
            if tag == _TAG and kind in _WHOLE_NUMBERS and count:
                (value,) = struct.unpack_from(order + _WHOLE_NUMBERS[kind], exif, at + 8)
                return value if 1 <= value <= 8 else None
    return None


def xmp_orientation(xmp: bytes) -> int | None:
    """The orientation in XMP (UTF-8, -16 or -32), from 1 to 8; None where it says none."""
    found = _IN_XMP.search(xmp[:MAX_XMP].replace(b"\0", b""))
    return int(found[1]) if found else None


def _orientation(image: Image.Image) -> int:
    told = exif_orientation(_exif(image.info))
    if told is None and image.format not in ("AVIF", "HEIF"):
        told = xmp_orientation(_xmp(image.info))
    return told or UPRIGHT


def _exif(info: Mapping[Any, Any]) -> bytes:
    if isinstance(exif := info.get("exif"), bytes):
        return exif
    lines = str(info.get("Raw profile type exif", "")).split("\n")  # ImageMagick's, in PNG
    with contextlib.suppress(ValueError):
        return bytes.fromhex("".join(lines[3:]))
    return b""


def _xmp(info: Mapping[Any, Any]) -> bytes:
    if isinstance(xmp := info.get("xmp"), bytes):
        return xmp
    return str(info.get("XML:com.adobe.xmp", "")).encode()  # in PNG, of Latin-1
