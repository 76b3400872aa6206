"""What a file is, by its first bytes and its ending: a photo that can be read, or what else.

Nothing here opens a decoder. A file that looks like a photo or a film is never passed over: it is
read, or it is a failure with a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

HEAD: Final = 512
"""So many first bytes of a file tell what it is."""

SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jfif", ".mpo", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"}
)
"""Endings (lower case) of photos that are read."""

OWN_MARK: Final = b"Drawn by Glassmask"
"""The comment of a JPEG that shows verdicts: it is no photo to be checked again."""

HEIC: Final = "a HEIC photo, whose decoder is not installed"
_FILM: Final = "a film, not a photo"
_RAW: Final = "a camera's raw file"

# fmt: off
_FOREIGN: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    HEIC: ("pip install 'glassmask[heif]', or export it as JPEG", ".heic .heif .hif"),
    "a JPEG XL photo": ("export it as JPEG or PNG", ".jxl"),
    "a JPEG 2000 photo": ("export it as JPEG or PNG", ".jp2 .j2k .jpf .jpx"),
    _RAW: (
        "export it as JPEG", ".3fr .arw .cr2 .cr3 .crw .dng .erf .iiq .kdc .mef .mos .mrw .nef "
        ".nrw .orf .pef .raf .raw .rw2 .rwl .sr2 .srf .srw .x3f",
    ),
    _FILM: (
        "save a frame of it as a picture", ".3gp .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg "
        ".mts .ogv .webm .wmv",
    ),
    "a Photoshop file": ("export it as JPEG or PNG", ".psd .psb"),
    "a drawing (SVG), not a photo": ("export it as PNG", ".svg"),
})
"""What it is -> what to do, and the endings of such files."""
# fmt: on

_OTHERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a ZIP archive, not a photo": "unpack it first",
        "a PDF, not a photo": "export its pages as pictures",
    }
)

FOREIGN_SUFFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {suffix: kind for kind, (_, suffixes) in _FOREIGN.items() for suffix in suffixes.split()}
)
"""Endings (lower case) of files that are no photos that can be read -> what such a file is."""

_BRANDS: Final[Mapping[bytes, str | None]] = MappingProxyType(
    {
        **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), HEIC),
        **dict.fromkeys((b"avif", b"avis"), None),
        b"crx ": _RAW,
    }
)
"""Brands of the ISO base media format; all others are films."""

_ANY_CODEC: Final = (b"mif1", b"msf1")
"""Brands that may be HEIC or AVIF: those that the file is compatible with tell."""

_TIFF: Final = (b"II*\0", b"MM\0*")

_MAGIC: Final[tuple[tuple[bytes, str | None], ...]] = (
    (b"\xff\xd8\xff", None),
    (b"\x89PNG\r\n\x1a\n", None),
    (b"GIF8", None),
    (b"BM", None),
    *((magic, None) for magic in _TIFF),
    (b"\xff\x0a", "a JPEG XL photo"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL photo"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 photo"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 photo"),
    (b"FUJIFILMCCD-RAW", _RAW),
    (b"8BPS", "a Photoshop file"),
    (b"\x1a\x45\xdf\xa3", _FILM),
    (b"\0\0\x01\xba", _FILM),
    (b"FLV\x01", _FILM),
    (b"OggS", _FILM),
    (b"PK\x03\x04", "a ZIP archive, not a photo"),
    (b"%PDF", "a PDF, not a photo"),
)
"""First bytes -> what it is; None: a photo of a format that is read."""


def foreign_kind(head: bytes, name: str) -> str | None:
    """What a file is that can't be read as a photo, for instance `a film, not a photo`.

    Args:
        head: its first `HEAD` bytes.
        name: its name, or "" where it has none.

    Returns:
        None where nothing is known that speaks against a photo.
    """
    known, kind = _by_head(head)
    named = FOREIGN_SUFFIXES.get(Path(name).suffix.lower())
    if named == _RAW and head.startswith(_TIFF):
        return _RAW  # most of them are TIFF files that show no more than a thumbnail
    return kind if known else named


def advice(kind: str) -> str:
    """What to do with a file of a foreign kind."""
    return _FOREIGN[kind][0] if kind in _FOREIGN else _OTHERS[kind]


def is_photo_or_film(head: bytes, name: str) -> bool:
    """Whether a file looks like a photo or a film, by its ending or its first bytes."""
    suffix = Path(name).suffix.lower()
    if suffix in SUFFIXES or suffix in FOREIGN_SUFFIXES:
        return True
    known, kind = _by_head(head)
    return known and kind not in _OTHERS and not head.startswith(b"BM")  # two letters say little


def is_own_drawing(head: bytes) -> bool:
    """Whether a file is a picture that Glassmask drew verdicts on."""
    return head.startswith(b"\xff\xd8\xff") and OWN_MARK in head


def _by_head(head: bytes) -> tuple[bool, str | None]:
    """Whether the first bytes say what it is, and what; None: a photo that is read."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _ANY_CODEC:
            compatible = head[16 : int.from_bytes(head[:4])]
            brands = {compatible[at : at + 4] for at in range(0, len(compatible), 4)}
            brand = next(iter(brands & {b"avif", b"avis"}), brand)
        return True, _BRANDS.get(brand, _FILM)
    if head[:4] == b"RIFF":
        return True, None if head[8:12] == b"WEBP" else _FILM
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return True, kind
    return False, None
