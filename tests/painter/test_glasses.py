from __future__ import annotations

import cv2
import numpy as np

from glassmask.painter import demo_portrait
from glassmask.painter.frame import Frame
from glassmask.painter.glasses import glasses_frame
from glassmask.painter.sheet import Window

WHOLE = Window(0, 0, 210, 220)


def test_glasses_are_found_by_their_bridge() -> None:
    photo, points = demo_portrait()
    frame = Frame.of(points)
    assert glasses_frame(photo, frame, WHOLE) is None
    worn = photo.copy()
    middle = points.part("bridge")[0]
    for eye in ("left_eye", "right_eye"):
        at = np.round(points.part(eye).mean(axis=0)).astype(int)
        cv2.circle(worn, at.tolist(), 17, (20, 20, 20), 2)
    y = round(middle[1]) + 4
    cv2.line(worn, (round(middle[0]) - 12, y), (round(middle[0]) + 12, y), (20, 20, 20), 2)
    found = glasses_frame(worn, frame, WHOLE)
    assert found is not None
    assert found[y, round(middle[0])] > 0.8
