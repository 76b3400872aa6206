"""Pictures that say what the arrays say: in which order, where, and how bright."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.faces.crop import Square
from glassmask.lab.attribution import (
    Attribution,
    Evidence,
    Gradient,
    Method,
    attribute,
    make_method,
)
from glassmask.lab.attribution.framed_faces import FramedFace
from glassmask.lab.attribution.photo_sheet import draw_sheet
from glassmask.lab.attribution.pictures import Palette, Tile, colourise, make_row, overlay, sheet
from glassmask.lab.networks.classifier import Classifier


def test_grad_cam_is_photo_map_overlay_and_gradients_are_photo_overlay_map() -> None:
    photo = np.full((8, 8, 3), 90, np.uint8)
    values = np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8)
    for name, palette, order in (("grad-cam", "inferno", "mo"), ("gradient", "green", "om")):
        method = make_method(name)
        tiles = make_row(photo, values, method, None)
        assert tiles[0].caption == "photo"
        np.testing.assert_array_equal(tiles[0].picture, photo)
        pictures = {"m": colourise(values, palette), "o": overlay(photo, values, palette)}  # type: ignore[arg-type]
        for tile, kind in zip(tiles[1:], order, strict=True):
            np.testing.assert_array_equal(tile.picture, pictures[kind])
            assert tile.caption == (name if kind == "m" else f"{name} on the photo")
        chosen = make_row(photo, values, method, "inferno")[2 - order.index("o")]
        assert chosen.caption == name  # the order stays whatever the colours are


@pytest.mark.parametrize("ground", [0, 120, 255])
def test_a_little_green_is_more_than_none_on_any_photo(ground: int) -> None:
    """Greener than its ground, more and more; a dark green could not be told from no evidence."""
    photo = np.full((1, 65, 3), ground, np.uint8)
    ramp = np.linspace(0, 1, 65, dtype=np.float32)[None]
    picture = overlay(photo, ramp, "green").astype(int)[0]
    greener = picture[:, 1] - picture[:, 0]
    assert greener[0] == 0
    assert (np.diff(greener[:40]) >= 0).all()
    assert greener[4] > 10
    assert (picture[:, 1] >= picture[0, 1]).all()


def seen_at(square: Square, size: int) -> FramedFace:
    return FramedFace((square.x, square.y, square.side, square.side), square, _grey(size, size))


def _grey(height: int, width: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), 200, np.uint8)


def attribution_of(network: Classifier, maps: NDArray[np.float32], method: Method) -> Attribution:
    """Maps made by hand, as if a method had found them."""
    crops = np.zeros((*maps.shape, 3), np.uint8)
    return replace(attribute(network, crops, 0, method), maps=maps)


@pytest.mark.parametrize("palette", ["inferno", "green"])
def test_maps_lie_on_the_photo_where_the_faces_are(linear: Classifier, palette: Palette) -> None:
    """Two faces on a photo that is twice as wide as high; each map has one bright corner."""
    photo = _grey(200, 400)
    seen = [seen_at(Square(20, 40, 80), 16), seen_at(Square(260, 100, 40), 16)]
    maps = np.zeros((2, 16, 16), np.float32)
    maps[0, :8, :8], maps[1, 8:, 8:] = 5.0, 0.001  # each by its own scale
    found = attribution_of(linear, maps, Evidence())
    page = draw_sheet(photo, seen, [found], ("a", "b"), palette)
    side = 432  # of the photo in a sheet
    tile = page[6 : 6 + side // 2, 6 + side + 6 : 6 + side + 6 + side].astype(int)
    plain = np.median(tile.reshape(-1, 3), axis=0)
    changed = np.abs(tile - plain).max(axis=2) > 15
    scale = side / 400
    expected = np.zeros_like(changed)
    for left, top, right, bottom in ((20, 40, 60, 80), (280, 120, 300, 140)):
        rows, columns = (
            slice(round(top * scale), round(bottom * scale)),
            slice(round(left * scale), round(right * scale)),
        )
        expected[rows, columns] = True
    overlap = (changed & expected).sum() / (changed | expected).sum()
    assert overlap > 0.75


def test_pixel_maps_of_small_faces_do_not_drown(linear: Classifier) -> None:
    """A face of a hundredth of the photo is as dark on it as alone."""
    rng = np.random.default_rng(0)
    maps = rng.random((1, 64, 64)).astype(np.float32) ** 8
    found = attribution_of(linear, maps, Gradient())
    page = draw_sheet(_grey(400, 400), [seen_at(Square(100, 100, 40), 64)], [found], ("a", "b"))
    tile = page[6:438, 444:876].astype(int)
    spot = tile[112:147, 112:147]
    alone = overlay(_grey(64, 64), maps[0], "green").astype(int)
    greener, wanted = (p[..., 1] - p[..., 0] for p in (spot, alone))
    assert greener.mean() == pytest.approx(wanted.mean(), rel=0.4)
    assert greener.max() < 250  # not one solid square


def test_a_sheet_may_show_some_faces_and_no_photo(linear: Classifier) -> None:
    maps = np.ones((3, 16, 16), np.float32)
    seen = [seen_at(Square(10 * k, 0, 10), 16) for k in range(3)]
    found = attribution_of(linear, maps, Evidence())
    heights = [
        draw_sheet(_grey(60, 60), seen, [found], ("a", "b"), on_photo=on_photo, rows=shown).shape[0]
        for on_photo, shown in ((True, None), (True, range(2, 3)), (False, range(2, 3)))
    ]
    row = 288 + 22 + 6
    assert heights[0] - heights[1] == 2 * row
    assert heights[2] == row + 6
    assert sheet([[Tile(_grey(4, 8), "x" * 99)]]).shape == (6 + 144 + 22 + 6, 288 + 12, 3)
