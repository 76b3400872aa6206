"""Glasses over the edge of a mask: found by their dark frame, kept as they are in the photo."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.frame import Frame
from glassmask.painter.rank import rank
from glassmask.painter.sheet import Floats, Window, coverage


def glasses_frame(photo: NDArray[np.uint8], frame: Frame, window: Window) -> Floats | None:
    """Where a dark frame of glasses is, (h, w) in [0, 1]; None where the face wears none.

    Glasses with a dark frame cross the bridge of the nose between the eyes, where bare skin has
    no dark line. Rimless and pale ones are not found: the mask then covers their lower edge.
    """
    luma = np.asarray(cv2.cvtColor(window.of(photo), cv2.COLOR_RGB2GRAY), np.float32)
    size = max(3, int(0.07 * frame.width) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    padded = cv2.copyMakeBorder(luma, size, size, size, size, cv2.BORDER_REPLICATE)
    dark = cv2.morphologyEx(padded, cv2.MORPH_BLACKHAT, kernel)[size:-size, size:-size]
    half = 0.07 * frame.width
    middle = float(np.interp(frame.height(2.4), frame.heights, frame.axis))
    bridge = _box(frame, middle - half, middle + half, 1.7, 2.9)
    at_bridge = coverage(window, bridge) > 0.5
    if at_bridge.sum() < 9:
        return None
    level = rank(luma[at_bridge], 0.5)
    line = dark > max(0.22 * level, 12)
    # The bridge of the glasses spans the strip from side to side.
    columns = np.flatnonzero(at_bridge.any(axis=0))
    crossed = (line & at_bridge)[:, columns].any(axis=0).mean()
    if crossed < 0.85:
        return None
    eyes = _box(frame, -0.5 * frame.width, 0.5 * frame.width, 1.4, 3.9)
    near = coverage(window, eyes) > 0.5
    kept = np.clip((dark / max(level, 1.0) - 0.14) / 0.12, 0, 1) * near
    return np.asarray(cv2.GaussianBlur(kept.astype(np.float32), (3, 3), 0.5), np.float32)


def _box(frame: Frame, left: float, right: float, top: float, bottom: float) -> NDArray[np.float64]:
    """An upright rectangle between two x and two levels, as photo points (4, 2)."""
    high, low = frame.height(top), frame.height(bottom)
    return frame.to_photo(np.array([[left, high], [right, high], [right, low], [left, low]]))
