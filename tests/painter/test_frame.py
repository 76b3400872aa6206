from __future__ import annotations

import numpy as np
import pytest

from glassmask.faces.points import FacePoints
from glassmask.painter import demo_portrait
from glassmask.painter.frame import LEVELS, Frame


def turned(points: FacePoints, degrees: float) -> FacePoints:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = points.xy.mean(axis=0)
    return FacePoints((points.xy - middle) @ turn.T + middle)


def test_levels_go_down_the_face() -> None:
    frame = Frame.of(demo_portrait()[1])
    assert len(LEVELS) == len(frame.heights)
    assert (np.diff(frame.heights) > 0).all()
    assert frame.height(LEVELS.index("bridge")) == pytest.approx(0, abs=1e-9)
    assert frame.height(4.5) == pytest.approx((frame.height(4) + frame.height(5)) / 2)
    assert frame.height(-1) < frame.height(0)
    assert frame.height(10) > frame.height(9)


@pytest.mark.parametrize("degrees", [-30, 15, 80, 180])
def test_a_turned_face_has_the_same_frame(degrees: float) -> None:
    _, points = demo_portrait()
    upright, frame = Frame.of(points), Frame.of(turned(points, degrees))
    np.testing.assert_allclose(frame.heights, upright.heights, atol=1e-6)
    np.testing.assert_allclose(frame.outline, upright.outline, atol=1e-6)
    assert frame.width == pytest.approx(upright.width)


def test_there_and_back() -> None:
    _, points = demo_portrait()
    frame = Frame.of(turned(points, 25))
    np.testing.assert_allclose(frame.to_photo(frame.upright(points.xy)), points.xy, atol=1e-9)


def test_the_sides_are_the_silhouette() -> None:
    frame = Frame.of(demo_portrait()[1])
    left, right = frame.side(right=False), frame.side(right=True)
    assert (left[:-1, 0] < right[:-1, 0]).all()
    assert (np.diff(left[:, 1]) > 0).all()


def test_no_face() -> None:
    with pytest.raises(ValueError, match="at one place"):
        Frame.of(FacePoints(np.zeros((109, 2))))
    _, points = demo_portrait()
    with pytest.raises(ValueError, match="too small"):
        Frame.of(FacePoints(points.xy * 0.01))


def test_a_face_folded_together_keeps_its_levels_in_order() -> None:
    _, points = demo_portrait()
    flat = points.xy.copy()
    flat[:, 1] = flat[:, 1].mean() + 0.08 * (flat[:, 1] - flat[:, 1].mean())
    flat[len(flat) - 4 :, 1] -= 5  # the chin above the lips
    assert (np.diff(Frame.of(FacePoints(flat)).heights) > 0).all()
