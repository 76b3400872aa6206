from __future__ import annotations

import numpy as np
import pytest

from glassmask.errors import PaintError
from glassmask.labels import Question
from glassmask.painter import (
    Painted,
    Region,
    demo_portrait,
    draw_look,
    draw_wearing,
    paint,
    paint_object,
)
from glassmask.painter.regions import DEFINING
from glassmask.painter.things import AMONG_MASKS, BEFORE_MASKS, THINGS

pytestmark = pytest.mark.heavy

DRAWN_WHOLE = {"smiley", "comic", "poster"}
CLEAR = {"visor", "poster"}
"""Things through or in which the whole face is to be seen."""


def paint_demo(name: str, seed: int) -> Painted:
    return paint_object(*demo_portrait(), name, seed)


def masked(way: str = "correct") -> Painted:
    rng = np.random.default_rng(4)
    return paint(*demo_portrait(), draw_wearing(way, rng), draw_look(rng))


@pytest.mark.parametrize("name", THINGS)
def test_the_same_seed_draws_the_same_thing(name: str) -> None:
    first, again, other = (paint_demo(name, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.picture, again.picture)
    np.testing.assert_array_equal(first.regions, again.regions)
    assert first.hidden == again.hidden
    assert (first.picture != other.picture).any()


@pytest.mark.parametrize("name", THINGS)
def test_what_a_thing_hides_is_what_its_region_map_shows(name: str) -> None:
    photo, points = demo_portrait()
    bare = paint_object(photo, points, "poster", 0).regions  # its parts are where they were
    for seed in range(3):
        painted = paint_object(photo, points, name, seed)
        for part in DEFINING:
            covered = float((painted.regions[bare == part] == Region.OBJECT).mean())
            assert painted.hidden[part] == (0 if name == "beard" else pytest.approx(covered))


@pytest.mark.parametrize("name", ["paper", "card", "tissue", "drink", "selfie"])
def test_what_is_hidden_is_open_and_what_is_seen_is_uncovered(name: str) -> None:
    for seed in range(4):
        painted = paint_demo(name, seed)
        assert painted.answers[Question.MASK] is False
        for part, share in painted.hidden.items():
            seen = painted.answers[Question(part.name.lower())]
            assert seen is (None if share > 0.25 else True)


def test_a_sheet_of_paper_hides_mouth_and_chin() -> None:
    hidden = [paint_demo("paper", seed).hidden for seed in range(6)]
    assert np.mean([shares[Region.CHIN] for shares in hidden]) > 0.6
    assert np.mean([shares[Region.MOUTH] for shares in hidden]) > 0.4


@pytest.mark.parametrize("name", sorted(CLEAR))
def test_a_face_behind_a_visor_or_in_few_colours_is_bare_and_to_be_seen(name: str) -> None:
    for seed in range(4):
        painted = paint_demo(name, seed)
        assert dict(painted.answers) == dict(zip(Question, (False, True, True, True), strict=True))


@pytest.mark.parametrize("name", ["smiley", "comic"])
def test_a_drawn_face_is_nobodys_so_only_the_mask_is_known(name: str) -> None:
    painted = paint_demo(name, 1)
    assert dict(painted.answers) == dict(zip(Question, (False, None, None, None), strict=True))


def test_a_beard_hides_nothing() -> None:
    assert paint_demo("beard", 0).answers[Question.CHIN] is True


@pytest.mark.parametrize("name", BEFORE_MASKS)
def test_before_a_mask_the_label_is_the_masks(name: str) -> None:
    photo, points = demo_portrait()
    worn = masked()
    for seed in range(6):
        try:
            painted = paint_object(photo, points, name, seed, worn=worn)
        except PaintError:  # a phone before the mouth
            continue
        assert painted.way == "correct"
        assert dict(painted.answers) == dict(
            zip(Question, (True, False, False, False), strict=True)
        )
        assert (painted.regions == Region.MASK).sum() > 0.5 * (worn.regions == Region.MASK).sum()
        assert (painted.picture != worn.picture).any()


def test_a_thing_that_hides_how_the_mask_is_worn_is_refused() -> None:
    photo, points = demo_portrait()
    with pytest.raises(PaintError, match=r"the object hides \d+% of the (nose|mouth|chin)"):
        paint_object(photo, points, "paper", 0, worn=masked())


def test_a_drawing_over_all_of_the_photo_has_no_pixel_of_it_left_to_judge() -> None:
    photo, _ = demo_portrait()
    for seed in range(8):
        painted = paint_demo("comic", seed)
        assert (painted.picture != photo).any(axis=2).mean() > 0.9
        assert (painted.regions == Region.OBJECT).all()


@pytest.mark.parametrize("name", sorted(set(THINGS) - DRAWN_WHOLE))
def test_a_turned_or_small_face_gets_its_thing_too(name: str) -> None:
    portrait, points = demo_portrait()
    small = np.ascontiguousarray(portrait[::2, ::2])
    painted = paint_object(small, type(points)(points.xy / 2), name, 5)
    assert painted.picture.shape == small.shape
    turned = np.ascontiguousarray(np.rot90(portrait))
    xy = np.stack([points.xy[:, 1], portrait.shape[1] - points.xy[:, 0]], axis=1)
    painted = paint_object(turned, type(points)(xy), name, 5)
    assert (painted.picture != turned).any()


def test_the_things_among_painted_masks_stay_what_they_are() -> None:
    """A painted set is the same bits for a version: these are drawn from by number."""
    assert AMONG_MASKS == ("hand", "scarf", "collar", "cup", "phone", "microphone", "beard")
    assert set(AMONG_MASKS) | set(BEFORE_MASKS) <= set(THINGS)
