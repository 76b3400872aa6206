from __future__ import annotations

import numpy as np
import pytest

from glassmask.evidence import Evidence, contrast, enlarge, place, region_shares, rival_of, together
from glassmask.faces.crop import Square
from glassmask.faces.regions import REGIONS, mean_regions


def test_the_rival_is_of_another_wear() -> None:
    logits = np.array([1.0, 2.0, 5.0, 4.0, 3.0])  # none correct nose chin nose_and_mouth
    assert rival_of(logits, "nose") == "correct"
    assert rival_of(logits, "correct") == "nose"
    assert rival_of(logits, "none") == "nose"


def test_contrast_is_a_difference_of_maps() -> None:
    maps = np.arange(5 * 4, dtype=np.float32).reshape(5, 2, 2)
    np.testing.assert_array_equal(contrast(maps, "nose", "none"), np.full((2, 2), 8.0))


def test_enlarge_is_bilinear_with_half_pixel_centres() -> None:
    grid = np.array([[0.0, 4.0]], np.float32)
    np.testing.assert_allclose(enlarge(grid, 4)[0], [0, 1, 3, 4])


def test_shares_by_hand() -> None:
    regions = np.array([[0, 0], [2, 6]], np.uint8)
    shares = region_shares(np.array([[1.0, -5.0], [2.0, 1.0]], np.float32), regions)
    assert shares == {
        "forehead": 0.25, "eyes": 0, "nose": 0.5, "mouth": 0, "chin": 0, "cheeks": 0,
        "outside": 0.25,
    }  # fmt: skip


def test_shares_sum_to_one_or_are_all_zero() -> None:
    regions = mean_regions(160)
    noise = np.random.default_rng(0).normal(size=(160, 160)).astype(np.float32)
    assert sum(region_shares(noise, regions).values()) == pytest.approx(1)
    assert set(region_shares(-np.abs(noise), regions).values()) == {0.0}
    assert tuple(region_shares(noise, regions)) == REGIONS


def test_a_map_is_placed_where_its_square_is() -> None:
    """A photo that is not square: height and width must not be swapped, nor anything shifted."""
    spot = np.zeros((40, 40), np.float32)
    spot[10:20, 30:40] = 1
    placed = place(spot, Square(20, -10, 80), 60, 120)
    assert placed.shape == (60, 120)
    rows, columns = np.nonzero(placed > 0.5)
    assert (rows.min(), rows.max() + 1) == (10, 30)  # -10 + 80 * [10, 20] / 40
    assert (columns.min(), columns.max() + 1) == (80, 100)  # 20 + 80 * [30, 40] / 40


def test_a_map_beside_the_photo_leaves_it_empty() -> None:
    assert not place(np.ones((8, 8), np.float32), Square(100, 0, 20), 30, 50).any()


def test_a_constant_map_stays_constant_inside_its_square() -> None:
    placed = place(np.full((16, 16), 3.0, np.float32), Square(2.5, 3.5, 20), 40, 40)
    assert set(np.unique(placed)) == {0.0, 3.0}


def evidence_of(value: float, square: Square) -> Evidence:
    maps = np.zeros((5, 2, 2), np.float32)
    maps[2, 0] = value  # for `nose`, in the upper half
    zeros = np.zeros(5, np.float32)
    return Evidence(maps, zeros, zeros.copy(), "nose", "none", {}, square, 20)


def test_the_evidence_of_several_faces_each_by_its_own_scale() -> None:
    left, right = Square(0, 0, 40), Square(60, 10, 20)
    warmth = together([evidence_of(0.1, left), evidence_of(50, right)], 50, 100)
    assert warmth.shape == (50, 100)
    assert warmth[:9, :40].min() == warmth[10:14, 60:80].min() == pytest.approx(1)
    assert not warmth[:, 41:60].any()
    assert not warmth[36:, :40].any()
    for value in (0.0, -3.0):
        assert not together([evidence_of(value, left)], 50, 100).any()
    assert not together([], 5, 5).any()


def test_where_squares_overlap_the_larger_value_is_shown() -> None:
    both = [evidence_of(1, Square(0, 0, 40)), evidence_of(1, Square(20, 0, 40))]
    one, other = (together([evidence], 40, 60) for evidence in both)
    np.testing.assert_array_equal(together(both, 40, 60), np.maximum(one, other))
