"""Pictures to train the finder with: what they say must be where they say it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from glassmask.errors import SamplingError
from glassmask.faces.crop import Box
from glassmask.faces.points import FacePoints
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace
from glassmask.lab.datasets.scenes import Scene, SceneFace
from glassmask.lab.tasks.finder.canvas import LARGEST
from glassmask.lab.tasks.finder.loss import FACE, IGNORED
from glassmask.lab.tasks.finder.views import FinderViews, Portrait, five_points
from glassmask.labels import Wear
from glassmask.painter import demo_portrait

SIZE = 192
COLOUR = (250, 20, 20)
"""Every face of the scene is a rectangle of this colour."""


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> FinderViews:
    return make_views(tmp_path_factory.mktemp("views"), ((250.0, 10.0, 30.0, 30.0),))


def make_views(folder: Path, unlabelled: tuple[Box, ...]) -> FinderViews:
    """Views of a scene with red rectangles for faces, and of the demo portrait."""
    picture = np.full((200, 300, 3), (60, 90, 140), np.uint8)
    boxes = ((40.0, 50.0, 40.0, 50.0), (180.0, 90.0, 30.0, 36.0))
    for left, top, w, h in boxes:
        picture[int(top) : int(top + h), int(left) : int(left + w)] = COLOUR
    Image.fromarray(picture).save(folder / "scene.png")
    faces = tuple(SceneFace(box, Wear.NONE) for box in boxes)
    scene = Scene(folder / "scene.png", "train", "s", (300, 200), faces, unlabelled)
    portrait, points = demo_portrait()
    Image.fromarray(portrait).save(folder / "face.png")
    (x, y), (right, bottom) = points.xy.min(axis=0).tolist(), points.xy.max(axis=0).tolist()
    record = FaceRecord(
        path=folder / "face.png",
        dataset="faces",
        source="demo",
        split="train",
        group="f",
        wear=Wear.NONE,
        uncovered=None,
        certain=True,
        box=(x, y, right - x, bottom - y),
        face_px=100.0,
    )
    face = LandmarkFace(record, points.xy, painted=False, turned=0.0)
    cache = PictureCache([scene, record], folder / "cache")
    portraits = [Portrait.from_landmarks(face), Portrait(record.path, record.box, None, close=0.6)]
    return FinderViews([scene], portraits, cache, SIZE, 500, seed=3)


def test_a_view_depends_on_its_number_alone(views: FinderViews) -> None:
    first = [torch.clone(part) for part in views[17]]
    _ = views[4]
    assert all(torch.equal(one, other) for one, other in zip(first, views[17], strict=True))


def test_boxes_lie_in_the_picture_and_points_in_known_faces(views: FinderViews) -> None:
    pointed_faces = 0
    for number in range(60):
        picture, boxes, kinds, points, has_points = views[number]
        assert picture.shape == (SIZE, SIZE, 3)
        assert picture.dtype == torch.uint8
        there = kinds > 0
        assert (boxes[there] >= 0).all()
        assert (boxes[there] <= SIZE).all()
        assert (boxes[there][:, 2:] > boxes[there][:, :2]).all()
        whole = there & has_points & (kinds == FACE)
        for box, five in zip(boxes[whole], points[whole], strict=True):
            if (box > 1).all() and (box < SIZE - 1).all():
                assert (five >= box[:2] - 2).all()
                assert (five <= box[2:] + 2).all()
                # The left eye is left of the face's own axis, also when mirrored or lying.
                down = five[3:].mean(dim=0) - five[:2].mean(dim=0)
                for left, right in (five[:2], five[3:]):
                    across = right - left
                    assert across[0] * down[1] - across[1] * down[0] > 0
                pointed_faces += 1
    assert pointed_faces > 20


def test_the_box_is_where_the_face_is(views: FinderViews, monkeypatch: pytest.MonkeyPatch) -> None:
    """In most views of the scene the middle of a box is of the rectangle's colour."""
    monkeypatch.setattr("glassmask.lab.tasks.finder.canvas.vary_light", lambda view, _: view)
    monkeypatch.setattr("glassmask.lab.tasks.finder.canvas.degrade", lambda view, *_: view)
    right = seen = 0
    for number in range(80):
        picture, boxes, kinds, _, has_points = views[number]
        for box in boxes[(kinds == FACE) & ~has_points]:
            x, y = ((box[:2] + box[2:]) / 2).long().tolist()
            red, green, blue = picture[min(y, SIZE - 1), min(x, SIZE - 1)].int().tolist()
            seen += 1
            right += red > green and red > blue
    assert seen > 50
    assert right / seen > 0.9


def test_what_nobody_labelled_is_ignored(views: FinderViews, tmp_path: Path) -> None:
    """More places are, than where everything in the same views is labelled."""
    labelled = make_views(tmp_path, ())
    ignored, fewer = (
        int(sum((some[number][2] == IGNORED).sum() for number in range(40)))
        for some in (views, labelled)
    )
    assert ignored > fewer + 5
    assert (torch.stack([views[number][2] for number in range(40)]) == FACE).any()


def test_faces_that_are_too_large_are_none_of_its_business(views: FinderViews) -> None:
    large = 0
    for number in range(60):
        _, boxes, kinds, _, _ = views[number]
        sides = (boxes[:, 2:] - boxes[:, :2]).amax(dim=1)
        assert (sides[kinds == FACE] <= LARGEST).all()
        assert (sides <= 2 * LARGEST).all()
        large += int((sides > LARGEST).sum())
    assert large > 0


def test_the_five_points_of_a_face() -> None:
    _, points = demo_portrait()
    left_eye, right_eye, nose, left_mouth, right_mouth = five_points(FacePoints(points.xy))
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < nose[0] < right_mouth[0]
    assert left_eye[1] < nose[1] < left_mouth[1]


@pytest.mark.parametrize("without", ["scene", "portrait"])
def test_nothing_to_learn_from_is_told(views: FinderViews, without: str) -> None:
    scenes, portraits = views._scenes, views._portraits
    kept = ([], portraits) if without == "scene" else (scenes, [])
    with pytest.raises(SamplingError, match=f"no train {without} to learn from"):
        FinderViews(*kept, views._cache, SIZE, 5, seed=3)
