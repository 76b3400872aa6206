"""The checker where photos show several faces, or none, found by stand-in networks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checker, Face, Question, Reply, UnsureReason, Verdict
from glassmask.checker import BATCH
from glassmask.errors import NetworkError
from glassmask.faces.crop import Square, crop
from glassmask.faces.framing import CROP_MARGIN
from glassmask.lab.classes import CLASSES
from glassmask.output.wording import explanation
from stand_ins import class_name

Demo = dict[str, NDArray[np.uint8]]


def classes(verdicts: Iterable[Verdict]) -> list[str]:
    return [class_name(verdict) for verdict in verdicts]


@pytest.fixture(scope="module")
def patches(faces: Any) -> Checker:
    """Red cells of 32 x 32 are faces; the blue of one is a quarter of its side."""
    return Checker(engine="onnxruntime", finder=faces.patches, landmarks=faces.landmarks)


@pytest.fixture(scope="module")
def row(demo: Demo) -> NDArray[np.uint8]:
    """The demo portraits in a row, in the order of `CLASSES`: (220, 1050, 3)."""
    return np.hstack([demo[name] for name in CLASSES])


@pytest.fixture(scope="module")
def family(faces: Any) -> Checker:
    """Sees the faces of `row`."""
    boxes = [(210.0 * i + 50, 48.0, 104.0, 128.0) for i in range(5)]
    finder = faces.fixed("family", boxes[::-1], (220, 1050))
    return Checker(engine="onnxruntime", finder=finder, landmarks=faces.landmarks)


def some_faces(*cells: tuple[int, int], side: int = 40) -> NDArray[np.uint8]:
    photo = np.full((320, 320, 3), 90, np.uint8)
    for down, across in cells:
        photo[32 * down : 32 * down + 32, 32 * across : 32 * across + 32] = (255, 0, side // 4)
    return photo


def test_each_face_has_its_own_verdict(
    family: Checker, row: NDArray[np.uint8], found_box: Any
) -> None:
    verdicts = family.check(row)
    assert classes(verdicts) == list(CLASSES)
    for number, verdict in enumerate(verdicts):
        wanted = found_box((210 * number + 50, 48, 104, 128))
        np.testing.assert_allclose(verdict.face.box, wanted, atol=0.2)
        assert verdict.face.score == pytest.approx(0.96875)
        assert verdict.evidence.square == Square.around(verdict.face.box, CROP_MARGIN)
        assert verdict.face.landmarks is not None
        middle = verdict.face.landmarks.xy.mean(axis=0)
        assert abs(middle[0] - (210 * number + 102)) < 5
        assert sum(verdict.shares.values()) == pytest.approx(1)
        heat = verdict.evidence.on_photo(*row.shape[:2])
        x, _, w, _ = verdict.face.box
        assert not heat[:, : max(0, int(x - w))].any()
        assert not heat[:, int(x + 2 * w) :].any()


def test_together_or_alone_is_the_same(
    family: Checker, faces: Any, row: NDArray[np.uint8], demo: Demo
) -> None:
    alone = Checker(engine="onnxruntime", finder=faces.demo, landmarks=faces.landmarks)
    for name, verdict in zip(CLASSES, family.check(row), strict=True):
        (single,) = alone.check(demo[name])
        assert classes((single,)) == classes((verdict,))


def test_a_photo_without_a_face_gives_nothing(patches: Checker) -> None:
    assert patches.check(some_faces()).verdicts == ()
    assert patches.check(np.zeros((8, 8, 3), np.uint8)).verdicts == ()


def test_more_faces_than_a_batch(patches: Checker) -> None:
    photo = some_faces(*[(i, j) for j in range(10) for i in range(10)], side=28)
    verdicts = patches.check(photo)
    assert len(verdicts) == 100
    corners = [v.face.box[:2] for v in verdicts]
    assert corners == sorted(corners)
    for verdict in (verdicts[0], verdicts[31], verdicts[32], verdicts[99]):
        seen = crop(photo, verdict.evidence.square, verdict.evidence.crop_size)
        logits, _ = patches.network.run(seen[None])
        np.testing.assert_allclose(verdict.evidence.logits, logits[0], atol=1e-3)


def test_the_batches_are_no_larger_than_they_may_be(
    patches: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    run = patches.network.run

    def noted(crops: NDArray[np.uint8]) -> Any:
        sizes.append(len(crops))
        return run(crops)

    monkeypatch.setattr(patches.network, "run", noted)
    one, many = some_faces((1, 1)), some_faces(*[(i, j) for i in range(9) for j in range(9)])
    results = patches.check_many([one, some_faces(), many, one, one])
    assert [len(result) for result in results] == [1, 0, 81, 1, 1]
    assert sum(sizes) == 84
    assert max(sizes) == BATCH


def test_many_photos_stay_lazy_and_in_their_order(patches: Checker) -> None:
    taken = 0

    def endless() -> Iterator[Any]:
        nonlocal taken
        while True:
            for photo in (some_faces((2, 2), (5, 5)), "missing.jpg", some_faces()):
                taken += 1
                yield photo

    results = patches.check_many(endless())
    first, bad, empty, again = (next(results) for _ in range(4))
    assert taken <= 2 * BATCH
    assert len(first) == len(again) == 2
    assert bad.error is not None
    assert (empty.error, empty.verdicts) == (None, ())


def test_a_small_face_is_unsure_and_a_tiny_one_is_left_out(faces: Any, patches: Checker) -> None:
    (verdict,) = patches.check(some_faces((3, 3), side=16))
    assert verdict.unsure_reason is UnsureReason.SMALL
    assert patches.check(some_faces((3, 3), side=12), min_face=13).verdicts == ()


def test_the_largest_faces_of_each_photo(patches: Checker) -> None:
    photo = some_faces((5, 5))
    photo[32:64, 32:64] = (255, 0, 48 // 4)
    large, small = patches.check(photo)
    assert large.face.box[2] > small.face.box[2]
    for checked in (patches.check(photo, max_faces=1), *patches.check_many([photo], max_faces=1)):
        assert [verdict.face.box for verdict in checked] == [large.face.box]
    assert [face.box for face in patches.find(photo, max_faces=1)] == [large.face.box]
    with pytest.raises(ValueError, match="max_faces is 1 or more"):
        patches.check(photo, max_faces=0)


def test_a_face_at_the_border(patches: Checker) -> None:
    for cell in ((9, 9), (0, 0), (9, 0)):
        (verdict,) = patches.check(some_faces(cell, side=100))
        x, y, w, h = verdict.face.box
        assert min(x, y) >= 0
        assert max(x + w, y + h) <= 320
        assert np.isfinite(verdict.evidence.on_photo(320, 320)).all()


def test_what_lies_outside_the_photo_can_not_be_seen(patches: Checker, demo: Demo) -> None:
    photo = demo["chin"][:160]  # cut off above the chin
    box, extent = (50.0, 48.0, 104.0, 112.0), (50.0, 48.0, 104.0, 138.0)
    cut, uncut = patches.judge(photo, [Face(box, 0.9, extent=extent), Face(box, 0.9)])
    said = {str(question): str(answer.answer) for question, answer in cut.answers.items()}
    assert said["chin"] == "cant_see"
    assert said["nose"] != "cant_see"
    assert "chin" not in cut.uncovered
    assert (cut.unsure_reason, uncut.unsure_reason) == (UnsureReason.CUT, None)
    assert "the chin is outside the picture" in explanation(cut)
    assert uncut.answers[Question.CHIN].answer is not Reply.CANT_SEE
    assert cut.evidence.signs[3] == 0
    rest = cut.evidence.grid() - cut.evidence.grid(Question.MASK) - cut.evidence.grid(Question.NOSE)
    np.testing.assert_allclose(rest, cut.evidence.grid(Question.MOUTH), atol=1e-5)


def test_a_followed_face_keeps_its_place_among_those_that_are_lost(patches: Checker) -> None:
    before = some_faces((2, 2), (6, 6))
    left, right = patches.find(before)
    after = np.full_like(before, 90)
    after[..., 0] = 0  # blue alone, where the stand-in sees no face
    after[180:260, 180:260] = before[180:260, 180:260]
    assert patches.follow(before, [right, left]) != (None, None)
    gone, kept = patches.follow(after, [left, right])
    assert gone is None
    assert kept is not None
    assert patches.follow(before, [left, left]).count(None) == 1  # two that are one
    assert patches.follow(before[:40, :40], [right]) == (None,)  # it lies outside this photo


def test_regions_come_from_an_average_face_where_landmarks_are_not_trusted(
    faces: Any, row: NDArray[np.uint8], family: Checker
) -> None:
    dark = (row * 0.15).astype(np.uint8)
    for verdict in family.check(dark):
        assert verdict.face.landmarks is None
        assert sum(verdict.shares.values()) == pytest.approx(1)
    lit, unlit = family.check(row)[0], family.check(dark)[0]
    assert lit.face.landmarks is not None
    assert unlit.face.landmarks is None


def test_a_whole_picture_takes_landmarks_from_the_only_face_in_it(
    faces: Any, demo: Demo, row: NDArray[np.uint8]
) -> None:
    whole = Checker(engine="onnxruntime", finder=faces.demo, landmarks=faces.landmarks)
    (verdict,) = whole.check(demo["nose"], whole=True)
    assert verdict.face.box == (0, 0, 210, 220)
    assert verdict.face.score is None
    assert verdict.face.landmarks is not None
    low, high = verdict.face.landmarks.xy.min(axis=0), verdict.face.landmarks.xy.max(axis=0)
    assert low[0] >= 45
    assert high[0] <= 160
    assert verdict.evidence.square == Square.around((0, 0, 210, 220))
    boxes = [(210.0 * i + 50, 48.0, 104.0, 128.0) for i in range(5)]
    for name, some in (("crowd", boxes), ("nobody", [])):
        finder = faces.fixed(name, some, (220, 1050))
        crowd = Checker(engine="onnxruntime", finder=finder, landmarks=faces.landmarks)
        (verdict,) = crowd.check(row, whole=True)
        assert verdict.face.landmarks is None


def test_every_engine_judges_the_same_faces(faces: Any, row: NDArray[np.uint8]) -> None:
    boxes = [(210.0 * i + 50, 48.0, 104.0, 128.0) for i in range(5)]
    finder = faces.fixed("engines", boxes, (220, 1050))
    one = Checker(engine="onnxruntime", finder=finder, landmarks=faces.landmarks).check(row)
    other = Checker(engine="openvino", finder=finder, landmarks=faces.landmarks).check(row)
    assert [v.face.box for v in one] == [v.face.box for v in other]
    assert classes(one) == classes(other)


def test_a_missing_network_is_told(faces: Any) -> None:
    with pytest.raises(NetworkError, match=r"gone\.onnx: the network can't be read"):
        Checker(finder="gone.onnx", landmarks=faces.landmarks)
    with pytest.raises(NetworkError, match=r"gone\.onnx: the network can't be read"):
        Checker(finder=faces.demo, landmarks="gone.onnx")
