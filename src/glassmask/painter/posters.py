"""A photo of a face as a graphic, in few colours."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from glassmask.painter.canvas import Canvas, Thing
from glassmask.painter.page import Page


def poster(c: Canvas) -> Thing:
    """The photo itself in few colours, as a graphic: the parts of the face are where they were."""
    rng = c.rng
    smooth = c.picture
    smooth = np.asarray(cv2.bilateralFilter(smooth, 7, 40, 5), np.uint8)
    size = min(9, max(3, 2 * round(0.014 * c.frame.width) + 1))
    smooth = np.asarray(cv2.medianBlur(smooth, size), np.uint8)
    few = Image.fromarray(smooth).quantize(
        int(rng.integers(4, 9)), method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    flat = np.asarray(few.convert("RGB"), np.uint8)
    flat = np.asarray(cv2.medianBlur(flat, size), np.uint8)
    if rng.random() < 0.35:  # other colours: a screen print's
        inks = rng.uniform(0.1, 1, (3, 3))
        bright = np.array([0.12, 0.5, 0.88]) / inks.mean(axis=1)  # dark, middling, light
        ramp = np.clip(inks * bright[:, None], 0, 1)
        luma = flat.mean(axis=2) / 255
        channels = [np.interp(luma, [0, 0.5, 1], ramp[:, i]) for i in range(3)]
        flat = np.asarray(255 * np.stack(channels, axis=-1), np.uint8)
    if rng.random() < 0.4:  # drawn over with lines
        grey = cv2.cvtColor(smooth, cv2.COLOR_RGB2GRAY)
        lines = cv2.adaptiveThreshold(
            grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, 5
        )
        flat = np.where(lines[..., None] == 0, np.uint8(20), flat)
    page = Page(c)
    page.pixels[:] = flat.astype(np.float32) / 255
    page.cover[:] = 1
    return page.thing(portrait=True)
