"""What a finder takes for faces, and which of it is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from glassmask.faces.finder import Finder
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import read_landmark_faces
from glassmask.lab.datasets.scenes import REJECT, Scene, SceneFace
from glassmask.lab.tasks.landmarks.candidates import (
    BoxMatch,
    match_box,
    propose_in_portraits,
    propose_in_scenes,
)
from glassmask.labels import Wear

CLEAR, DOUBTFUL, UNLABELLED = (20.0, 20, 40, 50), (100.0, 20, 40, 50), (200.0, 20, 40, 50)
FALSE, HALF = (20.0, 200, 40, 50), (20.0, 45, 40, 50)


def test_candidates_are_faces_or_none_and_doubtful_ones_are_left_out(
    faces: Any, tmp_path: Path
) -> None:
    Image.fromarray(np.full((320, 320, 3), 90, np.uint8)).save(tmp_path / "scene.png")
    labelled = (SceneFace(CLEAR, Wear.NONE), SceneFace(DOUBTFUL, REJECT))
    scene = Scene(tmp_path / "scene.png", "train", "s", (320, 320), labelled, (UNLABELLED,))
    near = (22.0, 20, 40, 50)  # IoU with the clear one: 0.9
    boxes = [near, DOUBTFUL, UNLABELLED, FALSE, HALF]
    finder = Finder(faces.fixed("candidates", boxes, (320, 320)))
    cache = PictureCache([scene], tmp_path / "cache")
    found = propose_in_scenes(finder, [scene], cache)
    # HALF overlaps the clear face by a third: it frames it badly.
    told = {(tuple(np.round(c.box, 3)), c.is_face) for c in found}
    assert told == {(CLEAR, True), (near, True), (HALF, True), (FALSE, False)}
    assert {c.path for c in found} == {scene.path}


def test_how_well_a_box_frames_a_face() -> None:
    assert match_box(CLEAR, [CLEAR], []) == BoxMatch(1.0, CLEAR)
    half = match_box(HALF, [FALSE, CLEAR], [])
    assert half is not None
    assert half.face == CLEAR
    assert np.isclose(half.quality, (1 / 3 - 0.3) / 0.2)
    assert match_box(FALSE, [CLEAR], [UNLABELLED]) == BoxMatch(0.0, None)
    assert match_box(HALF, [], [CLEAR]) is None
    assert match_box(HALF, [HALF], [CLEAR]) == BoxMatch(1.0, HALF)
    assert match_box(FALSE, [], []) == BoxMatch(0.0, None)


def test_of_portraits_parts_of_the_face_alone_are_taken(folders: list[Path], faces: Any) -> None:
    eye, whole, beside = (85.0, 85, 24, 20), (56.0, 50, 92, 120), (0.0, 190, 30, 28)
    finder = Finder(faces.fixed("parts", [eye, whole, beside], (220, 210)))
    pointed, _ = read_landmark_faces(folders)
    found = propose_in_portraits(finder, pointed, PictureCache(pointed))
    assert [c.path for c in found] == [pointed[0].path, pointed[3].path]  # every third
    for candidate in found:
        np.testing.assert_allclose(candidate.box, eye, atol=0.3)
        assert not candidate.faces
        assert not candidate.is_face
