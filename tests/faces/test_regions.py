from __future__ import annotations

import numpy as np
import pytest

from glassmask.faces.crop import Square
from glassmask.faces.points import MESH_INDICES, FacePoints
from glassmask.faces.regions import (
    REGIONS,
    face_regions,
    mean_points,
    mean_regions,
    outline_outside,
)
from glassmask.labels import Part
from glassmask.painter import demo_portrait


@pytest.mark.parametrize("size", [32, 160, 224])
def test_every_pixel_has_one_of_the_regions_and_all_occur(size: int) -> None:
    regions = mean_regions(size)
    assert regions.shape == (size, size)
    assert set(np.unique(regions)) == set(range(len(REGIONS)))


def test_regions_lie_in_the_order_of_a_face() -> None:
    regions = mean_regions(160)
    middle = [
        np.argwhere(regions == REGIONS.index(name))[:, 0].mean()
        for name in ("forehead", "eyes", "nose", "mouth", "chin", "neck")
    ]
    assert middle == sorted(middle)
    assert regions[0, 0] == REGIONS.index("background")


def test_regions_are_about_alike_left_and_right() -> None:
    regions = mean_regions(160)
    assert (regions == regions[:, ::-1]).mean() > 0.9


def test_regions_can_not_be_changed_by_accident() -> None:
    with pytest.raises(ValueError, match="read-only"):
        mean_regions(32)[0, 0] = 1


def test_regions_of_a_face_are_where_its_landmarks_are() -> None:
    _, points = demo_portrait()
    square = Square(20, 10, 180)
    regions = face_regions(points, square, 160)
    assert set(np.unique(regions)) == set(range(len(REGIONS)))
    for region, part in (("nose", "nostrils"), ("mouth", "lips"), ("eyes", "left_eye")):
        x, y = square.to_crop(points.part(part).mean(axis=0), 160).astype(int)
        assert REGIONS[regions[y, x]] == region
    x, y = square.to_crop(points.part("chin")[2], 160).astype(int)
    assert REGIONS[regions[y, x]] == "chin"
    around = [REGIONS.index("neck"), REGIONS.index("background")]
    inside = np.argwhere(~np.isin(regions, around))[:, ::-1]
    outline = square.to_crop(points.part("outline"), 160)
    np.testing.assert_allclose(inside.min(axis=0), outline.min(axis=0), atol=2)
    np.testing.assert_allclose(inside.max(axis=0), outline.max(axis=0), atol=2)


def test_regions_follow_the_square() -> None:
    _, points = demo_portrait()
    regions = face_regions(points, Square(0, 0, 200), 200)
    moved = face_regions(points.moved(40, -25), Square(40, -25, 200), 200)
    np.testing.assert_array_equal(regions, moved)
    other = face_regions(points, Square(-50, -30, 200), 200)
    assert (other[30:, 50:] != regions[:-30, :-50]).mean() < 1e-3  # but for rounding


def test_a_turned_head_has_its_regions_too() -> None:
    _, points = demo_portrait()
    upside_down = FacePoints(np.array([210.0, 220.0]) - points.xy)
    turned = face_regions(upside_down, Square(0, 0, 220), 110)
    assert np.argwhere(turned == REGIONS.index("chin")).mean(axis=0)[0] < 50
    narrow = FacePoints((points.xy - [105, 0]) * [0.15, 1] + [105, 0])  # as in a profile
    assert set(np.unique(face_regions(narrow, Square(0, 0, 220), 160))) == set(range(len(REGIONS)))


def test_wild_points_give_regions_and_no_error() -> None:
    rng = np.random.default_rng(0)
    for scale in (1.0, 1e3, 1e9, 1e30):
        regions = face_regions(FacePoints(rng.normal(size=(109, 2)) * scale), Square(0, 0, 9), 32)
        assert regions.shape == (32, 32)
    beside = face_regions(mean_points((900, 900, 50, 60)), Square(0, 0, 100), 32)
    assert (beside == REGIONS.index("background")).all()


def test_the_average_face_fills_its_box() -> None:
    points = mean_points((10, 20, 80, 100)).xy
    np.testing.assert_allclose(points.min(axis=0), (10, 20 + 9.5))
    np.testing.assert_allclose(points.max(axis=0), (90, 120))


def test_the_neck_lies_below_the_jaw_and_no_further_than_a_collar() -> None:
    _, points = demo_portrait()
    regions = face_regions(points, Square(0, 0, 220), 220)
    neck = np.argwhere(regions == REGIONS.index("neck"))[:, ::-1]
    outline = points.part("outline")
    left, right = outline[:, 0].min(), outline[:, 0].max()
    assert left < neck[:, 0].min() < neck[:, 0].max() < right
    jaw, length = points.xy[_place(397)][1], np.ptp(outline[:, 1])
    assert neck[:, 1].max() == pytest.approx(jaw + length / 2, abs=8)


def test_what_of_a_part_lies_outside_the_photo() -> None:
    points = mean_points((100, 100, 100, 120))
    assert [outline_outside(points, part, 400, 400) for part in Part] == [0, 0, 0]
    nose, mouth, chin = (outline_outside(points, part, 400, 185) for part in Part)
    assert (nose, chin) == (0, 1)
    assert 0 < mouth < 1
    assert outline_outside(points.moved(-150, 0), Part.NOSE, 400, 400) > 0.3
    assert outline_outside(points.moved(-300, 0), Part.NOSE, 400, 400) == 1


def _place(index: int) -> int:
    return MESH_INDICES.index(index)
