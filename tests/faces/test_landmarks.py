from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmask.errors import NetworkError
from glassmask.faces.landmarks import Landmarker
from glassmask.faces.regions import mean_points


@pytest.fixture(scope="module")
def landmarker(faces: Any) -> Landmarker:
    """Puts an average face into each box; its confidence is the brightness of the crop."""
    return Landmarker(faces.landmarks)


def test_points_come_back_in_photo_pixels(landmarker: Landmarker) -> None:
    photo = np.full((200, 300, 3), 128, np.uint8)
    boxes = [(120.0, 40.0, 64.0, 80.0), (-20.0, 150.0, 40.0, 50.0)]
    for placed, box in zip(landmarker.place(photo, boxes), boxes, strict=True):
        assert placed.points is not None
        assert placed.face_score == 0.96875
        np.testing.assert_allclose(placed.points.xy, mean_points(box).xy, atol=1e-3)


def test_points_without_confidence_are_not_trusted(landmarker: Landmarker) -> None:
    photo = np.full((100, 200, 3), 128, np.uint8)
    photo[:, 100:] = 10
    first, second = landmarker.place(photo, [(20, 20, 50, 60), (130, 20, 50, 60)])
    assert first.points is not None
    assert second.points is None
    assert second.face_score == 0.96875  # it is a face all the same


def test_more_faces_than_a_batch_and_none(landmarker: Landmarker) -> None:
    photo = np.full((400, 800, 3), 128, np.uint8)
    boxes = [(float(20 * i), 10.0, 16.0, 20.0) for i in range(70)]
    placed = landmarker.place(photo, boxes)
    assert len(placed) == 70
    for place, box in zip(placed, boxes, strict=True):
        assert place.points is not None
        np.testing.assert_allclose(place.points.xy, mean_points(box).xy, atol=1e-2)
    assert landmarker.place(photo, []) == ()


def test_another_network_places_no_landmarks(faces: Any, tmp_path: Path) -> None:
    card = json.loads(faces.patches.with_suffix(".json").read_text())
    shutil.copy(faces.patches, tmp_path / "x.onnx")
    numbers = {"input_size": 64, "margin": 1.2, "confidence": 0.5, "score": 0.5}
    (tmp_path / "x.json").write_text(json.dumps(card | numbers))
    with pytest.raises(NetworkError, match="can't load the landmarks patches 0"):
        Landmarker(tmp_path / "x.onnx")
    (tmp_path / "x.json").write_text(json.dumps(card | numbers | {"margin": 0}))
    with pytest.raises(NetworkError, match=r"x\.json: broken manifest: .*out of range"):
        Landmarker(tmp_path / "x.onnx")
