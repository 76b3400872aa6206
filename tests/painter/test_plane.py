from __future__ import annotations

import numpy as np
import pytest

from glassmask.painter.canvas import Canvas
from glassmask.painter.plane import Print, lay_plane


@pytest.mark.parametrize("turn", [0.0, 0.4, np.pi / 2])
@pytest.mark.parametrize("tilt", [(0.0, 0.0), (0.15, -0.1)])
@pytest.mark.parametrize("curl", [0.0, 0.06])
def test_a_place_on_a_plane_lies_where_its_pixel_says(
    canvas: Canvas, turn: float, tilt: tuple[float, float], curl: float
) -> None:
    c = canvas
    plane = lay_plane(c, (0.05, 0.1), (0.8, 0.5), turn=turn, tilt=tilt, curl=curl)
    for u, v in ((0, 0), (-0.8, 0.5), (0.7, -0.9), (1, 1)):
        x, y = plane.place(u, v)
        row, column = np.unravel_index(np.argmin((c.x - x) ** 2 + (c.y - y) ** 2), c.x.shape)
        assert plane.u[row, column] == pytest.approx(u, abs=0.06)
        assert plane.v[row, column] == pytest.approx(v, abs=0.06)


def test_a_plane_is_as_large_as_asked(canvas: Canvas) -> None:
    c = canvas
    plane = lay_plane(c, (0.0, 0.0), (0.8, 0.5))
    area = (plane.far < 0).sum() * c.soft**2
    assert area == pytest.approx(0.4, rel=0.03)


def test_what_is_printed_lies_on_the_plane_the_right_way_up(canvas: Canvas) -> None:
    c = canvas
    plane = lay_plane(c, (0.0, 0.0), (0.8, 0.5))
    sheet = Print(c, (0.8, 0.5), np.ones(3))
    sheet.box(0.0, 0.0, 0.5, 0.5, np.array([1.0, 0.0, 0.0]))
    shown = sheet.on(plane)
    inside = plane.far < 0
    np.testing.assert_allclose(shown[inside & (plane.u < -0.1) & (plane.v < -0.1)][:, 1], 0)
    np.testing.assert_allclose(shown[inside & (plane.u > 0.1)], 1)


def test_writing_leaves_ink_and_keeps_to_its_line(canvas: Canvas) -> None:
    c = canvas
    sheet = Print(c, (0.8, 0.5), np.ones(3))
    sheet.write(0.1, 0.4, 0.9, 0.06, np.zeros(3), np.random.default_rng(1))
    rows = np.flatnonzero((sheet.pixels < 128).any(axis=(1, 2))) / len(sheet.pixels)
    assert len(rows)
    assert rows.min() > 0.3
    assert rows.max() < 0.7
