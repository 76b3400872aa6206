from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.errors import NetworkError
from glassmask.faces.finder import UPRIGHT, Finder, quarter_turns
from stand_ins import SIDE, five_points

CELL = 32


@pytest.fixture(scope="module")
def finder(faces: Any) -> Finder:
    """Red cells of 32 x 32 are faces; the blue of one is a quarter of its side."""
    return Finder(faces.patches)


def scene(
    height: int, width: int, *patches: tuple[int, int, int], cell: int = CELL
) -> NDArray[np.uint8]:
    """A grey photo with patches: row and column of the cell, side of the face."""
    photo = np.full((height, width, 3), 90, np.uint8)
    for row, column, side in patches:
        photo[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell] = (
            *(255, 0),
            side // 4,
        )
    return photo


def test_a_face_is_found_where_it_is(finder: Finder) -> None:
    (face,) = finder.propose(scene(320, 256, (3, 2, 64)))
    assert face.box == (64, 96, 64, 64)
    assert face.score == 1
    assert face.landmarks is None


@pytest.mark.parametrize(("height", "width"), [(320, 160), (160, 320), (300, 320), (33, 320)])
def test_photos_that_fill_no_whole_cells(finder: Finder, height: int, width: int) -> None:
    (face,) = finder.propose(scene(height, width, (0, 3, 28)))
    assert face.box == (96, 0, 28, 28)


def test_a_small_photo_is_enlarged_but_twofold_at_most(finder: Finder) -> None:
    (face,) = finder.propose(scene(160, 144, (2, 3, 64), cell=16))
    np.testing.assert_allclose(face.box[:2], (48, 32))
    tiny = scene(48, 64, (1, 0, 64), cell=16)  # 128 pixels at twofold, not 320
    np.testing.assert_allclose(finder.propose(tiny)[0].box[:2], (0, 16))


def test_a_large_photo_is_reduced_antialiased(finder: Finder) -> None:
    photo = scene(1600, 1280, (4, 2, 64), cell=160)
    (face,) = finder.propose(photo)
    np.testing.assert_allclose(face.box, (320, 640, 320, 320))
    photo[::2] = 255 - photo[::2]  # stripes: their mean is no red
    assert finder.propose(photo) == ()


def test_height_and_width_are_scaled_apart(faces: Any) -> None:
    """A strip of 3200 x 15 is 320 x 2 there: one pixel down is 7.5 of the photo, not 10."""
    finder = Finder(faces.fixed("strip", [(100.0, 0.0, 40.0, 10.0)], (320, 320)))
    (face,) = finder.propose(np.zeros((15, 3200, 3), np.uint8), min_face=1)
    assert face.box == (1000, 0, 400, 15)
    finder = Finder(faces.fixed("half", [(100.0, 0.0, 40.0, 1.0)], (320, 320)))
    assert finder.propose(np.zeros((15, 3200, 3), np.uint8), min_face=1)[0].box[3] == 7.5


def test_of_two_that_overlap_the_better_stays(finder: Finder) -> None:
    photo = scene(320, 320, (3, 3, 200), (3, 4, 200), (9, 0, 32))
    photo[3 * CELL : 4 * CELL, 3 * CELL : 4 * CELL, 0] = 240
    found = finder.propose(photo)
    assert [face.box[:2] for face in found] == [(0, 288), (128, 96)]


def test_doubtful_ones_are_left_out(finder: Finder) -> None:
    photo = scene(320, 320, (3, 3, 40))
    photo[..., 0][photo[..., 0] == 255] = 220  # a score of 0.86, the manifest wants 0.9
    assert finder.propose(photo) == ()


def test_faces_at_the_border_end_there(finder: Finder) -> None:
    photo = scene(320, 320, (9, 9, 100), (0, 9, 60), (9, 0, 60))
    assert [face.box for face in finder.propose(photo)] == [
        (0, 288, 60, 32),
        (288, 0, 32, 60),
        (288, 288, 32, 32),
    ]


