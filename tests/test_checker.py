from __future__ import annotations

import dataclasses
import io
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from glassmask import Checked, Checker, Part, Problem, Reply, Verdict, Wear, annotate, heat_map
from glassmask.errors import PhotoError, ProblemKind
from glassmask.faces.crop import crop
from glassmask.lab.classes import CLASSES, UNCOVERED_OF_CLASS, WEAR_OF_CLASS
from glassmask.labels import QUESTIONS

Demo = dict[str, NDArray[np.uint8]]


@pytest.mark.parametrize("name", CLASSES)
def test_the_demo_portrait_is_seen_as_it_is_drawn(checker: Checker, demo: Demo, name: str) -> None:
    (verdict,) = checker.check(demo[name], whole=True)
    assert verdict.wear is WEAR_OF_CLASS[name]
    assert verdict.uncovered == UNCOVERED_OF_CLASS[name]
    said = {str(question): answer.answer for question, answer in verdict.answers.items()}
    parts = ("nose", "mouth", "chin")
    yes = {"none": parts, "correct": ("mask",)}.get(name, ("mask", *verdict.uncovered))
    assert {question for question, answer in said.items() if answer is Reply.YES} == set(yes)


def test_every_kind_of_source_gives_the_same(checker: Checker, demo: Demo, tmp_path: Path) -> None:
    image = Image.fromarray(demo["correct"])
    path = tmp_path / "a.png"
    image.save(path)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    logits = [
        checker.check(source, whole=True)[0].evidence.logits
        for source in (demo["correct"], image, path, str(path), buffer.getvalue())
    ]
    for other in logits[1:]:
        np.testing.assert_array_equal(logits[0], other)


def test_a_verdict_says_all_it_promises(checker: Checker, demo: Demo) -> None:
    (verdict,) = checker.check(demo["nose"], whole=True)
    assert isinstance(verdict, Verdict)
    assert (verdict.wear, verdict.uncovered) == (Wear.INCORRECT, (Part.NOSE,))
    height, width = demo["nose"].shape[:2]
    assert verdict.face.box == (0.0, 0.0, width, height)
    assert verdict.face.is_whole
    assert sum(verdict.probabilities.values()) == pytest.approx(1)
    assert set(verdict.probabilities) == set(Wear)
    assert verdict.prediction_set[0] is verdict.wear
    assert tuple(verdict.answers) == QUESTIONS
    for place, answer in enumerate(verdict.answers.values()):
        mean = float(verdict.evidence.maps[place].mean(dtype=np.float64))
        assert mean + answer.bias == pytest.approx(answer.logit, abs=1e-5)
        assert sum(answer.shares.values()) == pytest.approx(1)
    assert sum(verdict.shares.values()) == pytest.approx(1)
    assert heat_map(demo["nose"], verdict).shape == demo["nose"].shape


def test_the_answers_are_the_marginals_of_what_goes_together(checker: Checker, demo: Demo) -> None:
    (verdict,) = checker.check(demo["chin"], whole=True)
    evidence, manifest = verdict.evidence, checker.network.manifest
    seen = crop(demo["chin"], evidence.square, evidence.crop_size)[None]
    logits, maps = checker.network.run(seen)
    np.testing.assert_array_equal(evidence.logits, logits[0])
    np.testing.assert_array_equal(evidence.maps, maps[0])
    powers = {
        one: np.exp(float(logits[0].astype(np.float64) @ one) / manifest.temperature)
        for one in manifest.combinations
    }
    total = sum(powers.values())
    for place, answer in enumerate(verdict.answers.values()):
        yes = sum(power for one, power in powers.items() if one[place])
        assert answer.probability == pytest.approx(yes / total, abs=1e-12)
    bare = sum(power for one, power in powers.items() if not one[0]) / total
    correct = powers[1, 0, 0, 0] / total
    worn = [verdict.probabilities[wear] for wear in (Wear.NONE, Wear.CORRECT, Wear.INCORRECT)]
    np.testing.assert_allclose(worn, [bare, correct, 1 - bare - correct], atol=1e-12)


