"""Make the pictures of the README and the docs, from the demo portrait alone.

python docs/pictures.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from glassmask import Checker, heat_map
from glassmask.errors import PaintError
from glassmask.output.annotate import make_marks
from glassmask.output.draw import boxes, fit
from glassmask.painter import (
    Region,
    demo_photos,
    demo_portrait,
    draw_look,
    draw_wearing,
    paint,
    paint_object,
    paint_pair,
)
from glassmask.painter.wearing import WAYS

IMAGES = Path(__file__).parent / "images"

SHOWN = (
    *(("paper", 0), ("paper", 11), ("card", 11), ("tissue", 1), ("drink", 1), ("drink", 5)),
    *(("glass", 4), ("hand", 0), ("call", 10), ("selfie", 4), ("selfie", 9), ("visor", 1)),
    *(("visor", 3), ("smiley", 1), ("comic", 3), ("poster", 0), ("scarf", 1), ("cup", 2)),
    *(("phone", 3), ("microphone", 4), ("beard", 5), ("paper", 3), ("paper", 12), ("card", 4)),
)
"""Things and their seeds, for images/painter.jpg: rows of eight."""

FACE = (56, 50, 152, 176)
"""Left, top, right and bottom of the demo portrait's face, drawn by hand."""

GREEN = (60, 230, 90)

Photo = NDArray[np.uint8]

REGION_COLOURS: dict[Region, tuple[int, int, int]] = {
    Region.BACKGROUND: (40, 40, 40),
    Region.SKIN: (228, 180, 150),
    Region.MASK: (80, 120, 230),
    Region.SHADOW: (125, 125, 125),
    Region.NOSE: (240, 70, 60),
    Region.MOUTH: (245, 195, 60),
    Region.CHIN: (60, 200, 90),
    Region.OBJECT: (190, 70, 210),
}


def main() -> None:
    """Write images/demo.jpg, images/painter.jpg, images/pairs.png and images/box.jpg."""
    IMAGES.mkdir(exist_ok=True)
    Image.fromarray(verdicts()).save(IMAGES / "demo.jpg", quality=90)
    Image.fromarray(painter_sheet()).save(IMAGES / "painter.jpg", quality=88)
    Image.fromarray(pairs_sheet()).save(IMAGES / "pairs.png", optimize=True)
    Image.fromarray(box_sheet()).save(IMAGES / "box.jpg", quality=90)


def verdicts() -> Photo:
    """Above the demo photos with their verdicts, below their evidence."""
    checker = Checker(engine="onnxruntime")
    columns = []
    for photo in (fit(worn, 330) for worn in demo_photos().values()):
        (verdict,) = checker.check(photo)
        marked = boxes(photo, make_marks([verdict]))
        columns.append(np.vstack([marked, heat_map(photo, verdict)]))
    return np.hstack(columns)


def painter_sheet(columns: int = 8, side: int = 160) -> Photo:
    """A row of pictures for each way of wearing, and rows of things."""
    portrait, points = demo_portrait()
    rows = []
    for number, way in enumerate(WAYS):
        tiles: list[Photo] = []
        rng = np.random.default_rng(number)
        while len(tiles) < columns:
            try:
                painted = paint(portrait, points, draw_wearing(way, rng), draw_look(rng))
            except PaintError:
                continue
            tiles.append(tile(painted.picture, side))
        rows.append(np.hstack(tiles))
    pictures = [paint_object(portrait, points, name, seed).picture for name, seed in SHOWN]
    for start in range(0, len(pictures), columns):
        row = pictures[start : start + columns]
        rows.append(np.hstack([tile(picture, side) for picture in row]))
    return np.vstack(rows)


def pairs_sheet(side: int = 200) -> Photo:
    """For each change: both pictures, where they differ, and both region maps."""
    portrait, points = demo_portrait()
    colours = np.array([REGION_COLOURS[region] for region in Region], np.uint8)
    rows = []
    for number, uncovered in enumerate(("nose", "chin", "nose_and_mouth")):
        rng = np.random.default_rng(number + 3)
        pair = paint_pair(portrait, points, draw_look(rng), uncovered, rng)
        changes = np.repeat(pair.changes[..., None] * np.uint8(255), 3, axis=2)
        maps = [colours[painted.regions] for painted in (pair.before, pair.after)]
        pictures = [pair.before.picture, pair.after.picture, changes, *maps]
        rows.append(np.hstack([tile(picture, side) for picture in pictures]))
    return np.vstack(rows)


def box_sheet(scale: int = 2) -> Photo:
    """What the box of a face is: bare, under a mask, and lying on its side."""
    photos = demo_photos()
    left, top, right, bottom = (scale * edge for edge in FACE)
    panels = []
    for name in ("none", "correct"):
        large = Image.fromarray(photos[name]).resize((scale * 210, scale * 220))
        pen = ImageDraw.Draw(large)
        pen.rectangle((left, top, right, bottom), outline=GREEN, width=3)
        for text, at, anchor in (
            ("hairline", ((left + right) / 2, top - 4), "mb"),
            ("chin", ((left + right) / 2, bottom + 4), "mt"),
            ("temple", (left - 5, (top + bottom) / 2), "rm"),
            ("temple", (right + 5, (top + bottom) / 2), "lm"),
        ):
            black = 2  # pixels of outline
            pen.text(
                at, text, GREEN, anchor=anchor, font_size=17, stroke_width=black, stroke_fill=0
            )
        panels.append(np.asarray(large))
    square = [panel[: scale * 210] for panel in panels]
    return np.hstack([*square, np.rot90(square[0], -1)])


def tile(picture: Photo, side: int) -> Photo:
    """The head in a square tile."""
    square = picture[:210, :210]
    return np.asarray(Image.fromarray(square).resize((side, side), Image.Resampling.LANCZOS))


if __name__ == "__main__":
    main()
