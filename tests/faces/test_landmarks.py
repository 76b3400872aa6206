from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.errors import NetworkError
from glassmask.faces.crop import Square, coarse_crop
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


@pytest.mark.parametrize(
    "said", [(2, 2, np.nan, 4), (np.inf, 2, 4, 4), (2, 2, 0, 4), (2, 2, 4, -1), (0, 0, 3e38, 3e38)]
)
def test_where_the_network_gives_no_box_the_one_looked_at_stays(
    landmarker: Landmarker, monkeypatch: pytest.MonkeyPatch, said: tuple[float, ...]
) -> None:
    place = landmarker._place

    def placed(crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        *others, box = place(crops)
        return (*others, np.full_like(box, np.array(said, np.float32)))

    monkeypatch.setattr(landmarker, "_place", placed)
    photo = np.full((100, 200, 3), 128, np.uint8)
    (one,) = landmarker.place(photo, [(20.0, 20.0, 500.0, 600.0)])
    assert one.box == (20, 20, 500, 600)


def test_every_quarter_is_shown_as_its_own_crop_would_be(
    landmarker: Landmarker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few crops are cut for it."""
    shown: list[NDArray[np.uint8]] = []
    place = landmarker._place

    def noted(crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        shown.extend(crops)
        return place(crops)

    monkeypatch.setattr(landmarker, "_place", noted)
    photo = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    boxes = [(40.0, 20.0, 200.0, 180.0), (250.0, 90.0, 60.0, 70.0)]
    asked = [(box, turn) for box in boxes for turn in (1, 2, 3, 0)]
    landmarker.place(photo, [box for box, _ in asked], [turn for _, turn in asked])
    for crop, (box, turn) in zip(shown, asked, strict=True):
        np.testing.assert_array_equal(crop, coarse_crop(photo, Square.around(box, 1.25, turn), 64))


def test_the_box_of_a_face_that_lies_is_as_wide_as_it_was_tall(
    landmarker: Landmarker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a crop of 64 pixels around (40, 20, 80, 80), set upright by a quarter turn."""
    place = landmarker._place

    def placed(crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        *others, box = place(crops)
        return (*others, np.full_like(box, np.array((8, 16, 24, 32), np.float32)))

    monkeypatch.setattr(landmarker, "_place", placed)
    photo = np.full((200, 200, 3), 128, np.uint8)
    (one,) = landmarker.place(photo, [(40.0, 20.0, 80.0, 80.0)], [1])
    scale = 1.25 * 80 / 64
    # Upright it lies 8 from the left and 16 from the top; turned clockwise, 16 from the right.
    left, top = 30 + scale * (64 - 16 - 32), 10 + scale * 8
    assert one.box == pytest.approx((left, top, scale * 32, scale * 24))


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
