from __future__ import annotations

import numpy as np

from glassmask.painter import demo_portrait
from glassmask.painter.frame import Frame
from glassmask.painter.light import Light, read_light
from glassmask.painter.sheet import Window

WHOLE = Window(0, 0, 210, 220)


def test_flat_cloth_under_even_light_has_its_own_colour() -> None:
    light = Light(np.array([200, 200, 200], np.float32), np.ones((9, 9), np.float32), (0.0, -0.3))
    albedo = np.full((9, 9, 3), 0.5, np.float32)
    lit = light.on(albedo, np.zeros((9, 9), np.float32), 100)
    np.testing.assert_allclose(lit, 100, rtol=1e-5)
    slope = np.tile(np.linspace(0, 1, 9, dtype=np.float32)[:, None] * 0.1, (1, 9))
    towards_light = light.on(albedo, slope, 100)[4, 4, 0]  # faces upwards, to the light
    away = light.on(albedo, -slope, 100)[4, 4, 0]
    assert away < towards_light


def test_light_from_one_side_is_read_from_that_side() -> None:
    photo, points = demo_portrait()
    ramp = np.linspace(0.4, 1.3, photo.shape[1])[None, :, None]
    lit = np.clip(photo * ramp, 0, 255).astype(np.uint8)
    frame = Frame.of(points)
    from_right, from_left = (
        read_light(p, frame, WHOLE).towards[0]
        for p in (lit, np.clip(photo * ramp[:, ::-1], 0, 255).astype(np.uint8))
    )
    assert from_right > from_left + 0.15
    gain = read_light(lit, frame, WHOLE).gain
    assert gain[110, 140] > 1.1 * gain[110, 65]
