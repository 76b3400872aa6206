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

from glassmask import (
    Checker,
    Uncovered,
    Verdict,
    Wear,
)
from glassmask.errors import PhotoError
from glassmask.labels import CLASSES, class_index

Demo = dict[str, NDArray[np.uint8]]


@pytest.mark.parametrize("name", CLASSES)
def test_the_demo_portrait_is_seen_as_it_is_drawn(checker: Checker, demo: Demo, name: str) -> None:
    (verdict,) = checker.check(demo[name])
    assert CLASSES[class_index(verdict.wear, verdict.uncovered)] == name
    assert verdict.evidence.class_name == name


def test_every_kind_of_source_gives_the_same(checker: Checker, demo: Demo, tmp_path: Path) -> None:
    image = Image.fromarray(demo["correct"])
    path = tmp_path / "a.png"
    image.save(path)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    logits = [
        checker.check(source)[0].evidence.logits
        for source in (demo["correct"], image, path, str(path), buffer.getvalue())
    ]
    for other in logits[1:]:
        np.testing.assert_array_equal(logits[0], other)


def test_a_verdict_says_all_it_promises(checker: Checker, demo: Demo) -> None:
    (verdict,) = checker.check(demo["nose"])
    assert isinstance(verdict, Verdict)
    assert (verdict.wear, verdict.uncovered) == (Wear.INCORRECT, Uncovered.NOSE)
    height, width = demo["nose"].shape[:2]
    assert verdict.face.box == (0.0, 0.0, width, height)
    assert verdict.face.score is None
    assert sum(verdict.probabilities.values()) == pytest.approx(1)
    assert tuple(verdict.probabilities) == CLASSES
    assert verdict.prediction_set[0] is verdict.wear
    manifest = checker.network.manifest
    powers = np.exp(verdict.evidence.logits / manifest.temperature)
    chances = list(verdict.probabilities.values())
    np.testing.assert_allclose(chances, powers / powers.sum(), rtol=1e-5)
    evidence = verdict.evidence
    assert evidence.logit == pytest.approx(
        float(evidence.maps[CLASSES.index("nose")].mean()) + evidence.bias, abs=1e-4
    )
    assert sum(evidence.shares.values()) == pytest.approx(1)
    assert evidence.overlay(demo["nose"]).shape == demo["nose"].shape


def test_a_verdict_can_not_be_changed(checker: Checker, demo: Demo) -> None:
    (verdict,) = checker.check(demo["none"])
    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.wear = Wear.CORRECT  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        verdict.evidence.maps[0] = 0


def test_a_verdict_can_be_sent_to_another_process(checker: Checker, demo: Demo) -> None:
    (verdict,) = checker.check(demo["nose"])
    copy = pickle.loads(pickle.dumps(verdict))
    assert copy.probabilities == verdict.probabilities
    np.testing.assert_array_equal(copy.evidence.maps, verdict.evidence.maps)


def test_an_overlay_takes_what_check_takes(checker: Checker, demo: Demo, photo_file: Path) -> None:
    evidence = checker.check(photo_file)[0].evidence
    expected = evidence.overlay(demo["nose"])
    assert (expected != demo["nose"]).any()
    np.testing.assert_array_equal(evidence.overlay(photo_file), expected)
    with pytest.raises(PhotoError, match=r"a photo is \(H, W, 3\)"):
        evidence.overlay(demo["nose"][..., 0])


def test_many_photos_give_what_each_gives_alone(checker: Checker, demo: Demo) -> None:
    photos = [demo[name] for name in CLASSES] * 8  # more than a batch
    together = list(checker.check_many(iter(photos)))
    assert len(together) == 40
    for photo, result in zip(photos[:5], together[:5], strict=True):
        assert not isinstance(result, PhotoError)
        (alone,) = checker.check(photo)
        np.testing.assert_allclose(result[0].evidence.logits, alone.evidence.logits, atol=1e-3)
        assert result[0].wear is alone.wear


def test_no_photos_give_no_verdicts(checker: Checker) -> None:
    assert list(checker.check_many([])) == []


def test_a_bad_photo_among_many_stands_in_its_place(checker: Checker, demo: Demo) -> None:
    first, bad, last = checker.check_many([demo["none"], "missing.jpg", demo["correct"]])
    assert isinstance(bad, PhotoError)
    assert "no such file" in str(bad)
    assert not isinstance(first, PhotoError)
    assert not isinstance(last, PhotoError)
    assert (first[0].wear, last[0].wear) == (Wear.NONE, Wear.CORRECT)


def test_nothing_but_bad_photos(checker: Checker) -> None:
    results = list(checker.check_many(["a.jpg"] * 40))
    assert len(results) == 40
    assert all(isinstance(result, PhotoError) for result in results)
    with pytest.raises(PhotoError, match="no such file"):
        checker.check("a.jpg")


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
    (verdict,) = checker.check(np.asarray(padded, np.uint8))
    assert verdict.wear is checker.check(demo[name])[0].wear


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(
    "frame", [(30, 20, 180, 210), (0, 40, 210, 220), (10, 10, 175, 200), (44, 30, 166, 204)]
)
def test_the_verdict_is_stable_under_cropping_of_background(
    checker: Checker, demo: Demo, name: str, frame: tuple[int, int, int, int]
) -> None:
    x0, y0, x1, y1 = frame
    (verdict,) = checker.check(demo[name][y0:y1, x0:x1])
    assert verdict.wear is checker.check(demo[name])[0].wear


@pytest.mark.parametrize("shape", [(8, 8), (8, 900), (900, 8), (333, 64)])
def test_odd_shapes_give_one_verdict(checker: Checker, shape: tuple[int, int]) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    (verdict,) = checker.check(photo)
    assert verdict.face.box == (0, 0, shape[1], shape[0])
    assert np.isfinite(verdict.evidence.on_photo(*shape)).all()


def test_a_photo_of_one_colour_is_unsure(checker: Checker) -> None:
    for level in (0, 128, 255):
        (verdict,) = checker.check(np.full((100, 80, 3), level, np.uint8))
        assert verdict.unsure


def test_the_manifests_temperature_and_confidence_are_used(
    checker: Checker, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sure,) = checker.check(demo["nose"])
    assert sure.prediction_set == (Wear.INCORRECT,)
    manifest = checker.network.manifest
    never = dataclasses.replace(manifest, confidence=1.0)
    monkeypatch.setattr(checker.network, "manifest", never)
    (unsure,) = checker.check(demo["nose"])
    assert unsure.prediction_set == (Wear.INCORRECT, *unsure.prediction_set[1:])
    assert len(unsure.prediction_set) == 3
    assert unsure.unsure
    assert unsure.probabilities == sure.probabilities
    hot = dataclasses.replace(manifest, temperature=1e6)
    monkeypatch.setattr(checker.network, "manifest", hot)
    (flat,) = checker.check(demo["nose"])
    np.testing.assert_allclose(list(flat.probabilities.values()), 0.2, atol=1e-3)
