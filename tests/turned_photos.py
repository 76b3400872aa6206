"""Photos stored turned, and what in them says so: for Python's tests and for the website's."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

Photo: TypeAlias = NDArray[np.uint8]

TURNS: Final[dict[int, Callable[[Photo], Photo]]] = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90,
}
"""Orientation -> what makes the stored picture upright."""

_BACK: Final = {6: 8, 8: 6}
_OTHER: Final = {1: 6, 2: 5, 3: 8, 4: 1, 5: 3, 6: 1, 7: 2, 8: 4}
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "WEBP": {"lossless": True},
    "AVIF": {"quality": 95, "subsampling": "4:4:4"},
}


@dataclass(frozen=True)
class TurnedPhoto:
    """A file, and how its picture has to be turned."""

    name: str
    content: bytes
    orientation: int
    """By the rule of `glassmask.orientation`; what AVIF's decoders do is not part of it."""


def upright_picture(seed: int = 0) -> Photo:
    """A smooth picture that looks another in each of the eight ways: (30, 44, 3)."""
    rough = np.random.default_rng(seed).integers(0, 256, (3, 4, 3), np.uint8)
    smooth = Image.fromarray(rough).resize((44, 30), Image.Resampling.BICUBIC)
    return np.asarray(smooth, np.uint8)


def stored_turned(upright: Photo, orientation: int) -> Photo:
    """The picture that has to be turned so to be upright."""
    return np.ascontiguousarray(TURNS[_BACK.get(orientation, orientation)](upright))


def exif(value: int, order: str = "<", kind: int = 3, *, second: int | None = None) -> bytes:
    """EXIF that says an orientation, and another of its thumbnail."""

    def entry(told: int) -> bytes:
        field = {1: "B3x", 3: "H2x", 4: "L"}[kind]
        return struct.pack(f"{order}HHL{field}", 0x0112, kind, 1, told)

    magic = b"II*\0" if order == "<" else b"MM\0*"
    artist = struct.pack(f"{order}HHL4s", 0x013B, 2, 4, b"me!\0")
    thumbnail = b"" if second is None else struct.pack(f"{order}H", 1) + entry(second) + bytes(4)
    first = struct.pack(f"{order}H", 2) + entry(value) + artist
    next_at = struct.pack(f"{order}L", 8 + len(first) + 4 if thumbnail else 0)
    return magic + struct.pack(f"{order}L", 8) + first + next_at + thumbnail


def xmp(told: str) -> bytes:
    """XMP with these words about its orientation: an attribute, or an element."""
    attribute, element = ("", told) if told.startswith("<") else (told, "")
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" {attribute}>{element}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def attribute(value: int) -> bytes:
    """XMP as most programs write it."""
    return xmp(f'tiff:Orientation="{value}"')


