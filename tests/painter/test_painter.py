from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.errors import PaintError
from glassmask.faces.points import FacePoints
from glassmask.painter import (
    Painted,
    Region,
    demo_portrait,
    draw_look,
    draw_wearing,
    paint,
    paint_object,
)
from glassmask.painter.frame import Frame
from glassmask.painter.kinds import KINDS
from glassmask.painter.regions import DEFINING, bare_regions
from glassmask.painter.sheet import Window
from glassmask.painter.things import THINGS
from glassmask.painter.truth import VISIBLE
from glassmask.painter.wearing import WAYS

pytestmark = pytest.mark.heavy

Photo = NDArray[np.uint8]


def try_paint(photo: Photo, points: FacePoints, way: str, seed: int) -> Painted:
    """Paint; where chance put the mask so that its label would not hold, by other chance."""
    for attempt in range(20):
        rng = np.random.default_rng([seed, attempt])
        try:
            return paint(photo, points, draw_wearing(way, rng), draw_look(rng))
        except PaintError:
            continue
    raise AssertionError(f"20 attempts to paint {way} failed")


def visible_share(painted: Painted, bare: Photo, part: Region) -> float:
    return float((painted.regions == part).sum() / (bare == part).sum())


def bare_map(photo: Photo, points: FacePoints) -> Photo:
    return bare_regions(Frame.of(points), Window(0, 0, photo.shape[1], photo.shape[0]))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(8))
def test_label_and_regions_agree(way: str, seed: int) -> None:
    """Three places that were marked by eye: nostrils, the lips' middle, the ball of the chin."""
    photo, points = demo_portrait()
    painted = try_paint(photo, points, way, seed)
    assert painted.way == way
    at = {"nose": (101, 119), "mouth": (100, 142), "chin": (99, 163)}
    seen = {name for name, (x, y) in at.items() if painted.regions[y, x] == Region[name.upper()]}
    masked = {name for name, (x, y) in at.items() if painted.regions[y, x] == Region.MASK}
    if way == "correct":
        assert masked == {"nose", "mouth", "chin"}
    elif way == "nose":
        assert (seen, masked) == ({"nose"}, {"mouth", "chin"})
    elif way == "chin":
        assert (seen, masked) == ({"chin"}, {"nose", "mouth"})
    elif way == "nose_and_mouth":
        assert {"nose", "mouth"} <= seen
    else:
        assert {"mouth", "chin"} <= seen
    assert (painted.regions == Region.MASK).sum() > 500


@pytest.mark.parametrize("way", WAYS)
def test_what_must_be_visible_or_hidden_is(way: str) -> None:
    photo, points = demo_portrait()
    painted = try_paint(photo, points, way, 9)
    bare = bare_map(photo, points)
    for part, (least, most) in VISIBLE[way].items():
        assert least <= visible_share(painted, bare, part) <= most


@pytest.mark.parametrize("way", WAYS)
def test_what_is_visible_is_the_photos_own(way: str) -> None:
    photo, points = demo_portrait()
    painted = try_paint(photo, points, way, 3)
    own = ~np.isin(painted.regions, (Region.MASK, Region.SHADOW, Region.OBJECT))
    np.testing.assert_array_equal(painted.picture[own], photo[own])
    changed = (painted.picture != photo).any(axis=2)
    assert not changed[own].any()
    assert changed[painted.regions == Region.MASK].mean() > 0.95


def test_nose_out_shows_the_nose_and_hides_the_mouth() -> None:
    photo, points = demo_portrait()
    painted = try_paint(photo, points, "nose", 1)
    tip = np.round(points.part("bridge")[-1]).astype(int)
    lips = np.round(points.part("lips").mean(axis=0)).astype(int)
    assert painted.regions[tip[1] - 2, tip[0]] == Region.NOSE
    assert painted.regions[lips[1], lips[0]] == Region.MASK


def test_the_same_seed_paints_the_same_bits() -> None:
    photo, points = demo_portrait()
    first, second = (try_paint(photo, points, "correct", 5) for _ in range(2))
    np.testing.assert_array_equal(first.picture, second.picture)
    np.testing.assert_array_equal(first.regions, second.regions)
    assert (try_paint(photo, points, "correct", 6).picture != first.picture).any()