def test_faces_under_the_least_side_are_left_out(finder: Finder) -> None:
    photo = scene(320, 320, (3, 3, 12))
    assert len(finder.propose(photo)) == 1
    assert finder.propose(photo, min_face=12.1) == ()
    assert len(finder.propose(scene(320, 320, (3, 3, 8)), min_face=8)) == 1
    large = scene(640, 640, (3, 3, 8), cell=64)  # 16 of its own pixels
    assert len(finder.propose(large, min_face=12)) == 1


def test_faces_come_from_left_to_right_then_from_top_to_bottom(finder: Finder) -> None:
    photo = scene(320, 320, (8, 2, 28), (1, 7, 28), (5, 2, 28), (2, 0, 28))
    corners = [face.box[:2] for face in finder.propose(photo)]
    assert corners == [(0, 64), (64, 160), (64, 256), (224, 32)]
    assert finder.propose(photo) == finder.propose(photo.copy())


def test_a_small_faint_face_is_seen_closer(finder: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A patch of a quarter of a cell is faintly red there, and all red at twice the scale."""
    photo = np.full((960, 640, 3), (20, 0, 3), np.uint8)
    side = round(640 / 320 * 3 / 2 * CELL / 2)  # half a cell, of photo pixels
    photo[384 : 384 + side, 192 : 192 + side] = (255, 0, 7)
    assert finder.propose(photo, tiles=False) == ()
    (face,) = finder.propose(photo, min_face=5)
    assert face.box == pytest.approx((192, 384, 42, 42), abs=0.2)  # 28 of the finer pixels
    monkeypatch.setattr("glassmask.faces.finder.MAX_TILES", 0)
    assert finder.propose(photo, min_face=5) == ()


def test_a_hundred_faces(finder: Finder) -> None:
    every = [(row, column, 28) for row in range(10) for column in range(10)]
    assert len(finder.propose(scene(320, 320, *every))) == 100


def test_no_faces(finder: Finder) -> None:
    assert finder.propose(scene(320, 200)) == ()


@pytest.mark.parametrize(
    "shape", [(1, 1), (8, 8), (10, 10_000), (10_000, 10), (4000, 5000), (1, 40_000)]
)
def test_any_shape_is_one_small_search_and_its_boxes_lie_inside(
    faces: Any, shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = Finder(faces.fixed(f"any-{shape[0]}-{shape[1]}", [(-9, -9, 9e9, 9e9)], shape))
    photo = np.zeros((*shape, 3), np.uint8)
    searched: list[tuple[int, ...]] = []
    run = finder._run

    def counted(inputs: dict[str, NDArray[np.uint8]]) -> Any:
        searched.append(inputs["photo"].shape)
        return run(inputs)

    monkeypatch.setattr(finder, "_run", counted)
    (face,) = finder.propose(photo, min_face=1)
    assert face.box == (0, 0, shape[1], shape[0])
    ((_, height, width, _),) = searched
    assert max(height, width) <= SIDE


def test_boxes_that_are_none_are_left_out(faces: Any) -> None:
    none = [(np.nan, 0, 5, 5), (0, 0, np.inf, 5), (0, 0, -5, 50), (500, 500, 20, 20)]
    finder = Finder(faces.fixed("none", none, (320, 320)))
    assert finder.propose(np.zeros((320, 320, 3), np.uint8)) == ()


def test_large_faces_are_found_in_the_photo_halved(faces: Any, tmp_path: Path) -> None:
    """A cell of 64 pixels is four cells here, and one in the photo halved."""
    card = json.loads(faces.patches.with_suffix(".json").read_text()) | {"largest": 50}
    shutil.copy(faces.patches, tmp_path / "x.onnx")
    (tmp_path / "x.json").write_text(json.dumps(card))
    halving = Finder(tmp_path / "x.onnx")
    quarters = [(x, y, 40, 40) for x in (64, 96) for y in (128, 160)]
    large = scene(320, 320, (2, 1, 40), cell=64)
    assert [face.box for face in Finder(faces.patches).propose(large)] == quarters
    assert (64, 128, 80, 80) in [face.box for face in halving.propose(large)]
    too_large = scene(320, 320, (2, 2, 60), (9, 9, 40))  # 60 at first; halved, it is no full cell
    assert [face.box[2] for face in halving.propose(too_large)] == [32]
    tiny = np.zeros((20, 20, 3), np.uint8)
    assert halving.propose(tiny) == ()


def test_candidates_say_how_they_lie(faces: Any) -> None:
    boxes = [(10.0 + 70 * turn, 20.0, 50.0, 50.0) for turn in range(4)]
    finder = Finder(faces.fixed("lying", boxes, (320, 320), (3, 0, 2, 1)))
    proposed = finder.propose(np.zeros((320, 320, 3), np.uint8))
    assert [face.turn for face in proposed] == [3, 0, 2, 1]


def test_a_face_lies_by_the_nearest_quarter_but_for_those_that_only_lean() -> None:
    degrees = np.arange(-179.5, 180)
    turns = quarter_turns(np.array([five_points(d) for d in degrees]))
    upright = np.abs(degrees) <= UPRIGHT
    assert (turns[upright] == 0).all()
    nearest = np.where(np.abs(degrees) > 135, 2, np.where(degrees > 0, 1, 3))
    np.testing.assert_array_equal(turns[~upright], nearest[~upright])


@pytest.mark.parametrize("view", [(0.1, 1.0), (1.0, 0.1)], ids=["profile", "bent"])
@pytest.mark.parametrize("turn", range(4))
def test_a_face_seen_from_aside_lies_as_one_seen_from_the_front(
    turn: int, view: tuple[float, float]
) -> None:
    """What the line of the eyes can't say in a profile, the line down to the mouth does."""
    flat = (five_points(0) - 50) * view
    points = flat
    for _ in range(turn):
        points = np.stack([-points[:, 1], points[:, 0]], axis=1)
    assert quarter_turns(points[None].astype(np.float32)).tolist() == [turn]


def test_points_that_say_nothing_are_of_an_upright_face() -> None:
    nothing = np.zeros((5, 5, 2), np.float32)
    nothing[1:] = five_points(90)
    nothing[1, 0, 0], nothing[2, 4, 1], nothing[3, 1, 0] = np.nan, np.inf, -np.inf
    nothing[4, [0, 1]] = np.inf
    assert quarter_turns(nothing).tolist() == [0] * 5
    assert quarter_turns(np.zeros((0, 5, 2), np.float32)).shape == (0,)
    nose = five_points(90)[None]
    nose[0, 2] = np.nan  # which is not asked
    assert quarter_turns(nose).tolist() == [1]


def test_a_missing_finder_is_told(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"gone\.onnx: the network can't be read"):
        Finder(tmp_path / "gone.onnx")


@pytest.mark.parametrize(
    "change", [{"side": 8}, {"largest": None}, {"largest": 0}, {"score": 2}, {"overlap": None}]
)
def test_a_broken_manifest_is_told(faces: Any, tmp_path: Path, change: dict[str, Any]) -> None:
    card = json.loads(faces.patches.with_suffix(".json").read_text()) | change
    shutil.copy(faces.patches, tmp_path / "x.onnx")
    (tmp_path / "x.json").write_text(json.dumps(card))
    with pytest.raises(NetworkError, match=r"x\.json: broken manifest"):
        Finder(tmp_path / "x.onnx")


def test_another_network_is_no_finder(faces: Any, tmp_path: Path) -> None:
    card = json.loads(faces.landmarks.with_suffix(".json").read_text())
    shutil.copy(faces.landmarks, tmp_path / "x.onnx")
    (tmp_path / "x.json").write_text(
        json.dumps(card | {"score": 0.5, "overlap": 0.5, "side": 64, "largest": 64, "reduction": 2})
    )
    with pytest.raises(NetworkError, match="can't load the finder landmarks 0"):
        Finder(tmp_path / "x.onnx")
