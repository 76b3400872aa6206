"""Where to look closer."""

from __future__ import annotations

import numpy as np
import pytest

from glassmask.faces.tiles import SHARED, TILE, Tile, choose_tiles, finer_scales

LARGE = (4000, 6000)
SCALE = 0.5
EVERYWHERE = np.stack(np.meshgrid(np.arange(6000), np.arange(4000, step=50)), -1).reshape(-1, 2)


def every_tile() -> list[Tile]:
    centres = EVERYWHERE.astype(np.float64)
    return choose_tiles(LARGE, SCALE, centres, np.ones(len(centres)), 10_000)


def test_scales_double_up_to_the_most() -> None:
    assert list(finer_scales(0.1, 0.8)) == pytest.approx([0.2, 0.4, 0.8])
    assert list(finer_scales(0.1, 0.3)) == pytest.approx([0.2, 0.3])
    assert list(finer_scales(0.25, 0.3)) == []  # hardly finer
    assert list(finer_scales(2.0, 2.0)) == []


def test_tiles_cover_the_photo_and_share_enough() -> None:
    tiles = every_tile()
    seen = np.zeros(LARGE, bool)
    for tile in tiles:
        assert (tile.width * SCALE, tile.height * SCALE) == (TILE, TILE)
        tile.of(seen)[:] = True
    assert seen.all()
    for starts in ({t.left for t in tiles}, {t.top for t in tiles}):
        steps = np.diff(sorted(starts))
        assert (steps * SCALE <= TILE - SHARED).all()


def test_only_where_candidates_lie_and_the_surest_first() -> None:
    centres = np.array([[100.0, 100.0], [5900.0, 3900.0]])
    first, second = choose_tiles(LARGE, SCALE, centres, np.array([0.2, 0.3]), 10)
    assert (first.left + first.width, first.top + first.height) == (6000, 4000)
    assert (second.left, second.top) == (0, 0)
    assert choose_tiles(LARGE, SCALE, centres, np.array([0.2, 0.3]), 1) == [first]
    assert choose_tiles(LARGE, SCALE, np.zeros((0, 2)), np.zeros(0), 10) == []


def test_a_small_photo_is_one_tile() -> None:
    (tile,) = choose_tiles((300, 200), 2.0, np.array([[5.0, 5.0]]), np.ones(1), 10)
    assert tile == Tile(0, 0, 200, 300)


def test_what_an_inner_edge_cuts() -> None:
    """An edge of the photo cuts nothing: there a face ends anyhow."""
    tile = Tile(0, 100, 200, 200)
    boxes = np.array(
        [
            [0.0, 120, 50, 50],  # at the photo's left
            [10.0, 100, 50, 50],  # at the tile's top
            [160.0, 120, 40, 50],  # at its right
            [20.0, 260, 40, 40],  # at its bottom
            [20.0, 120, 40, 40],
        ]
    )
    assert tile.cuts(boxes, (1000, 1000)).tolist() == [False, True, True, True, False]
    assert tile.cuts(boxes, (300, 200)).tolist() == [False, True, False, False, False]
