"""Which face is which: by distance, size, speed and patience, at any frame rate."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from glassmask.faces.face import Face
from glassmask.faces.points import FacePoints
from glassmask.faces.regions import mean_points
from glassmask.video.tracks import (
    DOUBTS,
    PATIENCE,
    Track,
    Tracks,
    middle,
    overlap,
    shifted,
)
from video.people import face

Path = Callable[[float], tuple[float, float] | None]


def numbers(tracks: Tracks) -> list[int]:
    return [track.number for track in tracks.tracks]


def walk(rate: float, seconds: float, *paths: Path) -> list[dict[int, int]]:
    """The tracks of people who walk, found in every frame: of each frame, person -> number."""
    tracks, told = Tracks(), []
    for frame in range(round(seconds * rate)):
        now = frame / rate
        tracks.drop(now)
        places = {person: place for person, path in enumerate(paths) if (place := path(now))}
        tracks.meet(now, [face(*place) for place in places.values()])
        told.append(
            {
                person: track.number
                for person, place in places.items()
                for track in tracks.seen_at(now)
                if math.dist(middle(track.face.box), place) < 1e-6
            }
        )
        assert [len(frame) for frame in told[-1:]] == [len(places)]
    return told


def test_the_overlap_of_two_boxes_by_hand() -> None:
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(50 / 150)
    assert overlap((0, 0, 10, 10), (2, 3, 4, 5)) == pytest.approx(20 / 100)
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0
    assert overlap((0, 0, 10, 10), (30, 30, 5, 5)) == 0


def test_a_face_that_is_shifted_keeps_its_size_and_has_no_landmarks() -> None:
    points: FacePoints = mean_points((0, 0, 40, 40))
    there = shifted(Face((10, 20, 30, 40), 0.9, points, (0, 0, 99, 99)), 5, -7)
    assert there == Face((15, 13, 30, 40), 0.9)


# A face 40 wide is another's within 0.7 widths, 28 pixels, in the next frame.
@pytest.mark.parametrize(("step", "is_same"), [(27.9, True), (28.1, False), (-27.9, True)])
def test_how_far_a_face_may_be(step: float, is_same: bool) -> None:
    tracks = Tracks()
    tracks.meet(0.0, [face(100, 100)])
    tracks.meet(1e-9, [face(100 + step, 100)])
    assert numbers(tracks) == ([1] if is_same else [1, 2])


def test_the_distance_is_in_widths_of_both() -> None:
    """A width is the root of the box's area: 20 of 10 x 40, 30 of 30 x 30; their mean is 25."""
    for step, is_same in ((17.4, True), (17.6, False)):  # of 17.5
        tracks = Tracks()
        tracks.meet(0.0, [Face((95, 80, 10, 40), 0.9)])
        tracks.meet(1e-9, [face(100 + step, 100, 30)])
        assert (len(tracks.tracks) == 1) == is_same


@pytest.mark.parametrize(
    ("size", "is_same"), [(63.9, True), (64.1, False), (25.1, True), (24.9, False)]
)
def test_how_much_a_face_may_grow_or_shrink(size: float, is_same: bool) -> None:
    tracks = Tracks()
    tracks.meet(0.0, [face(100, 100, 40)])
    tracks.meet(0.04, [face(100, 100, size)])
    assert numbers(tracks) == ([1] if is_same else [1, 2])


# After half a second without a sight, 0.7 + 0.5 widths: 48 pixels.
@pytest.mark.parametrize(("step", "is_same"), [(47.9, True), (48.1, False)])
def test_who_was_not_seen_may_be_farther(step: float, is_same: bool) -> None:
    tracks = Tracks()
    tracks.meet(0.0, [face(100, 100)])
    tracks.meet(0.5, [face(100 + step, 100)])
    assert numbers(tracks) == ([1] if is_same else [1, 2])


