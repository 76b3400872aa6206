from __future__ import annotations

import cv2
import numpy as np
import pytest

from glassmask.painter import demo_portrait
from glassmask.painter.camera import Camera, read_camera


@pytest.mark.parametrize("sigma", [0.8, 1.5, 2.5])
def test_blur_is_read_from_edges(sigma: float) -> None:
    steps = np.kron(np.indices((6, 6)).sum(axis=0) % 2 * 160 + 40, np.ones((24, 24)))
    photo = np.repeat(steps[..., None], 3, axis=2).astype(np.uint8)
    blurred = cv2.GaussianBlur(photo, (0, 0), sigma)
    assert read_camera(np.asarray(blurred, np.uint8)).blur == pytest.approx(sigma, rel=0.35)


@pytest.mark.parametrize("sigma", [2.0, 6.0])
def test_noise_is_read(sigma: float) -> None:
    noise = np.random.default_rng(0).normal(0, sigma, (120, 120, 1))
    photo = np.clip(120 + np.repeat(noise, 3, axis=2), 0, 255).astype(np.uint8)
    assert read_camera(photo).noise == pytest.approx(sigma, rel=0.2)


def test_compression_is_read_from_block_edges() -> None:
    photo, _ = demo_portrait()
    packed = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 12])[1]
    coarse = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    assert read_camera(photo).quality is None
    strong = read_camera(coarse).quality
    assert strong is not None
    assert strong < 80


def test_a_camera_leaves_an_even_scene_even() -> None:
    camera = Camera(blur=1, noise=0, quality=None, tint=None)
    scene = np.full((13, 17, 3), 99.6, np.float32)
    new = np.ones((13, 17), np.float32)
    shown = camera.develop(scene, new, (3, 5), np.random.default_rng(0))
    assert (shown == 100).all()
    jpeg = Camera(blur=1, noise=0, quality=60, tint=None)
    shown = jpeg.develop(scene, new, (3, 5), np.random.default_rng(0))
    assert shown.shape == (13, 17, 3)
    assert np.abs(shown.astype(int) - 100).max() <= 3
