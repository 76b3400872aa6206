"""Make the pictures of the README and the docs, from the demo portrait alone.

python docs/pictures.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from glassmask import Checker
from glassmask.draw import boxes, fit
from glassmask.lab.masks import demo_photos
from glassmask.report import COLOURS
from glassmask.wording import label

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    """Write images/demo.jpg: above the photos with their verdicts, below their evidence."""
    checker = Checker(engine="onnxruntime")
    columns = []
    for photo in (fit(worn, 330) for worn in demo_photos().values()):
        (verdict,) = checker.check(photo)
        mark = (verdict.face.box, label(verdict), COLOURS[verdict.wear])
        marked = boxes(photo, [mark])
        columns.append(np.vstack([marked, verdict.evidence.overlay(photo)]))
    IMAGES.mkdir(exist_ok=True)
    Image.fromarray(np.hstack(columns)).save(IMAGES / "demo.jpg", quality=90)


if __name__ == "__main__":
    main()
