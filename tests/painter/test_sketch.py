from __future__ import annotations

import numpy as np

from glassmask.painter.canvas import Canvas
from glassmask.painter.sketch import Sketch


def test_pieces_lie_over_each_other_in_order(canvas: Canvas) -> None:
    c, s = canvas, Sketch(canvas)
    left, right = (np.asarray(c.x < 0.2, np.float32), np.asarray(c.x > -0.2, np.float32))
    s.lay(left, np.array([1, 0, 0]), contact=0)
    s.lay(right, np.array([0, 0, 1]), contact=0)
    thing = s.thing(shadow=0.3)
    np.testing.assert_array_equal(thing.cover, 1)
    np.testing.assert_array_equal(thing.albedo[c.x > -0.2], [[0, 0, 1]] * int((c.x > -0.2).sum()))
    np.testing.assert_array_equal(thing.albedo[c.x < -0.3], [[1, 0, 0]] * int((c.x < -0.3).sum()))


def test_half_a_piece_lets_half_of_what_is_below_through(canvas: Canvas) -> None:
    c, s = canvas, Sketch(canvas)
    s.lay(np.ones_like(c.x), np.array([1.0, 0, 0]), contact=0)
    s.lay(np.full_like(c.x, 0.5), np.array([0, 0, 1.0]), contact=0)
    np.testing.assert_allclose(s.thing(0).albedo[5, 5], [0.5, 0, 0.5], atol=1e-6)
    clear = Sketch(c)
    clear.lay(np.full_like(c.x, 0.5), np.array([0, 0, 1.0]))
    np.testing.assert_allclose(clear.thing(0).cover, 0.5)
    np.testing.assert_allclose(clear.thing(0).albedo[5, 5], [0, 0, 1], atol=1e-6)


def test_a_piece_darkens_what_it_lies_on_but_not_what_it_does_not(canvas: Canvas) -> None:
    c, s = canvas, Sketch(canvas)
    s.lay(np.ones_like(c.x), np.ones(3))
    s.lay(np.asarray(np.abs(c.x) < 0.1, np.float32), np.zeros(3), contact=0.5, lift=0.05)
    albedo = s.thing(0).albedo
    assert albedo[np.abs(c.x - 0.115) < 0.01].mean() < 0.95
    np.testing.assert_allclose(albedo[np.abs(c.x) > 0.5], 1, atol=1e-3)


def test_the_edge_of_a_piece_is_no_darker_than_the_piece(canvas: Canvas) -> None:
    """The camera's blur mixes what lies just outside into the edge."""
    c, s = canvas, Sketch(canvas)
    s.lay(np.asarray(np.abs(c.x) < 0.2, np.float32), np.full(3, 0.9))
    beside = (np.abs(c.x) > 0.2) & (np.abs(c.x) < 0.23)
    np.testing.assert_allclose(s.thing(0).albedo[beside], 0.9, atol=0.01)