def test_the_photo_itself_is_left_alone() -> None:
    photo, points = demo_portrait()
    before = photo.copy()
    try_paint(photo, points, "chin", 0)
    np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_worn_correctly(kind: str) -> None:
    photo, points = demo_portrait()
    rng = np.random.default_rng(0)
    look = next(look for look in (draw_look(rng) for _ in range(500)) if look.kind == kind)
    painted = paint(photo, points, draw_wearing("correct", np.random.default_rng(1)), look)
    bare = bare_map(photo, points)
    assert max(visible_share(painted, bare, part) for part in DEFINING) <= 0.03


@pytest.mark.parametrize(("height", "width"), [(223, 211), (97, 101), (331, 640)])
def test_odd_sizes(height: int, width: int) -> None:
    portrait, points = demo_portrait()
    factor = min(height / portrait.shape[0], width / portrait.shape[1])
    rows = np.clip((np.arange(height) / factor).astype(int), 0, portrait.shape[0] - 1)
    columns = np.clip((np.arange(width) / factor).astype(int), 0, portrait.shape[1] - 1)
    photo = np.ascontiguousarray(portrait[rows][:, columns])
    painted = try_paint(photo, FacePoints(points.xy * factor), "nose", 2)
    assert painted.picture.shape == photo.shape
    assert painted.regions.shape == photo.shape[:2]


def test_a_grey_photo_gets_a_grey_mask() -> None:
    portrait, points = demo_portrait()
    luma = portrait.mean(axis=2).astype(np.uint8)
    photo = np.repeat(luma[..., None], 3, axis=2)
    painted = try_paint(photo, points, "correct", 4)
    assert int(np.ptp(painted.picture.astype(int), axis=2).max()) <= 3


def test_a_sepia_photo_gets_a_sepia_mask() -> None:
    portrait, points = demo_portrait()
    luma = portrait.mean(axis=2, keepdims=True)
    sepia = np.clip(luma * [1.0, 0.85, 0.65] + [12, 6, 0], 0, 255).astype(np.uint8)
    painted = try_paint(sepia, points, "correct", 4)
    masked = painted.picture[painted.regions == Region.MASK].astype(float)
    masked = masked[masked.max(axis=1) < 250]
    blue_over_red = (masked[:, 2] + 1) / (masked[:, 0] + 1)
    assert blue_over_red.max() < 0.75


def test_a_face_half_out_of_the_photo_is_refused_with_a_reason() -> None:
    photo, points = demo_portrait()
    rng = np.random.default_rng(0)
    for moved, part in ((points.moved(0, 60), "chin"), (points.moved(-120, 0), "nose")):
        with pytest.raises(PaintError, match=rf"the {part} is not in the photo"):
            paint(photo, moved, draw_wearing("correct", rng), draw_look(rng))
    with pytest.raises(PaintError, match="far outside the photo"):
        paint(photo, points.moved(1e6, 0), draw_wearing("correct", rng), draw_look(rng))
    with pytest.raises(PaintError, match="px wide; the least is 24"):
        paint(photo, FacePoints(points.xy * 0.2), draw_wearing("correct", rng), draw_look(rng))


def test_a_forehead_outside_the_photo_does_no_harm() -> None:
    portrait, points = demo_portrait()
    cut = np.ascontiguousarray(portrait[90:])  # through the eyes
    painted = try_paint(cut, points.moved(0, -90), "correct", 1)
    assert painted.picture.shape == cut.shape


def test_wrong_arrays_are_told() -> None:
    _, points = demo_portrait()
    rng = np.random.default_rng(0)
    wrong = np.zeros((9, 9, 3))
    with pytest.raises(ValueError, match=r"uint8 \(H, W, 3\), got float64 \(9, 9, 3\)"):
        paint(wrong, points, draw_wearing("nose", rng), draw_look(rng))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(set(THINGS) - {"poster"}))  # all of it is drawn anew
def test_objects_are_no_masks(name: str) -> None:
    photo, points = demo_portrait()
    for seed in range(2):
        painted = paint_object(photo, points, name, seed)
        assert painted.way == "none"
        assert not (painted.regions == Region.MASK).any()
        own = ~np.isin(painted.regions, (Region.OBJECT, Region.SHADOW))
        np.testing.assert_array_equal(painted.picture[own], photo[own])
        assert (painted.picture != photo).any(axis=2).sum() > 200


def test_an_unknown_object() -> None:
    photo, points = demo_portrait()
    with pytest.raises(ValueError, match="no object 'fish'; there are: hand, scarf"):
        paint_object(photo, points, "fish", 0)
