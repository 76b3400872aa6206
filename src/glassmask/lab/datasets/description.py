"""Describe a dataset: counts by class, split and reason, sizes, charts, a contact sheet."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from glassmask.errors import PhotoError
from glassmask.faces.crop import Square, crop
from glassmask.files import write_whole
from glassmask.formats import OWN_MARK
from glassmask.lab.datasets.reading import SPLITS, UNSPLIT
from glassmask.lab.datasets.records import SOMEHOW, FaceRecord, Reason
from glassmask.labels import WEARS, Wear
from glassmask.output.draw import encode_jpeg
from glassmask.photos import read_photo

_COLOURS: Final = ("#2e7d32", "#f9a825", "#c62828", "#6a1b9a")


@dataclass(frozen=True, slots=True)
class Description:
    """A dataset in numbers.

    Attributes:
        splits: the splits that occur, in the order train, val, test, none.
        by_wear: (wear, split) -> faces.
        by_reason: (reason, split) -> incorrect faces.
        by_certainty: (`certain` or `doubtful`, split) -> faces.
        picked: split -> faces that a network helped to pick: never measured on.
        sizes: shorter side of each face before reduction, in pixels.
    """

    splits: tuple[str, ...]
    by_wear: Counter[tuple[str, str]]
    by_reason: Counter[tuple[str, str]]
    by_certainty: Counter[tuple[str, str]]
    picked: Counter[str]
    sizes: NDArray[np.float64]

    @property
    def wears(self) -> list[str]:
        """The wears, and `mask` where there are faces of which nobody says how it is worn."""
        vague = any(kind == SOMEHOW for kind, _ in self.by_wear)
        return [*map(str, WEARS), *([SOMEHOW] if vague else [])]


def describe(records: Sequence[FaceRecord]) -> Description:
    """Count the faces of a dataset."""
    present = {record.split for record in records}
    incorrect = [r for r in records if r.wear is Wear.INCORRECT]
    return Description(
        tuple(split for split in (*SPLITS, UNSPLIT) if split in present),
        Counter((str(r.wear or SOMEHOW), r.split) for r in records),
        Counter((str(r.reason), r.split) for r in incorrect),
        Counter(("certain" if r.certain else "doubtful", r.split) for r in records),
        Counter(r.split for r in records if r.picked),
        np.array([r.face_px for r in records], np.float64),
    )


def write_charts(found: Description, folder: Path) -> list[Path]:
    """Write the charts as SVG and PNG: counts by class, counts by reason, sizes."""
    figures = {
        "classes": _bars("Faces by class", found.wears, found.splits, found.by_wear),
        "reasons": _bars("Incorrect, by reason", list(Reason), found.splits, found.by_reason),
        "sizes": _sizes(found.sizes),
    }
    written = []
    with mpl.rc_context({"svg.hashsalt": "glassmask"}):  # the same chart, the same file
        for name, figure in figures.items():
            for kind in ("svg", "png"):
                path = folder / f"{name}.{kind}"
                metadata = {"Date": None} if kind == "svg" else {"Comment": OWN_MARK.decode()}
                content = io.BytesIO()
                figure.savefig(content, dpi=150, metadata=metadata, format=kind)
                drawn = content.getvalue()
                if kind == "svg":
                    drawn = drawn.replace(b"?>\n", b"?>\n<!-- " + OWN_MARK + b" -->\n", 1)
                write_whole(path, drawn)
                written.append(path)
    return written


def contact_sheet(
    records: Sequence[FaceRecord], rows: int = 5, columns: int = 10, seed: int = 0
) -> NDArray[np.uint8]:
    """A sheet of faces drawn at random, a band of rows for each class and reason that occurs.

    Returns:
        RGB uint8 (H, W, 3); every tile is 128 pixels wide and shows a square around the face.
    """
    kinds = (Wear.CORRECT, *Reason, Wear.NONE)
    rng = np.random.default_rng(seed)
    bands = []
    for kind in kinds:
        own = [r for r in records if (r.reason or r.wear) is kind]
        if not own:
            continue
        tiles: list[NDArray[np.uint8]] = []
        wanted = columns * max(1, round(rows / 2)) if len(own) > columns else columns
        for number in rng.permutation(len(own)):
            if len(tiles) == wanted:
                break
            tile = _tile(own[int(number)])
            if tile is not None:
                tiles.append(tile)
        while len(tiles) % columns or not tiles:
            tiles.append(np.full((128, 128, 3), 255, np.uint8))
        title = f"{Wear.INCORRECT}: {kind}" if isinstance(kind, Reason) else str(kind)
        bands.append(_title(f"{title.replace('_', ' ')} ({len(own)})", 128 * columns))
        bands += [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    return np.vstack(bands) if bands else np.full((128, 128, 3), 255, np.uint8)


def write_contact_sheet(records: Sequence[FaceRecord], path: Path) -> None:
    """Write a contact sheet as JPEG."""
    write_whole(path, encode_jpeg(contact_sheet(records), 88, OWN_MARK))


def _title(text: str, width: int) -> NDArray[np.uint8]:
    strip = Image.new("RGB", (width, 26), "white")
    ImageDraw.Draw(strip).text((6, 4), text, "black", ImageFont.load_default(16))
    return np.asarray(strip, np.uint8)


def _tile(record: FaceRecord) -> NDArray[np.uint8] | None:
    try:
        photo = read_photo(record.path)
    except PhotoError:
        return None
    return crop(photo, Square.around(record.box, 1.4), 128)


def _bars(
    title: str, kinds: list[str], splits: Sequence[str], counts: Counter[tuple[str, str]]
) -> Figure:
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(kinds))
    width = 0.8 / max(1, len(splits))
    for number, split in enumerate(splits):
        heights = [counts[kind, split] for kind in kinds]
        at = places + (number - (len(splits) - 1) / 2) * width
        bars = axes.bar(at, heights, width, color=_COLOURS[number], label=split or "no split")
        axes.bar_label(bars, fontsize=7)
    axes.set_xticks(places, [kind.replace("_", " ") for kind in kinds])
    axes.set_title(title)
    axes.set_ylabel("faces")
    axes.spines[["top", "right"]].set_visible(False)
    if splits:
        axes.legend(frameon=False)
    return figure


def _sizes(sizes: NDArray[np.float64]) -> Figure:
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    if len(sizes):
        low, high = max(4.0, float(sizes.min())), max(8.0, float(sizes.max()))
        axes.hist(sizes, list(np.geomspace(low, high * 1.01, 30)), color="#37648c")
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter("{x:.0f}")
    axes.set_title("Size of the faces")
    axes.set_xlabel("shorter side of the face, pixels")
    axes.set_ylabel("faces")
    axes.spines[["top", "right"]].set_visible(False)
    return figure