@pytest.mark.parametrize("rate", [5.0, 25.0, 60.0])
def test_two_who_cross_stay_who_they_are(rate: float) -> None:
    told = walk(
        rate,
        4.0,
        lambda now: (50 + 50 * now, 100),
        lambda now: (250 - 50 * now, 125),  # they pass each other at 2 s, one behind the other
    )
    assert all(frame == {0: 1, 1: 2} for frame in told)


@pytest.mark.parametrize("rate", [5.0, 25.0, 60.0])
def test_one_who_walks_behind_a_pillar_comes_out_as_the_same(rate: float) -> None:
    told = walk(
        rate,
        4.0,
        lambda now: None if 1.5 < now < 2.5 else (50 + 80 * now, 100),
        lambda now: (170, 180),  # stands below that pillar, and is taken for nobody else
    )
    assert {number for frame in told for person, number in frame.items() if person == 0} == {1}
    assert {number for frame in told for person, number in frame.items() if person == 1} == {2}


@pytest.mark.parametrize("rate", [5.0, 25.0, 60.0])
def test_somebody_else_where_one_has_left_is_somebody_else(rate: float) -> None:
    told = walk(
        rate,
        5.0,
        lambda now: (100, 100) if now <= 1.0 else None,
        lambda now: (100, 100) if now > 1.0 + PATIENCE + 1 / rate else None,
    )
    assert {*(n for frame in told for n in frame.items())} == {(0, 1), (1, 2)}


@pytest.mark.parametrize("rate", [5.0, 25.0, 60.0])
def test_somebody_else_where_one_was_who_walked_on_is_somebody_else(rate: float) -> None:
    """Who walks on unseen is waited for ahead, not where the last sight was."""
    told = walk(
        rate,
        2.4,
        lambda now: (50 + 120 * now, 100) if now <= 1.0 else None,
        lambda now: (170, 100) if now >= 2.0 else None,
    )
    assert {*(n for frame in told for n in frame.items())} == {(0, 1), (1, 2)}


@pytest.mark.parametrize("rate", [5.0, 25.0, 60.0])
def test_who_is_not_seen_is_waited_for_just_so_long(rate: float) -> None:
    tracks = Tracks()
    tracks.meet(0.0, [face(100, 100)])
    gone: list[tuple[float, Track]] = []
    for frame in range(1, round(3 * rate)):
        gone += [(frame / rate, track) for track in tracks.drop(frame / rate)]
        tracks.meet(frame / rate, [])  # looked for in every frame, and not found
    ((when, track),) = gone
    assert (track.number, track.seen) == (1, 0.0)
    assert PATIENCE < when <= PATIENCE + 1 / rate + 1e-9
    assert tracks.tracks == []


def test_numbers_are_never_used_again() -> None:
    tracks = Tracks()
    tracks.meet(0.0, [face(100, 100), face(300, 100)])
    assert [track.number for track in tracks.end()] == [1, 2]
    tracks.meet(1.0, [face(100, 100)])
    tracks.drop(9.0)
    tracks.meet(9.0, [face(100, 100)])
    assert numbers(tracks) == [4]


def test_a_speed_is_taken_over_less_than_half_a_second() -> None:
    tracks = Tracks()
    for frame in range(26):  # it stands for half a second, then goes 100 pixels a second
        now = frame / 25
        tracks.meet(now, [face(100 + 100 * max(0.0, now - 0.5), 200 - 10 * now)])
    (track,) = tracks.tracks
    assert middle(track.at(1.5).box) == pytest.approx((200, 185))
    assert middle(track.at(9.0).box) == pytest.approx((300, 175))  # no farther than patience
    assert middle(track.at(0.6).box) == pytest.approx((110, 194))  # where it was
    assert middle(track.at(0.59).box) == pytest.approx((110, 194))  # the nearest that is known


def test_one_look_back_gives_no_speed() -> None:
    tracks = Tracks()
    tracks.meet(0.0, [face(100, 100)])
    tracks.follow(0.02, tracks.tracks, [face(110, 100)])
    assert middle(tracks.tracks[0].at(1.0).box) == (110, 100)


