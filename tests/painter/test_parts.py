"""The painter's parts, by hand-made numbers."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from glassmask.painter import demo_portrait, draw_look, draw_wearing
from glassmask.painter.camera import Camera, read_camera
from glassmask.painter.frame import Frame
from glassmask.painter.glasses import frame_of_glasses
from glassmask.painter.kinds import KINDS
from glassmask.painter.light import Light, read_light
from glassmask.painter.regions import Region, grown, part_outline
from glassmask.painter.sheet import Window, coverage, fill, window_around
from glassmask.painter.wearing import WAYS, Wearing

WHOLE = Window(0, 0, 210, 220)


def test_coverage_counts_parts_of_pixels() -> None:
    square = np.array([[2.5, 1.0], [5.0, 1.0], [5.0, 3.25], [2.5, 3.25]])
    cover = coverage(Window(0, 0, 8, 6), square)
    assert cover[1, 3] == 1
    assert cover[1, 2] == pytest.approx(0.5, abs=0.13)
    assert 0.2 <= cover[3, 4] <= 0.55  # OpenCV counts the border as inside
    # An eighth of a pixel on each side at most.
    assert 2.5 * 2.25 <= float(cover.sum()) <= 2.75 * 2.5
    shifted = coverage(Window(2, 1, 8, 6), square)
    np.testing.assert_array_equal(shifted, cover[1:, 2:])
    assert not coverage(Window(0, 0, 8, 6), square + 100).any()


def test_fill_takes_the_pixels_whose_centres_are_inside() -> None:
    canvas = np.zeros((6, 8), np.uint8)
    fill(canvas, np.array([[1.6, 1.4], [5.6, 1.4], [5.6, 3.6], [1.6, 3.6]]), 7)
    inside = np.zeros((6, 8), bool)
    inside[1:4, 2:6] = True  # centres 1.5 … 3.5 down and 2.5 … 5.5 across, borders included
    assert (canvas[inside] == 7).all()
    assert canvas[5, 7] == 0


def test_windows_keep_to_blocks_of_eight() -> None:
    window = window_around(np.array([[30.0, 41.0], [61.0, 70.0]]), 3, (100, 90))
    assert window == Window(24, 32, 64, 80)
    assert window_around(np.array([[300.0, 41.0]]), 3, (100, 90)) is None


@pytest.mark.parametrize("way", WAYS)
def test_wearings_lie_where_their_way_says(way: str) -> None:
    limits = {
        "correct": (2.2, 3.5, 7.8, 8.7),
        "nose": (4.5, 5.8, 8.0, 9.0),
        "chin": (2.0, 3.1, 7.0, 7.5),
        "nose_and_mouth": (7.0, 9.0, 8.0, 10.6),
        "elsewhere": (-0.6, 1.0, 0.0, 4.1),
    }[way]
    for seed in range(100):
        worn = draw_wearing(way, np.random.default_rng(seed))
        assert limits[0] <= worn.top <= limits[1]
        assert limits[2] <= worn.bottom <= limits[3]


def test_wrong_wearings() -> None:
    with pytest.raises(ValueError, match="no way 'ear' of wearing"):
        draw_wearing("ear", np.random.default_rng(0))
    with pytest.raises(ValueError, match="no way 'ear' of wearing"):
        Wearing("ear", 1, 2, 1, 2)
    with pytest.raises(ValueError, match="upper edge lies above"):
        Wearing("nose", 5, 4, 1, 2)


def test_looks_are_of_all_kinds_and_the_template_is_one() -> None:
    rng = np.random.default_rng(0)
    looks = [draw_look(rng) for _ in range(400)]
    assert {look.kind for look in looks} == set(KINDS)
    assert len({look.colour for look in looks}) > 300
    plain = [draw_look(rng, "maskedfacenet") for _ in range(50)]
    assert {(look.kind, look.colour) for look in plain} == {("surgical", (0.62, 0.78, 0.90))}
    with pytest.raises(ValueError, match="no style 'oil'"):
        draw_look(rng, "oil")


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


def test_glasses_are_found_by_their_bridge() -> None:
    photo, points = demo_portrait()
    frame = Frame.of(points)
    assert frame_of_glasses(photo, frame, WHOLE) is None
    worn = photo.copy()
    middle = points.part("bridge")[0]
    for eye in ("left_eye", "right_eye"):
        at = np.round(points.part(eye).mean(axis=0)).astype(int)
        cv2.circle(worn, at.tolist(), 17, (20, 20, 20), 2)
    y = round(middle[1]) + 4
    cv2.line(worn, (round(middle[0]) - 12, y), (round(middle[0]) + 12, y), (20, 20, 20), 2)
    found = frame_of_glasses(worn, frame, WHOLE)
    assert found is not None
    assert found[y, round(middle[0])] > 0.8


def test_parts_of_the_face() -> None:
    _, points = demo_portrait()
    frame = Frame.of(points)
    heights = {
        part: part_outline(frame, part)[:, 1].mean()
        for part in (Region.NOSE, Region.MOUTH, Region.CHIN)
    }
    assert heights[Region.NOSE] < heights[Region.MOUTH] < heights[Region.CHIN]
    with pytest.raises(ValueError, match="SKIN"):
        part_outline(frame, Region.SKIN)


def test_grown_outlines_hold_what_they_were() -> None:
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    larger = grown(square, 2)
    assert larger.min() == pytest.approx(-2, abs=0.1)
    assert larger.max() == pytest.approx(12, abs=0.1)
