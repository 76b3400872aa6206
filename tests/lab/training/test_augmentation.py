from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from glassmask.lab.training.augmentation import random_view, random_view_with_marks
from glassmask.lab.training.placement import FACE_ROWS, FRAMING, Placement

PHOTO = np.random.default_rng(0).integers(0, 256, (240, 200, 3), dtype=np.uint8)
BOX = (60.0, 70.0, 80.0, 110.0)


def upright(seed: int) -> Placement:
    """A placement that neither mirrors nor turns: white boxes of padding would be marks, too."""
    drawn = Placement.draw(np.random.default_rng(seed))
    padding = None if drawn.padding is None else (0, 0, 0)
    return replace(drawn, mirrored=False, degrees=0.0, padding=padding)


def test_marks_are_placed_as_their_photo_is() -> None:
    """A white face on black: where the view is bright its mark lies; four marks at once."""
    x, y, w, h = (round(value) for value in BOX)
    mask = np.zeros(PHOTO.shape[:2], np.bool_)
    mask[y : y + h, x : x + w] = True
    photo = np.repeat(mask[..., None].astype(np.uint8) * 255, 3, axis=2)
    marks = np.stack([mask, np.zeros_like(mask), np.zeros_like(mask), mask], axis=-1)
    for seed in range(40):
        rng, again = (np.random.default_rng(seed) for _ in range(2))
        view, placed = random_view_with_marks(photo, marks, BOX, 96, rng, far_rate=0.5)
        np.testing.assert_array_equal(view, random_view(photo, BOX, 96, again, far_rate=0.5))
        whole, _ = Placement.draw(np.random.default_rng(seed), 0.5).apply(
            photo, BOX, 96, padding=(0, 0, 0)
        )
        assert placed.shape == (96, 96, 4)
        for place in (0, 3):
            np.testing.assert_array_equal(placed[..., place], whole[..., 0] > 127)
        assert not placed[..., 1:3].any()


def test_a_view_depends_on_its_chance_alone() -> None:
    views = [random_view(PHOTO, BOX, 96, np.random.default_rng(7)) for _ in range(2)]
    np.testing.assert_array_equal(views[0], views[1])
    other = random_view(PHOTO, BOX, 96, np.random.default_rng(8))
    assert (views[0] != other).any()


def test_views_are_crops() -> None:
    for seed in range(60):
        view = random_view(PHOTO, BOX, 64, np.random.default_rng(seed))
        assert view.shape == (64, 64, 3)
        assert view.dtype == np.uint8


@pytest.mark.parametrize("box", [BOX, (5.0, -20.0, 190.0, 270.0), (150.0, 180.0, 40.0, 55.0)])
def test_no_framing_cuts_off_nose_mouth_or_chin(box: tuple[float, float, float, float]) -> None:
    """Nose, mouth and chin as marks in the photo must all come through, whatever the framing."""
    x, y, w, h = box
    photo = np.zeros((240, 200, 3), np.uint8)
    for channel, (low, high) in enumerate([(0.50, 0.62), (0.66, 0.80), (0.84, 0.95)]):
        rows = slice(max(0, round(y + low * h)), max(1, round(y + high * h)))
        photo[rows, max(0, round(x + 0.3 * w)) : round(x + 0.7 * w), channel] = 255
    present = photo.reshape(-1, 3).max(axis=0) > 0
    for seed in range(300):
        view = upright(seed).apply(photo, box, 96)[0].reshape(-1, 3)
        assert ((view.max(axis=0) > 100) == present).all(), seed


def test_framings_span_the_whole_range() -> None:
    shares = np.array([upright(seed).apply(PHOTO, BOX, 96)[1] / 96 for seed in range(500)])
    assert shares.min() < FRAMING[0] * 1.6
    assert shares.max() > 0.98


def test_a_mask_below_the_chin_stays_when_it_makes_the_label() -> None:
    x, y, w, h = BOX
    photo = np.zeros((240, 200, 3), np.uint8)
    photo[round(y + 1.04 * h) : round(y + 1.10 * h), round(x) : round(x + w)] = 255
    kept = {FACE_ROWS: 0, (0.18, 1.12): 0}
    for rows in kept:
        for seed in range(200):
            kept[rows] += int(upright(seed).apply(photo, BOX, 96, rows)[0].max() > 100)
    assert kept[(0.18, 1.12)] == 200
    assert 0 < kept[FACE_ROWS] < 200  # else the test would show nothing


@pytest.mark.parametrize("box", [BOX, (70.0, 60.0, 110.0, 175.0), (2.0, 100.0, 90.0, 138.0)])
def test_a_face_that_is_turned_far_keeps_nose_mouth_and_chin(
    box: tuple[float, float, float, float],
) -> None:
    x, y, w, h = box
    photo = np.zeros((240, 200, 3), np.uint8)
    for channel, (low, high) in enumerate([(0.50, 0.62), (0.66, 0.80), (0.84, 0.95)]):
        rows = slice(round(y + low * h), round(y + high * h))
        photo[rows, round(x + 0.3 * w) : round(x + 0.7 * w), channel] = 255
    lowest = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        view, _ = Placement.draw(rng, far_rate=1.0).apply(photo, box, 96)
        assert (view.reshape(-1, 3).max(axis=0) > 100).all(), seed
        red, blue = (np.argwhere(view[..., channel] > 100).mean(axis=0) for channel in (0, 2))
        lowest.append(np.degrees(np.arctan2(*(blue - red)[::-1])))
    assert min(lowest) < -65  # from nose to chin: turned by any angle, to both sides
    assert max(lowest) > 65


@pytest.mark.parametrize("far_rate", [0.0, 1.0])
@pytest.mark.parametrize("rows", [FACE_ROWS, (-0.1, 1.12)])
def test_the_size_of_a_face_is_told_however_it_is_turned(
    far_rate: float, rows: tuple[float, float]
) -> None:
    """By it a face is degraded: what a view shows of the box must have that size, squared."""
    x, y, w, h = BOX
    photo = np.zeros((240, 200, 3), np.uint8)
    photo[round(y) : round(y + h), round(x) : round(x + w)] = 255
    found = []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        placement = Placement.draw(rng, far_rate)
        view, face_px = placement.apply(photo, BOX, 96, rows, padding=(0, 0, 0))
        found.append((view[..., 0] / 255).sum() / (w * h * (face_px / max(w, h)) ** 2))
    # Some framings cut a sliver off, and some letter boxes repeat what is at the edge.
    assert 0.97 < float(np.median(found)) < 1.03
