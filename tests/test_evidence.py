from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.evidence import Evidence, enlarge, place, region_shares, together
from glassmask.faces.crop import Square
from glassmask.faces.regions import REGIONS, mean_regions
from glassmask.labels import QUESTIONS


def test_maps_are_signed_by_their_answers() -> None:
    maps = np.array([[[1]], [[10]], [[100]], [[1000]]], np.float32)  # mask nose mouth chin
    zeros = np.zeros(4, np.float32)
    signs = np.array([1, 1, -1, 0], np.int8)  # yes, yes, no, can't see
    evidence = Evidence(maps, zeros, zeros.copy(), signs, Square(0, 0, 2), 2)
    assert [float(evidence.grid(q)[0, 0]) for q in QUESTIONS] == [1, 10, -100, 1000]
    assert float(evidence.grid()[0, 0]) == 1 + 10 - 100
    assert evidence.at_crop().shape == (2, 2)


@pytest.mark.parametrize("maps", [np.zeros((5, 2, 2)), np.zeros((4, 2))])
def test_other_shapes_are_refused(maps: NDArray[np.float64]) -> None:
    four, signs = np.zeros(4, np.float32), np.zeros(4, np.int8)
    with pytest.raises(ValueError, match=r"maps are \(4, h, w\)"):
        Evidence(maps.astype(np.float32), four, four, signs, Square(0, 0, 2), 2)
    with pytest.raises(ValueError, match=r"are \(4,\)"):
        Evidence(np.zeros((4, 2, 2), np.float32), four[:3], four, signs, Square(0, 0, 2), 2)


def test_enlarge_is_bilinear_with_half_pixel_centres() -> None:
    grid = np.array([[0.0, 4.0]], np.float32)
    np.testing.assert_allclose(enlarge(grid, 4)[0], [0, 1, 3, 4])


def test_shares_by_hand() -> None:
    regions = np.array([[0, 0], [2, 7]], np.uint8)
    shares = region_shares(np.array([[1.0, -5.0], [2.0, 1.0]], np.float32), regions)
    assert shares == {
        "forehead": 0.25, "eyes": 0, "nose": 0.5, "mouth": 0, "chin": 0, "cheeks": 0,
        "neck": 0, "background": 0.25,
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
    maps = np.zeros((4, 2, 2), np.float32)
    maps[1, 0] = value  # that the nose is uncovered, in the upper half
    zeros, signs = np.zeros(4, np.float32), np.array([1, 1, -1, -1], np.int8)
    return Evidence(maps, zeros, zeros.copy(), signs, square, 20)


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
