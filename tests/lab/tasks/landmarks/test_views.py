"""Random views of faces, and of what the finder takes for some."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from glassmask.errors import DatasetError
from glassmask.faces.points import part_rows
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace, read_landmark_faces
from glassmask.lab.tasks.landmarks.candidates import Candidate, match_box
from glassmask.lab.tasks.landmarks.recipe import LandmarkDataSection, LandmarkNetworkSection
from glassmask.lab.tasks.landmarks.sampling import LandmarkViews
from glassmask.lab.tasks.landmarks.views import (
    ViewKind,
    _jitter_box,
    _shuffle,
    finder_box,
    random_candidate,
    random_face,
    random_negative,
)
from glassmask.painter import demo_portrait

PORTRAIT, FACE = demo_portrait()
POINTS = np.array(FACE.xy)
DEMO_BOX = (50.0, 48.0, 104.0, 128.0)
NOTHING = (0.0, 180.0, 30.0, 30.0)


@pytest.fixture
def pointed(folders: list[Path]) -> tuple[list[LandmarkFace], PictureCache]:
    faces, _ = read_landmark_faces(folders)
    return faces, PictureCache([face.record for face in faces])


def _views(faces: tuple[list[LandmarkFace], PictureCache], negatives: float) -> LandmarkViews:
    path = faces[0][0].path
    candidates = [
        Candidate(path, DEMO_BOX, (DEMO_BOX,), ()),
        Candidate(path, NOTHING, (DEMO_BOX,), ()),
    ]
    return LandmarkViews(
        faces[0],
        candidates,
        faces[1],
        LandmarkNetworkSection(size=48, margin=1.4),
        LandmarkDataSection(painted=0.5, negatives=negatives, proposed=0.2),
        length=60,
        seed=5,
    )


def test_a_view_depends_on_seed_and_number_alone(
    pointed: tuple[list[LandmarkFace], PictureCache],
) -> None:
    one, other = _views(pointed, 0.3), _views(pointed, 0.3)
    other[3]
    kind = Counter[int]()
    for number in range(60):
        for got, wanted in zip(one[number], other[number], strict=True):
            torch.testing.assert_close(got, wanted, rtol=0, atol=0)
        crop, points, box, quality, what = one[number]
        assert crop.shape == (48, 48, 3)
        assert crop.dtype == torch.uint8
        assert points.shape == (109, 2)
        assert box.shape == (4,)
        assert bool(points.any()) == (int(what) == ViewKind.POINTED)
        assert (float(quality) > 0) == (int(what) in (ViewKind.POINTED, ViewKind.FACE))
        kind[int(what)] += 1
    assert 20 < kind[ViewKind.POINTED] < 42
    assert set(kind) == set(ViewKind)


def test_no_candidates_is_told(pointed: tuple[list[LandmarkFace], PictureCache]) -> None:
    with pytest.raises(DatasetError, match="give a folder of scenes"):
        LandmarkViews(
            pointed[0],
            [Candidate(pointed[0][0].path, DEMO_BOX, (DEMO_BOX,), ())],
            pointed[1],
            LandmarkNetworkSection(size=48, margin=1.4),
            LandmarkDataSection(painted=0.5, negatives=0.1, proposed=0.2),
            length=60,
            seed=5,
        )


def test_no_faces_of_a_kind_is_told(pointed: tuple[list[LandmarkFace], PictureCache]) -> None:
    bare = [face for face in pointed[0] if not face.painted]
    with pytest.raises(DatasetError, match="no painted faces"):
        _views((bare, pointed[1]), 0.1)


def test_the_points_of_a_view_lie_on_what_they_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks of other colours on left and right lie where the points say, however it is turned."""
    for name in ("vary_light", "_cover_parts"):
        monkeypatch.setattr(f"glassmask.lab.tasks.landmarks.views.{name}", lambda view, _: view)
    monkeypatch.setattr("glassmask.lab.tasks.landmarks.views.degrade", lambda view, *_: view)
    photo = np.zeros((220, 210, 3), np.uint8)
    y, x = np.mgrid[:220, :210] + 0.5
    rows = [part_rows("left_eye"), part_rows("right_eye"), part_rows("lips")]
    for channel, part in enumerate(rows):
        middle = POINTS[part].mean(axis=0)
        photo[np.hypot(x - middle[0], y - middle[1]) < 8, channel] = 255
    seen = mirrored = 0
    for seed in range(80):
        drawn = random_face(photo, POINTS, 112, 1.4, np.random.default_rng(seed))
        view, truth = drawn.picture, drawn.points
        if view[[0, 0, -1, -1], [0, -1, 0, -1]].any():  # a letter box: its colour is no mark
            continue
        seen += 1
        left, right, lips = (truth[part].mean(axis=0) for part in rows)
        marks = [_middle(view[..., channel]) for channel in range(3)]
        assert left[0] < right[0]
        if np.hypot(*(left - marks[0])) > 3:  # the left eye of the view is the photo's right one
            mirrored += 1
            marks[:2] = marks[1::-1]
        for point, mark in zip((left, right, lips), marks, strict=True):
            assert np.hypot(*(point - mark)) < 0.5, seed
    assert seen > 60
    assert 0.3 < mirrored / seen < 0.7


