"""What a file is, by its first bytes and its ending: a photo that can be read, or what else.

Nothing here opens a decoder. A file that looks like a photo or a film is never passed over: it is
read, or it is a failure with a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

HEAD: Final = 512
"""So many first bytes of a file tell what it is."""

SUFFIXES: Final = frozenset((
    ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo", ".png", ".apng", ".webp", ".gif", ".bmp",
    ".dib", ".tif", ".tiff", ".avif", ".avifs",
))  # fmt: skip
"""Endings (lower case) of photos that are read."""

OWN_MARK: Final = b"Drawn by Glassmask"
"""The comment of a JPEG, PNG or SVG that shows results: it is no photo to be checked again."""

HEIC: Final = "a HEIC photo, whose decoder is not installed"
_FILM: Final = "a film, not a photo"
_RAW: Final = "a camera's raw file"
_SOUND: Final = "a sound recording, not a photo"
_ARCHIVE: Final = "an archive, not a photo"
_OTHER_PICTURE: Final = "a picture of a format that is not read"

# fmt: off
_FOREIGN: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    HEIC: (
        "pip install 'glassmask[heif]', or export it as JPEG",
        ".heic .heics .heif .heifs .hif .avci .avcs",
    ),
    "a JPEG XL photo": ("export it as JPEG or PNG", ".jxl"),
    "a JPEG 2000 photo": ("export it as JPEG or PNG", ".jp2 .j2k .jpf .jpx"),
    _RAW: (
        "export it as JPEG", ".3fr .ari .arw .bay .cr2 .cr3 .crw .dcr .dng .erf .fff .gpr .iiq "
        ".k25 .kdc .mdc .mef .mos .mrw .nef .nrw .orf .pef .ptx .pxn .raf .raw .rw2 .rwl .rwz .sr2 "
        ".srf .srw .x3f",
    ),
    _FILM: (
        "glassmask video reads films; or save a frame of it as a picture",
        ".3g2 .3gp .asf .avi .divx .f4v .flv .insv .lrv .m2ts .m2v .m4v .mjpeg .mjpg .mkv .mov "
        ".mp4 .mpe .mpeg .mpg .mts .mxf .ogm .ogv .qt .rmvb .vob .webm .wmv",
    ),
    "a Photoshop file": ("export it as JPEG or PNG", ".psd .psb"),
    _OTHER_PICTURE: (
        "save it as JPEG or PNG", ".bpg .cur .dds .exr .flif .hdp .hdr .icns .ico .jls .jxr .pam "
        ".pbm .pcx .pfm .pgm .pnm .ppm .qoi .ras .sgi .tga .wdp .xcf",
    ),
    "a drawing (SVG), not a photo": ("export it as PNG", ".svg"),
})
"""What it is -> what to do, and the endings of such files."""
# fmt: on

_OTHERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a ZIP archive, not a photo": "unpack it first",
        _ARCHIVE: "unpack it first",
        "a PDF, not a photo": "export its pages as pictures",
        _SOUND: "give a picture",
        "a web page, not a photo": "save the picture itself",
        "a pointer to a file of Git LFS, not a photo": "get the file itself: git lfs pull",
    }
)

FOREIGN_SUFFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {suffix: kind for kind, (_, suffixes) in _FOREIGN.items() for suffix in suffixes.split()}
)
"""Endings (lower case) of files that are no photos that can be read -> what such a file is."""

_BRANDS: Final[tuple[tuple[str | None, frozenset[bytes]], ...]] = (
    (None, frozenset((b"avif", b"avis"))),
    (_RAW, frozenset((b"crx ",))),
    (HEIC, frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"))),
    (HEIC, frozenset((b"mif1", b"mif2", b"msf1", b"miaf", b"avci", b"avcs"))),  # an AVIF's too
    (_SOUND, frozenset((b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B "))),
)
"""What a file of the ISO base media format is, by the first of these that it names; all others are
films."""

_TIFF: Final = (b"II*\0", b"MM\0*")
_SUBFILE_TYPE: Final = 254
_DNG_VERSION: Final = 50706

_BMP: Final = rb"BM.{12}(?:\x0c\0\0\0.{4}\x01\0|[\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0.{8}\x01\0)"
"""Two letters say little: the length of the second header and the one plane are asked for, too."""

# fmt: off
_MAGIC: Final[tuple[tuple[str | None, re.Pattern[bytes]], ...]] = tuple(
    (kind, re.compile(b"|".join(patterns), re.DOTALL)) for kind, patterns in (
        (_RAW, (rb"II\*\0\x10\0\0\0CR", rb"IIRO", rb"IIRS", rb"IIU\0", rb"FOVb", rb"\0MRM",
                rb"FUJIFILMCCD-RAW")),
        (None, (rb"\xff\xd8\xff", rb"\x89PNG\r\n\x1a\n", rb"GIF8", _BMP, rb"RIFF.{4}WEBP",
                rb"II\*\0", rb"MM\0\*", rb"II\+\0", rb"MM\0\+")),
        ("a JPEG XL photo", (rb"\xff\x0a", rb"\0\0\0\x0cJXL \r\n\x87\n")),
        ("a JPEG 2000 photo", (rb"\0\0\0\x0cjP  \r\n\x87\n", rb"\xff\x4f\xff\x51")),
        ("a Photoshop file", (rb"8BPS",)),
        ("a drawing (SVG), not a photo", (rb"\s*(?:<[?!][^>]*>\s*)*<svg[\s>]",)),
        (_OTHER_PICTURE, (
            # PBM to PAM, JPEG XR, BPG, QOI, EXR, HDR, GIMP, DDS, icons, Sun, SGI, PCX, FLIF
            rb"P[1-6]\s+(?:#[^\n]*\s+)?\d+\s+\d+\s", rb"P7\nWIDTH", rb"P[Ff]\n", rb"II\xbc",
            rb"BPG\xfb", rb"qoif", rb"\x76\x2f\x31\x01", rb"#\?RADIANCE", rb"gimp xcf", rb"DDS ",
            rb"\0\0[\x01\x02]\0[\x01-\x40]\0..[\0-\x10]\0", rb"icns\0", rb"\x59\xa6\x6a\x95",
            rb"\x01\xda[\0\x01][\x01\x02]\0[\x01-\x03]",
            rb"\x0a[\0\x02-\x05]\x01[\x01\x02\x04\x08]",
            rb"FLIF[\x31-\x6f]")),
        (_FILM, (  # Matroska, MPEG, Windows Media, MXF, Flash, AVI, QuickTime, Theora, broadcasts
            rb"\x1a\x45\xdf\xa3", rb"\0\0\x01[\xba\xb3]", rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
            rb"\x06\x0e\x2b\x34\x02\x05\x01\x01", rb"FLV\x01", rb"RIFF.{4}AVI ",
            rb"[\0-\x1f].{3}(?:moov|mdat|wide|free|skip|pnot)", rb"OggS.*(?:theora|\x01video)",
            rb"G.{187}G.{187}G")),
        (_SOUND, (rb"ID3", rb"fLaC", rb"OggS", rb"RIFF.{4}WAVE")),
        ("a ZIP archive, not a photo", (rb"PK\x03\x04", rb"PK\x05\x06")),
        (_ARCHIVE, (rb"\x1f\x8b\x08", rb"7z\xbc\xaf\x27\x1c", rb"Rar!\x1a\x07", rb"\xfd7zXZ\0",
                    rb"\x28\xb5\x2f\xfd", rb"BZh\d1AY&SY")),
        ("a PDF, not a photo", (rb"%PDF",)),
        ("a web page, not a photo", (rb"\s*<(?i:!doctype html|html)",)),
        ("a pointer to a file of Git LFS, not a photo", (rb"version https://git-lfs",)),
    )
)
"""What a file is by how it begins, the first that fits; None: a photo of a format that is read."""
# fmt: on


_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]+:/|data:\w+/", re.IGNORECASE)
"""How an address begins, with one slash: a `Path` holds no two; a letter alone is a disk's."""


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
    return known and kind not in _OTHERS