def encoded(
    picture: Photo, kind: str, exif: bytes | None = None, xmp: bytes | None = None
) -> bytes:
    """A file of a kind of Pillow's with these metadata."""
    buffer = io.BytesIO()
    options = dict(_OPTIONS[kind])
    if exif is not None:
        options["exif"] = b"Exif\0\0" + exif
    if xmp is not None and kind == "PNG":
        options["pnginfo"] = texts = PngInfo()
        texts.add(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
    elif xmp is not None:
        options["xmp"] = xmp
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()


def turned_photos(upright: Photo) -> Iterator[TurnedPhoto]:
    """Every way to be turned, and to say so, of the formats that browsers read."""
    for way in TURNS:
        stored = stored_turned(upright, way)
        other = attribute(_OTHER[way])
        for kind in ("JPEG", "PNG", "WEBP"):
            name = f"{kind.lower()}-{way}"
            make = encoded(stored, kind, exif(way))
            yield TurnedPhoto(f"{name}-exif", make, way)
            make = encoded(stored, kind, None, attribute(way))
            yield TurnedPhoto(f"{name}-xmp", make, way)
            make = encoded(stored, kind, exif(way, ">"), attribute(way))
            yield TurnedPhoto(f"{name}-both", make, way)
            yield TurnedPhoto(f"{name}-apart", encoded(stored, kind, exif(way), other), way)
        # Pillow writes what EXIF says as `irot` and `imir`; decoders turn the picture.
        yield TurnedPhoto(f"avif-{way}", encoded(stored, "AVIF", exif(way)), 1)
        yield TurnedPhoto(f"avif-{way}-apart", encoded(stored, "AVIF", exif(way), other), 1)
    yield TurnedPhoto("avif-xmp", encoded(upright, "AVIF", None, attribute(6)), 1)
    six = stored_turned(upright, 6)
    for name, (told, also, way) in _odd().items():
        for kind in ("JPEG", "PNG", "WEBP"):
            content = encoded(six if way == 6 else upright, kind, told, also)
            yield TurnedPhoto(f"{kind.lower()}-{name}", content, way)
    yield from _odd_jpegs(upright)
    yield from _odd_pngs(upright)
    yield from _odd_webps(upright)
    yield from _odd_pictures(upright)


def _odd() -> dict[str, tuple[bytes | None, bytes | None, int]]:
    six = attribute(6)
    return {
        "long": (exif(6, kind=4), None, 6),
        "long-big": (exif(6, ">", kind=4), None, 6),
        "byte": (exif(6, ">", kind=1), None, 6),
        "thumbnail": (exif(1, second=6), None, 1),
        "thumbnail-other": (exif(6, second=3), None, 6),
        "zero": (exif(0), None, 1),
        "nine": (exif(9), None, 1),
        "zero-xmp": (exif(0), six, 6),
        "nine-xmp": (exif(9, ">"), six, 6),
        "damaged": (b"no TIFF header at all", None, 1),
        "damaged-xmp": (b"no TIFF header at all", six, 6),
        "cut-xmp": (exif(3)[:14], six, 6),
        "prefix": (b"Exif\0\0" + exif(6), None, 6),
        "xmp-quote": (None, xmp("tiff:Orientation = '6'"), 6),
        "xmp-element": (None, xmp("<tiff:Orientation>6</tiff:Orientation>"), 6),
        "xmp-lines": (None, xmp("<tiff:Orientation>\n\t 6\n</tiff:Orientation>"), 6),
        "xmp-wide": (None, attribute(6).decode().encode("utf-16"), 6),
        "xmp-nine": (None, attribute(9), 1),
        "xmp-ten": (None, attribute(10), 1),
        "xmp-sixty": (None, attribute(60), 1),
    }


def _odd_jpegs(upright: Photo) -> Iterator[TurnedPhoto]:
    six = stored_turned(upright, 6)
    whole = encoded(six, "JPEG", exif(6))
    yield TurnedPhoto("jpeg-padded", whole[:2] + b"\xff" * 9 + whole[2:], 6)
    extension = b"http://ns.adobe.com/xmp/extension/\0" + attribute(3)
    longer = b"\xff\xe1" + struct.pack(">H", 2 + len(extension)) + extension
    yield TurnedPhoto("jpeg-extended-xmp", whole[:2] + longer + whole[2:], 6)
    buffer = io.BytesIO()
    second = Image.fromarray(upright)
    second.encoderinfo = {"exif": b"Exif\0\0" + exif(3)}
    options = {"exif": b"Exif\0\0" + exif(6), **_OPTIONS["JPEG"]}
    Image.fromarray(six).save(buffer, "MPO", save_all=True, append_images=[second], **options)
    yield TurnedPhoto("mpo", buffer.getvalue(), 6)
    frame = whole.index(b"\xff\xc0")
    behind = frame + 2 + int.from_bytes(whole[frame + 2 : frame + 4])
    start = whole.index(b"\xff\xe1")
    end = start + 2 + int.from_bytes(whole[start + 2 : start + 4])
    moved = whole[:start] + whole[end:behind] + whole[start:end] + whole[behind:]
    yield TurnedPhoto("jpeg-behind-the-frame", moved, 6)


def _odd_pngs(upright: Photo) -> Iterator[TurnedPhoto]:
    six = stored_turned(upright, 6)
    plain = encoded(six, "PNG")
    key = b"XML:com.adobe.xmp"
    profile = b"Exif\0\0" + exif(6)
    digits = f"\nexif\n{len(profile):8}\n{profile.hex()}\n".encode()
    chunks = {
        "packed-xmp": (b"iTXt", key + b"\0\1\0en\0\0" + zlib.compress(attribute(6))),
        "latin-xmp": (b"tEXt", key + b"\0" + attribute(6)),
        "packed-latin-xmp": (b"zTXt", key + b"\0\0" + zlib.compress(attribute(6))),
        "profile": (b"tEXt", b"Raw profile type exif\0" + digits),
        "packed-profile": (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(digits)),
        "exif": (b"eXIf", exif(6)),
    }
    for name, (kind, data) in chunks.items():
        chunk = struct.pack(">L", len(data)) + kind + data
        chunk += struct.pack(">L", zlib.crc32(chunk[4:]))
        yield TurnedPhoto(f"png-{name}-first", plain[:33] + chunk + plain[33:], 6)
        yield TurnedPhoto(f"png-{name}-last", plain[:-12] + chunk + plain[-12:], 6)


def _odd_pictures(upright: Photo) -> Iterator[TurnedPhoto]:
    """Of other modes, and animations, of which the first frame counts."""
    six = Image.fromarray(stored_turned(upright, 6))
    frame = Image.fromarray(stored_turned(255 - upright, 6))
    moving = {"save_all": True, "append_images": [frame], "duration": 500}
    opaque = six.convert("RGBA")
    for name, image, kind, options in (
        ("png-moving", six, "PNG", moving),
        ("webp-moving", six, "WEBP", {**moving, **_OPTIONS["WEBP"]}),
        ("png-opaque", opaque, "PNG", {}),
        ("webp-opaque", opaque, "WEBP", {**_OPTIONS["WEBP"], "exact": True}),
        ("jpeg-progressive", six, "JPEG", {**_OPTIONS["JPEG"], "progressive": True}),
    ):
        buffer = io.BytesIO()
        image.save(buffer, kind, exif=b"Exif\0\0" + exif(6), **options)
        yield TurnedPhoto(name, buffer.getvalue(), 6)


def _odd_webps(upright: Photo) -> Iterator[TurnedPhoto]:
    lossy = io.BytesIO()
    six = Image.fromarray(stored_turned(upright, 6))
    six.save(lossy, "WEBP", quality=95, exif=b"Exif\0\0" + exif(6))
    yield TurnedPhoto("webp-lossy", lossy.getvalue(), 6)
    whole = encoded(stored_turned(upright, 3), "WEBP", exif(6), attribute(3))
    unannounced = whole[:20] + bytes([whole[20] & ~0x08]) + whole[21:]  # "no EXIF", it says
    yield TurnedPhoto("webp-unannounced", unannounced, 3)
