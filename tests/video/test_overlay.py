from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checker, Part, Verdict, Wear
from glassmask.faces.crop import Box, Square
from glassmask.faces.face import Face
from glassmask.video.moment import Tracked
from glassmask.video.overlay import blur_face, draw_moment, moved
from glassmask.video.state import State

BLUE, ORANGE, CRIMSON, GREY = (0, 114, 178), (230, 159, 0), (204, 61, 102), (128, 128, 128)
CORRECT = State(Wear.CORRECT, (), 0.97, unsure=False)
NOSE = State(Wear.INCORRECT, (Part.NOSE,), 0.91, unsure=False)
NONE = State(Wear.NONE, (), 0.99, unsure=False)


@pytest.fixture(scope="module")
def verdict(checker: Checker, demo: dict[str, NDArray[np.uint8]]) -> Verdict:
    (verdict,) = checker.check(demo["nose"]).verdicts
    return verdict


def tracked(
    box: Box,
    state: State = CORRECT,
    *,
    number: int = 1,
    seen: bool = True,
    verdict: Verdict | None = None,
    judged_at: float | None = None,
) -> Tracked:
    return Tracked(number, Face(box, score=0.9), seen, state, verdict, judged_at)


def chessboard(height: int = 360, width: int = 480, side: int = 8) -> NDArray[np.uint8]:
    rows, columns = np.indices((height, width)) // side
    return np.repeat((((rows + columns) % 2) * 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize(
    ("state", "colour"),
    [
        (CORRECT, BLUE),
        (NOSE, ORANGE),
        (NONE, CRIMSON),
        (replace(NOSE, unsure=True), GREY),
        (State(), GREY),
    ],
)
def test_the_box_and_its_label_have_the_colour_of_the_state(
    state: State, colour: tuple[int, int, int]
) -> None:
    photo = np.full((360, 480, 3), 200, np.uint8)
    drawn = draw_moment(photo, [tracked((150, 120, 100, 140), state)], 0.0)
    for x, y in ((150, 190), (249, 190), (200, 120), (200, 259)):
        assert tuple(drawn[y, x]) == colour
    assert tuple(drawn[190, 149]) == tuple(drawn[190, 250]) == (200, 200, 200)
    assert tuple(drawn[190, 200]) == (200, 200, 200)  # nothing in it
    assert tuple(drawn[118, 151]) == colour  # the label stands on the box
    assert (photo == 200).all()


def test_a_face_that_was_missed_keeps_its_box_for_a_moment() -> None:
    photo = np.full((360, 480, 3), 200, np.uint8)
    missed = tracked((150, 120, 100, 140), seen=False)
    shown = draw_moment(photo, [missed], 5.0, seen={1: 4.8})
    assert tuple(shown[190, 150]) == BLUE
    for seen in ({1: 4.6}, {}, None):
        np.testing.assert_array_equal(draw_moment(photo, [missed], 5.0, seen=seen), photo)
    looked_at = tracked((150, 120, 100, 140), seen=False, judged_at=4.9)
    assert tuple(draw_moment(photo, [looked_at], 5.0)[190, 150]) == BLUE


def test_a_square_goes_with_its_box() -> None:
    square = Square(80, 90, 150, 1)
    there = moved(square, (100, 100, 100, 120), (300, 50, 50, 60))
    assert there == Square(290, 45, 75, 1)


def warmth(drawn: NDArray[np.uint8], box: Box) -> tuple[float, float, float]:
    """The middle of what is bright in a box, in box widths and heights, and how much it is."""
    x, y, w, h = map(round, box)
    part = drawn[y + 4 : y + h - 4, x + 4 : x + w - 4].astype(float)
    gain = np.abs(part - 90).sum(axis=2)
    rows, columns = np.indices(gain.shape)
    total = gain.sum() or 1.0
    return (
        float((columns * gain).sum() / total / gain.shape[1]),
        float((rows * gain).sum() / total / gain.shape[0]),
        float(gain.mean()),
    )


def test_heat_moves_and_grows_with_the_face(verdict: Verdict) -> None:
    photo = np.full((720, 900, 3), 90, np.uint8)
    x, y, w, h = verdict.face.box
    then, now = (x, y, w, h), (x + 400.0, y + 150.0, 2.5 * w, 2.5 * h)
    places = [
        warmth(draw_moment(photo, [tracked(box, verdict=verdict, judged_at=1.0)], 1.1), box)
        for box in (then, now)
    ]
    assert places[0][2] > 30
    np.testing.assert_allclose(places[0], places[1], rtol=0.1)
    away = draw_moment(photo, [tracked(now, verdict=verdict, judged_at=1.0)], 1.1)
    assert warmth(away, then)[2] == 0


def test_heat_of_a_look_long_ago_or_without_maps_is_not_shown(verdict: Verdict) -> None:
    photo = np.full((360, 480, 3), 90, np.uint8)
    box = verdict.face.box
    old = draw_moment(photo, [tracked(box, verdict=verdict, judged_at=1.0)], 2.5)
    bare = replace(verdict, optional_evidence=None)
    without = draw_moment(photo, [tracked(box, verdict=bare, judged_at=1.0)], 1.0)
    assert warmth(old, box)[2] == warmth(without, box)[2] == 0


def test_blurred_faces_are_beyond_recognition_and_nothing_else_is() -> None:
    photo = chessboard()
    box = (200.0, 150.0, 60.0, 80.0)
    plain, blurred = (draw_moment(photo, [tracked(box)], 0.0, blur=b) for b in (False, True))
    inside = (slice(156, 224), slice(206, 254))
    assert plain[inside].std() > 120
    assert blurred[inside].std() < 12
    around = (slice(170, 220), slice(262, 275))  # hair and ears
    assert blurred[around].std() < 40
    np.testing.assert_array_equal(blurred[:90], photo[:90])
    np.testing.assert_array_equal(blurred[:, 320:], photo[:, 320:])


def test_a_blurred_portrait_keeps_no_detail(demo: dict[str, NDArray[np.uint8]]) -> None:
    photo = np.asarray(demo["none"])
    out = photo.copy()
    blur_face(out, (50, 48, 104, 128))
    steps = [np.abs(np.diff(p[60:170, 60:145].astype(int), axis=1)) for p in (photo, out)]
    assert np.percentile(steps[1], 99) < 0.2 * np.percentile(steps[0], 99)
    assert np.abs(photo[60:170, 60:145].astype(int) - out[60:170, 60:145]).mean() > 8


def test_who_is_not_seen_is_blurred_too_and_ever_wider() -> None:
    photo = chessboard()
    lost = tracked((200, 150, 60, 80), seen=False)
    widths = []
    for age in (0.1, 0.5, 1.0):
        drawn = draw_moment(photo, [lost], 5.0, blur=True, seen={1: 5.0 - age})
        assert drawn[160:220, 205:255].std() < 40
        widths.append(int((drawn != photo).any(axis=(0, 2)).sum()))
    assert widths[0] < widths[1] < widths[2]


def test_faces_at_the_border_and_beyond(verdict: Verdict) -> None:
    photo = chessboard(120, 160)
    boxes: list[Box] = [
        (-30, -40, 60, 80),
        (140, 100, 50, 50),
        (400, 400, 50, 60),
        (0, 0, 160, 120),
    ]
    many = [
        tracked(box, NOSE, number=n, verdict=verdict, judged_at=0.0)
        for n, box in enumerate(boxes, 1)
    ]
    for blur in (False, True):
        drawn = draw_moment(photo, many, 0.0, blur=blur)
        assert drawn.shape == photo.shape
        assert drawn.dtype == np.uint8


def test_labels_keep_off_each_other() -> None:
    photo = np.full((720, 1280, 3), 255, np.uint8)
    boxes: list[Box] = [(300, 300, 90, 110), (400, 300, 90, 110), (350, 180, 90, 110)]
    states = (CORRECT, NOSE, NONE)
    people = [
        tracked(box, state, number=n)
        for n, (box, state) in enumerate(zip(boxes, states, strict=True), 1)
    ]
    together = draw_moment(photo, people, 0.0)
    for person, colour in zip(people, (BLUE, ORANGE, CRIMSON), strict=True):
        x, y, w, h = map(round, person.face.box)
        alone = draw_moment(photo, [person], 0.0)
        ground = [(picture == colour).all(axis=2) for picture in (alone, together)]
        for picture in ground:
            picture[y : y + h, x : x + w] = False
        assert ground[0].sum() > 500
        assert ground[1].sum() > 200  # of the label: no other lies over it
