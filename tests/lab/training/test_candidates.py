"""What a finder takes for faces, and which of it is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from glassmask.faces.finder import Finder
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.scenes import Scene, SceneFace
from glassmask.lab.training.candidates import propose_all
from glassmask.labels import Wear

CLEAR, DOUBTFUL, UNLABELLED = (20.0, 20, 40, 50), (100.0, 20, 40, 50), (200.0, 20, 40, 50)
FALSE, HALF = (20.0, 200, 40, 50), (20.0, 45, 40, 50)


def test_candidates_are_faces_or_none_and_doubtful_ones_are_left_out(
    faces: Any, tmp_path: Path
) -> None:
    Image.fromarray(np.full((320, 320, 3), 90, np.uint8)).save(tmp_path / "scene.png")
    labelled = (SceneFace(CLEAR, Wear.NONE), SceneFace(DOUBTFUL, None))
    scene = Scene(tmp_path / "scene.png", "train", "s", (320, 320), labelled, (UNLABELLED,))
    near = (22.0, 20, 40, 50)  # IoU with the clear one: 0.9
    boxes = [near, DOUBTFUL, UNLABELLED, FALSE, HALF]
    finder = Finder(faces.fixed("candidates", boxes, (320, 320)))
    cache = PictureCache([scene], tmp_path / "cache")
    found = propose_all(finder, [scene], cache)
    # HALF overlaps the clear face by a third: neither one nor none.
    told = {(tuple(np.round(c.box, 3)), c.face) for c in found}
    assert told == {(CLEAR, True), (near, True), (FALSE, False)}
    assert {c.path for c in found} == {scene.path}