def test_what_is_followed_and_not_found_time_and_again_is_doubted() -> None:
    tracks = Tracks()
    (track,) = tracks.meet(0.0, [face(100, 100)])
    for number in range(1, DOUBTS + 1):
        assert not track.is_doubted
        tracks.follow(number / 5, [track], [face(100, 100)])
        tracks.meet(number / 5, [])
    assert track.is_doubted
    tracks.meet(1.0, [face(102, 100)])  # it was one after all, and is the same
    assert (numbers(tracks), track.is_doubted, track.seen) == ([1], False, 1.0)


def test_finds_that_do_not_look_closer_do_not_make_a_small_face_a_doubtful_one() -> None:
    tracks = Tracks()
    (track,) = tracks.meet(0.0, [face(100, 100, 12)])
    for number in range(1, 10):
        tracks.follow(number / 5, [track], [face(100, 100, 12)])
        tracks.meet(number / 5, [], closer=False)
    assert not track.is_doubted
    tracks.meet(1.8, [], closer=True)
    assert track.is_doubted


def test_who_is_lost_is_not_doubted_for_it() -> None:
    tracks = Tracks()
    (track,) = tracks.meet(0.0, [face(100, 100)])
    for number in range(1, 30):
        tracks.meet(number / 25, [])
    assert (track.doubts, tracks.drop(1.2)) == (0, [])


def test_a_box_that_has_drifted_is_put_right_where_it_is_now() -> None:
    """Found at 0.0 by a find that took its time; the follower slid off by then."""
    tracks = Tracks()
    (track,) = tracks.meet(0.0, [face(100, 100)])
    for number in range(1, 6):
        tracks.follow(number / 25, [track], [face(100 + 4 * number, 100)])
    # At 0.12 s the box was at 112; the face was 20 below: IoU 28 x 20 / (3200 - 560).
    assert tracks.meet(0.12, [face(100, 120)]) == []
    assert middle(track.face.box) == (108, 120)  # since then it has gone 8 on
    assert track.seen == 0.2


def test_a_box_that_agrees_stays_as_it_was_followed() -> None:
    tracks = Tracks()
    (track,) = tracks.meet(0.0, [face(100, 100)])
    tracks.follow(0.2, [track], [face(140, 100)])
    tracks.meet(0.0, [face(104, 100)])
    assert middle(track.face.box) == (140, 100)


def test_a_late_find_begins_a_track_in_its_own_frame() -> None:
    tracks = Tracks()
    (first,) = tracks.meet(0.0, [face(100, 100)])
    tracks.follow(0.2, [first], [face(100, 100)])
    (new,) = tracks.meet(0.1, [face(100, 100), face(300, 100)])
    assert (new.number, new.seen, new.began) == (2, 0.1, 0.1)
    assert tracks.seen_at(0.2) == [first]
    tracks.follow(0.2, [new], [None])
    assert new.seen == 0.1


def test_a_late_find_brings_back_who_was_lost_before_it() -> None:
    tracks = Tracks()
    (track,) = tracks.meet(0.0, [face(100, 100)])
    assert tracks.meet(0.5, [face(110, 100)]) == [track]
    assert (numbers(tracks), track.seen) == ([1], 0.5)


def test_two_hundred_people_in_a_crowd_keep_their_numbers() -> None:
    def place(person: int, now: float) -> Face:
        row, column = divmod(person, 20)
        return face(50 + 60 * column + 30 * math.sin(now + person), 50 + 60 * row + 20 * now)

    tracks = Tracks()
    for frame in range(20):
        now = frame / 10
        people = sorted(range(200), key=lambda person: place(person, now).box[0])
        tracks.meet(now, [place(person, now) for person in people])
        if not frame:
            who = {t.number: p for t, p in zip(tracks.tracks, people, strict=True)}
    assert len(tracks.tracks) == 200
    for track in tracks.tracks:
        assert track.face == place(who[track.number], now)


def test_nobody_meets_nobody() -> None:
    tracks = Tracks()
    assert tracks.meet(0.0, []) == []
    tracks.meet(0.1, [face(1, 1)])
    assert tracks.meet(0.2, []) == []