def test_a_verdicts_evidence_is_the_sum_of_its_answers(checker: Checker, demo: Demo) -> None:
    (verdict,) = checker.check(demo["nose"], whole=True)
    evidence = verdict.evidence
    total = sum(evidence.grid(question) for question in QUESTIONS)
    np.testing.assert_allclose(evidence.grid(), total, atol=1e-5)
    mask, nose, mouth, chin = evidence.maps
    np.testing.assert_allclose(evidence.grid(), mask + nose - mouth - chin, atol=1e-5)
    assert (heat_map(demo["nose"], verdict, QUESTIONS[1]) != heat_map(demo["nose"], verdict)).any()


def test_a_verdict_can_not_be_changed(checker: Checker, demo: Demo) -> None:
    (verdict,) = checker.check(demo["none"], whole=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.wear = Wear.CORRECT  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        verdict.evidence.maps[0] = 0


def test_a_verdict_can_be_sent_to_another_process(checker: Checker, demo: Demo) -> None:
    (verdict,) = checker.check(demo["nose"], whole=True)
    copy = pickle.loads(pickle.dumps(verdict))
    assert (copy.answers, copy.probabilities) == (verdict.answers, verdict.probabilities)
    np.testing.assert_array_equal(copy.evidence.maps, verdict.evidence.maps)


def test_pictures_take_what_check_takes(checker: Checker, demo: Demo, photo_file: Path) -> None:
    checked = checker.check(photo_file, whole=True)
    expected = heat_map(demo["nose"], checked[0])
    assert (expected != demo["nose"]).any()
    np.testing.assert_array_equal(heat_map(photo_file, checked[0]), expected)
    assert annotate(photo_file, checked).shape == demo["nose"].shape
    with pytest.raises(PhotoError, match=r"a photo is \(H, W, 3\)"):
        heat_map(demo["nose"][..., 0], checked[0])


def test_many_photos_give_what_each_gives_alone(checker: Checker, demo: Demo) -> None:
    photos = [demo[name] for name in CLASSES] * 8  # more than a batch
    together = list(checker.check_many(iter(photos), whole=True))
    assert len(together) == 40
    for photo, result in zip(photos[:5], together[:5], strict=True):
        (alone,) = checker.check(photo, whole=True)
        np.testing.assert_allclose(result[0].evidence.logits, alone.evidence.logits, atol=1e-3)
        assert result[0].wear is alone.wear


def test_a_result_names_its_photo_and_its_size(
    checker: Checker, demo: Demo, photo_file: Path
) -> None:
    checked = checker.check(photo_file)
    assert isinstance(checked, Checked)
    assert (checked.photo, checked.width, checked.height) == (str(photo_file), 210, 220)
    assert (checked.error, checked.whole, len(checked)) == (None, False, 1)
    assert list(checked) == [checked[0]]
    assert checked.networks == checker.networks
    assert checker.check(demo["nose"]).photo == ""
    assert checker.check(demo["nose"], name="me").photo == "me"
    assert checker.check(demo["nose"], whole=True).whole
    nobody = checker.check(np.zeros((64, 64, 3), np.uint8), min_face=63)
    assert bool(nobody)
    assert len(nobody) == 0


def test_find_judge_and_follow_are_the_steps_of_check(checker: Checker, demo: Demo) -> None:
    photo = demo["nose"]
    found = checker.find(photo)
    assert len(found) == 1
    (verdict,), (wanted,) = checker.judge(photo, found), checker.check(photo)
    assert verdict.face.box == wanted.face.box
    assert verdict.answers == wanted.answers
    (followed,) = checker.follow(np.roll(photo, 4, axis=1), found)
    assert followed is not None
    assert followed.landmarks is not None
    assert checker.follow(photo, []) == ()
    blue = np.zeros_like(photo)
    blue[..., 2] = 200  # the stand-in sees no face in it
    assert checker.follow(blue, found) == (None,)
    assert checker.judge(photo, ()) == ()


def test_no_photos_give_no_verdicts(checker: Checker) -> None:
    assert list(checker.check_many([], whole=True)) == []


def test_a_bad_photo_among_many_stands_in_its_place(checker: Checker, demo: Demo) -> None:
    first, bad, last = checker.check_many(
        [demo["none"], "missing.jpg", demo["correct"]], whole=True
    )
    assert bad.error is not None
    assert (bad.photo, bad.error.kind) == ("missing.jpg", ProblemKind.MISSING)
    assert "no such file" in bad.error.line
    assert (bad.width, bad.verdicts) == (None, ())
    assert (first[0].wear, last[0].wear) == (Wear.NONE, Wear.CORRECT)


def test_nothing_but_bad_photos(checker: Checker) -> None:
    results = list(checker.check_many(["a.jpg"] * 40, whole=True))
    assert len(results) == 40
    wanted = Problem(ProblemKind.MISSING, "no such file: check the path")
    assert all(result.error == wanted for result in results)
    with pytest.raises(PhotoError, match="no such file"):
        checker.check("a.jpg", whole=True)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(
    ("border", "colour"),
    [
        ((30, 30, 0, 0), 0),
        ((0, 0, 60, 60), 255),
        ((60, 0, 0, 90), 128),
        ((0, 50, 50, 0), None),
    ],
)
def test_the_verdict_is_stable_under_padding(
    checker: Checker,
    demo: Demo,
    name: str,
    border: tuple[int, int, int, int],
    colour: int | None,
) -> None:
    kind = cv2.BORDER_REPLICATE if colour is None else cv2.BORDER_CONSTANT
    padded = cv2.copyMakeBorder(demo[name], *border, kind, value=(colour or 0,) * 3)
    (verdict,) = checker.check(np.asarray(padded, np.uint8), whole=True)
    assert verdict.wear is checker.check(demo[name], whole=True)[0].wear


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(
    "frame", [(30, 20, 180, 210), (0, 40, 210, 220), (10, 10, 175, 200), (44, 30, 166, 204)]
)
def test_the_verdict_is_stable_under_cropping_of_background(
    checker: Checker, demo: Demo, name: str, frame: tuple[int, int, int, int]
) -> None:
    x0, y0, x1, y1 = frame
    (verdict,) = checker.check(demo[name][y0:y1, x0:x1], whole=True)
    assert verdict.wear is checker.check(demo[name], whole=True)[0].wear


@pytest.mark.parametrize("shape", [(8, 8), (8, 900), (900, 8), (333, 64)])
def test_odd_shapes_give_one_verdict(checker: Checker, shape: tuple[int, int]) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    (verdict,) = checker.check(photo, whole=True)
    assert verdict.face.box == (0, 0, shape[1], shape[0])
    assert np.isfinite(verdict.evidence.on_photo(*shape)).all()


def test_a_photo_of_one_colour_is_unsure(checker: Checker) -> None:
    for level in (0, 128, 255):
        (verdict,) = checker.check(np.full((100, 80, 3), level, np.uint8), whole=True)
        assert verdict.unsure


def test_the_manifests_temperature_and_confidence_are_used(
    checker: Checker, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sure,) = checker.check(demo["nose"], whole=True)
    assert sure.prediction_set == (Wear.INCORRECT,)
    manifest = checker.network.manifest
    never = dataclasses.replace(manifest, confidence=1.0)
    monkeypatch.setattr(checker.network, "manifest", never)
    (unsure,) = checker.check(demo["nose"], whole=True)
    assert unsure.prediction_set == (Wear.INCORRECT, *unsure.prediction_set[1:])
    assert len(unsure.prediction_set) == 3
    assert unsure.unsure
    assert unsure.probabilities == sure.probabilities
    assert unsure.answers == sure.answers
    hot = dataclasses.replace(manifest, temperature=1e6)
    monkeypatch.setattr(checker.network, "manifest", hot)
    (flat,) = checker.check(demo["nose"], whole=True)
    assert flat.probabilities[Wear.INCORRECT] == pytest.approx(0.6, abs=1e-3)
