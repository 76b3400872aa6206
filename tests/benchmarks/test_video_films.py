"""Films whose truth is known: what is written beside them is what they show."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("av", reason="films need PyAV: pip install 'glassmask[video]'")

import glassmask.video
from benchmarks.video.dressing import Dresser, Place
from benchmarks.video.films import RATE, KnownFace, Picture, Span, Truth, film_at
from benchmarks.video.painted_films import SIZE, Stage, between, places_of
from benchmarks.video.portraits import portraits
from benchmarks.video.scene_films import lead_camera, scene_frames, scene_truth
from benchmarks.video.scripts import CHANGE, HOLD, Script, Step, draw_script, true_changes
from glassmask.lab.datasets.scenes import Scene, SceneFace
from glassmask.labels import Wear
from glassmask.painter import Wearing, demo_portrait
from glassmask.painter.portrait import DEMO_LOOK, DEMO_WEARINGS
from glassmask.video.source import Frame

WAYS = ("none", "correct", "nose", "chin", "nose_and_mouth")


def test_a_film_is_made_once_and_says_what_it_shows(tmp_path: Path) -> None:
    calls = []
    spans = (Span(0, 1, "none"), Span(1, 2, "incorrect", ("nose", "mouth"), ("chin",)))
    boxes = np.array([[[1, 2, 3, 4]], [[1.5, 2, 3, 4]], [[2, 2, 3, 4]]], np.float64)
    truth = Truth((KnownFace("none"),), boxes, (64, 48), spans)

    def make() -> tuple[Truth, Iterable[Picture]]:
        calls.append(1)
        return truth, (np.full((48, 64, 3), 60 * n, np.uint8) for n in range(3))

    path = tmp_path / "films" / "grey.mp4"
    film_at(path, "this code", make)
    film = film_at(path, "this code", make)
    assert len(calls) == 1
    assert film.truth is not None
    assert (film.truth.faces, film.truth.size, film.truth.spans) == (truth.faces, (64, 48), spans)
    np.testing.assert_array_equal(film.truth.boxes, boxes)
    with glassmask.video.open(film.path) as source:
        frames = [item for item in source if isinstance(item, Frame)]
    assert [frame.time for frame in frames] == pytest.approx([0, 1 / RATE, 2 / RATE])
    assert [float(frame.pixels.mean()) for frame in frames] == pytest.approx([0, 60, 120], abs=2)
    film_at(path, "other code", make)
    assert len(calls) == 2


def test_boxes_are_cut_at_the_edges() -> None:
    boxes = np.array([[[-10, 20, 40, 40], [90, 70, 20, 20], [200, 0, 10, 10]]], np.float64)
    truth = Truth((KnownFace(None),) * 3, boxes, (100, 80))
    np.testing.assert_allclose(truth.shown(), [[0.75, 0.25, 0]])
    assert truth.inside(0, 0) == (0, 20, 30, 40)
    assert truth.inside(0, 1) == (90, 70, 10, 10)


def test_a_span_allows_what_nobody_could_say() -> None:
    under = Span(0, 1, "incorrect", ("nose", "mouth"), ("chin",))
    assert under.allows("incorrect", ("nose", "mouth"))
    assert under.allows("incorrect", ("nose", "mouth", "chin"))
    assert not under.allows("incorrect", ("nose",))
    assert not under.allows("correct", ())
    assert not Span(0, 1, "incorrect", ("nose",)).allows("incorrect", ("nose", "chin"))


def test_a_face_of_a_scene_lies_where_its_box_says(tmp_path: Path) -> None:
    photo = np.zeros((90, 160, 3), np.uint8)
    photo[40:52, 70:82] = 255
    cv2.imwrite(str(tmp_path / "scene.png"), photo)
    faces = (SceneFace((70, 40, 12, 12), Wear.NONE), SceneFace((0, 0, 9, 9), "reject"))
    unlabelled = ((30.0, 30.0, 5.0, 5.0),)
    scene = Scene(tmp_path / "scene.png", "val", "g", (160, 90), faces, unlabelled)
    camera = lead_camera(scene, (320, 180), 400)
    truth = scene_truth(scene, camera, (320, 180))
    assert [face.wear for face in truth.faces] == ["none", None, None]
    assert [face.counts for face in truth.faces] == [True, False, False]
    assert (camera.x >= -0.5).all()  # nothing beyond the photo is shown, but for the trembling
    assert (camera.x + 320 / camera.scale <= 160.5).all()
    assert np.ptp(truth.boxes[:, 0, 0]) > 20
    assert np.ptp(truth.boxes[:, 0, 2]) > 2
    moved = np.abs(np.diff(truth.boxes[:, 0, :2], axis=0))
    assert moved.max() < 4  # slowly
    for number, shown in enumerate(scene_frames(scene, camera, (320, 180))):
        if number % 100 == 0:
            x, y, w, h = truth.boxes[number, 0]
            bright = np.argwhere(shown[..., 0] > 128) + 0.5
            middle = bright.mean(axis=0)
            assert (middle[1], middle[0]) == pytest.approx((x + w / 2, y + h / 2), abs=0.7)
            assert len(bright) == pytest.approx(w * h, rel=0.1)


def test_scripts_leave_time_for_each_change() -> None:
    for seed in range(20):
        script = draw_script(np.random.default_rng(seed), 60, WAYS)
        assert 40 <= script.seconds <= 60
        assert len(script.steps) >= 5
        for step in script.steps:
            assert CHANGE[0] <= step.end - step.begin <= CHANGE[1]
        ways = [script.start, *(step.way for step in script.steps)]
        assert all(one != next_ for one, next_ in pairwise(ways))
        holds = np.diff([t for step in script.steps for t in (step.begin, step.end)])[1::2]
        assert (holds >= HOLD[0]).all()
        assert script.seconds - script.steps[-1].end >= HOLD[0]
        spans = script.spans()
        assert (spans[0].begin, spans[-1].end) == (0, script.seconds)
        assert all(one.end == next_.begin for one, next_ in pairwise(spans))
    assert draw_script(np.random.default_rng(0), 3, WAYS).steps == ()


def test_true_changes_by_hand() -> None:
    ways = ("correct", "nose", "nose_and_mouth", "correct", "none", "nose", "none")
    steps = tuple(Step(5.0 * n, 5.0 * n + 0.4, way) for n, way in enumerate(ways[1:], 1))
    changes = true_changes(Script(ways[0], steps, 40).spans())
    assert [(change.kind, round(change.time, 1)) for change in changes] == [
        ("entered", 0.0),
        ("became_incorrect", 5.2),
        ("changed", 10.2),
        ("became_correct", 15.2),
        ("took_off", 20.2),
        ("put_on", 25.2),
        ("took_off", 30.2),
        ("left", 40.0),
    ]
    assert changes[2].state.uncovered == ("nose", "mouth")
    assert changes[-1].state.wear == "none"


def test_masks_move_in_changes_only_and_never_jump() -> None:
    wearings = dict(DEMO_WEARINGS)
    steps = (Step(1, 1.6, "nose"), Step(3, 3.4, "none"), Step(5, 5.5, "correct"))
    places = places_of(Script("correct", steps, 7), wearings, 7 * RATE)
    still = [one == other for one, other in pairwise(places)]
    moving = [number for number, same in enumerate(still) if not same]
    assert all(any(s.begin - 0.05 < n / RATE < s.end for s in steps) for n in moving)
    assert places[0] == Place(wearings["correct"])
    assert places[2 * RATE] == Place(wearings["nose"])
    assert places[4 * RATE].away == 1
    assert places[-1] == Place(wearings["correct"])
    for one, other in pairwise(places):
        if one.away < 1 and other.away < 1:
            assert abs(one.wearing.top - other.wearing.top) < 0.4
            assert abs(one.away - other.away) < 0.2
    half = between(Place(wearings["correct"]), Place(wearings["nose"]), 0.5)
    assert half.wearing == Wearing("correct", *_means("correct", "nose"))


def _means(one: str, other: str) -> list[float]:
    names = ("top", "bottom", "top_corner", "bottom_corner", "tilt")
    first, second = DEMO_WEARINGS[one], DEMO_WEARINGS[other]
    return [(getattr(first, name) + getattr(second, name)) / 2 for name in names]


def test_a_mask_slides_and_goes_without_a_cut() -> None:
    model = portraits(Path("nowhere"))[0]
    dresser = Dresser(model.picture, model.points, DEMO_LOOK)
    correct, nose = (Place(DEMO_WEARINGS[way]) for way in ("correct", "nose"))
    whole = _differ(dresser.paint(correct), dresser.paint(nose))
    slide = [dresser.paint(correct.towards(nose, share)) for share in np.linspace(0, 1, 11)]
    assert max(_differ(a, b) for a, b in pairwise(slide)) < 0.3 * whole
    off = [dresser.paint(Place(DEMO_WEARINGS["correct"], away)) for away in (0.0, 0.02, 0.3, 1.0)]
    assert _differ(off[0], off[1]) < 0.5 * _differ(off[0], off[3])
    np.testing.assert_array_equal(off[3], model.picture)
    low = np.argwhere((off[2] != model.picture).any(axis=2))[:, 0]
    high = np.argwhere((off[0] != model.picture).any(axis=2))[:, 0]
    assert low.mean() - high.mean() > 0.5 * model.box[2]


def _differ(one: Picture, other: Picture) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def test_the_demo_portrait_lies_before_a_backdrop() -> None:
    (model,) = portraits(Path("nowhere"))
    photo, points = demo_portrait()
    dx, dy = (model.points.xy - points.xy)[0].round().astype(int)
    inside = np.s_[dy + 60 : dy + 160, dx + 60 : dx + 150]
    np.testing.assert_allclose(model.picture[inside], photo[60:160, 60:150], atol=1)


def test_a_portrait_stands_where_its_pose_says() -> None:
    (model,) = portraits(Path("nowhere"))
    stage = Stage(model, np.random.default_rng(5))
    x, y, w, _ = model.box
    spot = np.array([x - 0.9 * w, y + 0.2 * w])  # beside the head, which turns
    picture = np.zeros_like(model.picture)
    left, top = (round(value) for value in spot)
    picture[top - 3 : top + 3, left - 3 : left + 3] = 255
    found = 0
    for time in (0.0, 4.0, 9.0, 15.0):
        matrix = stage.pose(time)
        shown = stage.shoot(picture, matrix, time)
        assert shown.shape == (SIZE[1], SIZE[0], 3)
        place = matrix @ (left, top, 1)
        if (place > 15).all() and (place < np.array(SIZE) - 15).all():
            bright = np.argwhere(shown[..., 0] > 80).mean(axis=0) + 0.5
            assert (bright[1], bright[0]) == pytest.approx(tuple(place), abs=1.5)
            found += 1
    assert found >= 2