def _middle(channel: NDArray[np.uint8]) -> NDArray[np.float64]:
    weight = np.where(channel > 60, channel, 0).astype(float)
    y, x = np.mgrid[: len(channel), : len(channel)] + 0.5
    middle: NDArray[np.float64] = np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()
    return middle


def test_boxes_are_sloppy_within_bounds() -> None:
    low, high = POINTS.min(axis=0), POINTS.max(axis=0)
    boxes = np.array([finder_box(POINTS, np.random.default_rng(seed)) for seed in range(300)])
    widths = boxes[:, 2] / (high - low)[0]
    assert 0.83 <= widths.min() < 0.87
    assert 1.15 < widths.max() <= 1.2001
    off = (boxes[:, 0] + boxes[:, 2] / 2 - (low + high)[0] / 2) / (high - low).max()
    assert 0.08 < np.abs(off).max() <= 0.1201


def test_negatives_are_crops() -> None:
    for seed in range(40):
        view = random_negative(PORTRAIT, POINTS, 48, 1.4, np.random.default_rng(seed))
        assert view.picture.shape == (48, 48, 3)
        assert view.picture.dtype == np.uint8
        assert view.kind in (ViewKind.ASKEW, ViewKind.NO_FACE)
        assert view.quality == 0
        assert not view.points.any()


def test_the_box_of_a_candidate_lies_around_its_face(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glassmask.lab.tasks.landmarks.views.vary_light", lambda view, _: view)
    monkeypatch.setattr("glassmask.lab.tasks.landmarks.views.degrade", lambda view, *_: view)
    photo = np.zeros((120, 160, 3), np.uint8)
    cv2.ellipse(photo, (105, 50), (15, 20), 0, 0, 360, (0, 255, 0), cv2.FILLED)
    box = (90.0, 30.0, 30.0, 40.0)
    candidate = Candidate(Path("x"), box, (box,), ())
    qualities, kinds = [], set()
    for seed in range(60):
        view = random_candidate(photo, candidate, 56, 1.4, np.random.default_rng(seed))
        if view.picture[[0, 0, -1, -1], [0, -1, 0, -1]].any():  # a letter box
            continue
        if not view.box.any():
            assert view.quality == 0
            continue
        qualities.append(view.quality)
        assert (view.kind == ViewKind.FACE) == (view.quality > 0)
        kinds.add(view.kind)
        left, top, right, bottom = view.box
        if min(left, top) > 2 and max(right, bottom) < 54:
            y, x = np.nonzero(view.picture[..., 1] > 128)
            seen = (x.min(), y.min(), x.max() + 1, y.max() + 1)
            np.testing.assert_allclose(seen, view.box, atol=2)
    assert kinds == {ViewKind.FACE, ViewKind.NO_FACE}
    assert min(qualities) == 0
    assert max(qualities) == 1
    assert any(0 < quality < 1 for quality in qualities)


def test_what_may_be_a_face_is_not_taken_for_none() -> None:
    photo = np.zeros((120, 160, 3), np.uint8)
    unsure = (60.0, 30.0, 40.0, 40.0)
    candidate = Candidate(Path("x"), (85.0, 30.0, 30.0, 40.0), (), (unsure,))  # IoU 0.27
    for seed in range(20):
        rng = np.random.default_rng(seed)
        assert random_candidate(photo, candidate, 32, 1.4, rng).quality == 0
    boxes = [_jitter_box(candidate, np.random.default_rng(seed)) for seed in range(20)]
    drawn = [box for box, _ in boxes if box != candidate.box]
    assert drawn
    assert all(match_box(box, (), (unsure,)) for box in drawn)


def test_no_piece_of_a_shuffled_view_stays_in_its_place() -> None:
    tiles = np.arange(16).reshape(4, 4)
    view = np.kron(tiles, np.ones((8, 8))).astype(np.uint8)[..., None].repeat(3, axis=2)
    for seed in range(50):
        shuffled = _shuffle(view, 4, np.random.default_rng(seed))[4::8, 4::8, 0]
        assert sorted(shuffled.ravel()) == list(range(16))
        assert (shuffled != tiles).all()