def is_own_drawing(head: bytes) -> bool:
    """Whether a file is a picture that Glassmask drew: JPEG, PNG or SVG."""
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"<?xml")) and OWN_MARK in head


def is_address(path: str) -> bool:
    """Whether a path is a web address, or data in the form of one."""
    return _ADDRESS.match(path) is not None


def _by_head(head: bytes) -> tuple[bool, str | None]:
    """Whether the first bytes say what it is, and what; None: a photo that is read."""
    if head[4:8] == b"ftyp":
        return True, _by_brands(head)
    if head[:4] in _TIFF and _is_raw(head):
        return True, _RAW
    for kind, pattern in _MAGIC:
        if pattern.match(head):
            return True, kind
    return False, None


def _by_brands(head: bytes) -> str | None:
    """What a file of the ISO base media format is, by all brands that it names."""
    end = min(len(head), int.from_bytes(head[:4], "big"))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}
    for kind, own in _BRANDS:
        if brands & own:
            return kind
    return _FILM


def _is_raw(head: bytes) -> bool:
    """Whether the first picture of a TIFF is a preview, or it has a DNG's version."""
    order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(head[at : at + size], order)

    first = number(4, 4)
    entries = range(first + 2, min(first + 2 + 12 * number(first, 2), len(head) - 11), 12)
    tags = {number(at, 2): number(at + 8, 4) for at in entries}
    return bool(tags.get(_SUBFILE_TYPE, 0) & 1) or _DNG_VERSION in tags
