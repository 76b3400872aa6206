"""Hostile files by seed: broken, spliced, lying and swollen ones of every format that is read."""

from __future__ import annotations

import functools
import io
import struct
import zlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw


def _picture(mode: str = "RGB", size: tuple[int, int] = (72, 56)) -> Image.Image:
    noise = np.random.default_rng(1).integers(90, 160, (size[1], size[0], 3), np.uint8)
    picture = Image.fromarray(noise)
    ImageDraw.Draw(picture).ellipse((16, 8, 56, 50), "tan")
    return picture.convert(mode)


def _encoded(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    buffer = io.BytesIO()
    _picture(mode).save(buffer, kind, **options)
    return buffer.getvalue()


@functools.cache
def sound_files() -> dict[str, bytes]:
    """Name -> a sound file of its format, in each of its main kinds; all from one small picture."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a face"

    def many() -> dict[str, Any]:
        return {"save_all": True, "append_images": [_picture(), _picture()]}

    with_all: dict[str, Any] = {"exif": exif, "icc_profile": bytes(range(200))}
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><tiff:Orientation>6</tiff:Orientation></x:xmpmeta>"
    sixteen = io.BytesIO()
    Image.fromarray(np.arange(56 * 72, dtype=np.uint16).reshape(56, 72) * 16).save(sixteen, "PNG")
    avif = _encoded("AVIF", quality=40)
    return {
        "a.jpg": _encoded("JPEG", **with_all, xmp=xmp),
        "progressive.jpeg": _encoded("JPEG", progressive=True, subsampling=2),
        "grey.jpe": _encoded("JPEG", "L"),
        "cmyk.jfif": _encoded("JPEG", "CMYK"),
        "views.mpo": _encoded("MPO", **many()),
        "a.png": _encoded("PNG", **with_all),
        "palette.png": _encoded("PNG", "P", transparency=3),
        "alpha.png": _encoded("PNG", "RGBA"),
        "sixteen.png": sixteen.getvalue(),
        "moving.apng": _encoded("PNG", **many()),
        "a.webp": _encoded("WEBP", exif=exif, xmp=xmp),
        "lossless.webp": _encoded("WEBP", "RGBA", lossless=True),
        "moving.webp": _encoded("WEBP", **many()),
        "a.gif": _encoded("GIF"),
        "moving.gif": _encoded("GIF", **many()),
        "a.bmp": _encoded("BMP"),
        "palette.dib": _encoded("BMP", "P"),
        "a.tif": _encoded("TIFF", **with_all),
        "lzw.tiff": _encoded("TIFF", compression="tiff_lzw"),
        "deflate.tiff": _encoded("TIFF", compression="tiff_adobe_deflate"),
        "jpeg.tiff": _encoded("TIFF", compression="jpeg"),
        "fax.tiff": _encoded("TIFF", "1", compression="group4"),
        "pages.tiff": _encoded("TIFF", **many()),
        "big.tiff": _encoded("TIFF", big_tiff=True),
        "a.avif": avif,
        "moving.avif": _encoded("AVIF", **many(), quality=30),
        "a.heic": avif.replace(b"avif", b"heic", 1),  # what the decoder of HEIC is given
        "b.heif": avif.replace(b"avif", b"mif1").replace(b"avis", b"heix"),
        "a.ppm": _encoded("PPM"),
    }


def hostile_file(seed: int) -> tuple[str, bytes]:
    """The name and content of one hostile file; the same seed, the same file."""
    rng = np.random.default_rng((2000, seed))
    names = sorted(sound_files())
    name = names[seed % len(names)]
    change = _CHANGES[(seed // len(names) + seed) % len(_CHANGES)]
    content = change(rng, bytearray(sound_files()[name]), name)
    if rng.random() < 0.1:
        name = names[rng.integers(len(names))]  # an ending that lies
    return f"{seed:04}-{name}", bytes(content)


def _place(rng: Generator, content: bytes | bytearray) -> int:
    """A place in a file, its header as often as all the rest."""
    end = max(1, min(len(content), 160) if rng.random() < 0.5 else len(content))
    return int(rng.integers(end))


def _cut(rng: Generator, content: bytearray, _name: str) -> bytes:
    return bytes(content[: _place(rng, content)])


def _flip_bits(rng: Generator, content: bytearray, _name: str) -> bytes:
    for _ in range(int(rng.integers(1, 64))):
        content[_place(rng, content)] ^= 1 << int(rng.integers(8))
    return bytes(content)


def _write_noise(rng: Generator, content: bytearray, _name: str) -> bytes:
    at, count = _place(rng, content), int(rng.integers(1, 200))
    content[at : at + count] = rng.bytes(count)
    return bytes(content)


def _write_zeros(rng: Generator, content: bytearray, _name: str) -> bytes:
    at, count = _place(rng, content), int(rng.integers(1, 2000))
    content[at : at + count] = bytes(min(count, len(content) - at))
    return bytes(content)


def _write_extremes(rng: Generator, content: bytearray, _name: str) -> bytes:
    """Lengths, sizes and offsets become the largest, the least or none."""
    for _ in range(int(rng.integers(1, 5))):
        value = rng.choice(
            [b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0" * 4, b"\x80\0\0\0", b"\0\1\0\0"]
        )
        at = _place(rng, content)
        content[at : at + 4] = bytes(value)
    return bytes(content)


def _delete(rng: Generator, content: bytearray, _name: str) -> bytes:
    at = _place(rng, content)
    del content[at : at + int(rng.integers(1, 500))]
    return bytes(content)


def _repeat(rng: Generator, content: bytearray, _name: str) -> bytes:
    at = _place(rng, content)
    part = content[at : at + int(rng.integers(1, 300))] * int(rng.integers(2, 200))
    return bytes(content[:at] + part + content[at:])


def _splice(rng: Generator, content: bytearray, _name: str) -> bytes:
    """The beginning of one file and the end of another."""
    other = list(sound_files().values())[rng.integers(len(sound_files()))]
    return bytes(content[: _place(rng, content)]) + other[_place(rng, other) :]


def _swap_header(rng: Generator, content: bytearray, _name: str) -> bytes:
    other = list(sound_files().values())[rng.integers(len(sound_files()))]
    count = int(rng.choice([2, 4, 8, 12, 16, 32]))
    return other[:count] + bytes(content[count:])


def _append(rng: Generator, content: bytearray, _name: str) -> bytes:
    tail = rng.choice([b"PK\x03\x04", b"<script>", b"\xff\xd9", b"\0"])
    return bytes(content) + bytes(tail) * int(rng.integers(1, 2000))


def _spoil_metadata(rng: Generator, content: bytearray, name: str) -> bytes:
    """EXIF with directories that lead in circles, colour profiles and XMP of noise."""
    order, mark = (">", b"MM\0*") if rng.random() < 0.5 else ("<", b"II*\0")
    entries = b"".join(
        struct.pack(
            f"{order}HHII",
            int(rng.choice([0x0112, 0x8769, 0x8825, 0x014A, 0x0201, 0x010F])),
            int(rng.integers(0, 14)),
            int(rng.choice([1, 2, 0, 0xFFFFFFFF, 70000])),
            int(rng.choice([8, 6, 0, 0xFFFFFFF0, 26])),
        )
        for _ in range(8)
    )
    exif = b"Exif\0\0" + mark + struct.pack(f"{order}IH", 8, 8) + entries + struct.pack("I", 8)
    kind = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "tif": "TIFF", "avif": "AVIF"}
    chosen = kind.get(name.rpartition(".")[2], ("JPEG", "PNG", "WEBP")[rng.integers(3)])
    options: dict[str, Any] = {"exif": exif}
    if rng.random() < 0.5:
        options["icc_profile"] = rng.bytes(int(rng.integers(1, 3000)))
    if chosen == "TIFF":
        options.pop("exif")
    if chosen in ("JPEG", "WEBP", "AVIF"):
        options["xmp"] = b"<x:xmpmeta>" + rng.bytes(int(rng.integers(0, 900))) + b"&lol9;" * 99
    return _encoded(chosen, **options)


def _swell(rng: Generator, content: bytearray, name: str) -> bytes:
    """A few bytes that say that they are a huge picture."""
    width, height = (int(rng.choice([1, 7, 9, 6000, 16_000, 65_535, 2**31 - 1])) for _ in "wh")
    which = int(rng.integers(5))
    if which == 0:
        head = struct.pack(">IIBBBBB", width, height, int(rng.choice([1, 8, 16])), 0, 0, 0, 0)
        pixels = zlib.compress(bytes(2_000_000), 1)
        text, profile = b"Comment\0\0" + _forty_megabytes(), b"icc\0\0" + _forty_megabytes()
        chunks = [(b"IHDR", head), (b"zTXt", text), (b"iCCP", profile), (b"IDAT", pixels)]
        if rng.random() < 0.5:
            chunks[1:] = [chunks[1 + int(i)] for i in rng.permutation(3)]
        return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks)) + _chunk((b"IEND", b""))
    if which == 1:
        return b"GIF89a" + struct.pack("<HH", width & 65535, height & 65535) + bytes(content[10:])
    if which == 2:
        head = struct.pack("<IiiHHIIiiII", 40, width, -height, 1, 24, 0, 0, 0, 0, 0, 0)
        return b"BM" + struct.pack("<IHHI", 99, 0, 0, 54) + head + bytes(content[54:])
    if which == 3:
        sof = b"\xff\xc0\0\x11\x08" + struct.pack(">HH", height & 65535, width & 65535)
        return b"\xff\xd8" + sof + b"\3\1\x22\0\2\x11\1\3\x11\1" + bytes(content[40:])
    sizes = (width - 1).to_bytes(4, "little")[:3] + (height - 1).to_bytes(4, "little")[:3]
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes([2, 0, 0, 0]) + sizes
    return b"RIFF" + struct.pack("<I", 4 + len(canvas)) + b"WEBP" + canvas + bytes(content[12:])


@functools.cache
def _forty_megabytes() -> bytes:
    return zlib.compress(bytes(40_000_000), 9)


def _chunk(chunk: tuple[bytes, bytes]) -> bytes:
    kind, data = chunk
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_CHANGES: Final[tuple[Callable[[Generator, bytearray, str], bytes], ...]] = (
    _cut, _flip_bits, _write_noise, _write_zeros, _write_extremes, _delete, _repeat, _splice,
    _swap_header, _append, _spoil_metadata, _swell,
)  # fmt: skip
