from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checked, Checker, Part, PhotoError, Problem, ProblemKind, Wear
from glassmask.labels import QUESTIONS
from glassmask.record import EvidenceDetail

SCHEMA = json.loads(
    (Path(__file__).parents[1] / "docs" / "check.schema.json").read_text(encoding="utf-8")
)

Demo = dict[str, NDArray[np.uint8]]


def validated(record: dict[str, Any]) -> dict[str, Any]:
    """The record as a reader of the JSON gets it, which follows the schema."""
    read: dict[str, Any] = json.loads(json.dumps(record, allow_nan=False))
    jsonschema.Draft202012Validator(SCHEMA).validate(read)
    return read


@pytest.fixture(scope="module")
def nose(checker: Checker, demo: Demo) -> Checked:
    return checker.check(demo["nose"], name="a/b.png", whole=True)


@pytest.fixture(scope="module")
def failed(checker: Checker) -> Checked:
    (failed,) = checker.check_many(["missing.jpg"])
    return failed


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["none", "correct", "nose", "chin", "nose_and_mouth"])
@pytest.mark.parametrize("detail", ["none", "shares", "maps"])
def test_a_checked_photo_follows_the_schema(
    checker: Checker, demo: Demo, name: str, detail: EvidenceDetail
) -> None:
    checked = checker.check(demo[name], name="a/b.png", whole=True)
    record = validated(checked.record(evidence=detail))
    assert (record["photo"], record["width"], record["height"]) == ("a/b.png", 210, 220)
    (face,) = record["faces"]
    assert face["uncovered"] == list(checked[0].uncovered)
    assert ("evidence" in face, "shares" in face["answers"]["mask"]) == (detail != "none",) * 2
    assert ("maps" in face.get("evidence", {})) == (detail == "maps")


def test_the_answers_in_a_record_add_up(nose: Checked) -> None:
    (face,) = validated(nose.record(evidence="maps"))["faces"]
    for question, answer in face["answers"].items():
        mean = np.mean(face["evidence"]["maps"][question])
        assert mean + answer["bias"] == pytest.approx(answer["logit"], abs=1e-5)
    chances = face["probabilities"]
    assert face["answers"]["mask"]["probability"] == pytest.approx(1 - chances["none"], abs=1e-9)
    assert sum(chances.values()) == pytest.approx(1)


@pytest.mark.parametrize("detail", ["none", "shares", "maps"])
def test_a_record_is_read_back(nose: Checked, detail: EvidenceDetail) -> None:
    record = validated(nose.record(evidence=detail))
    back = Checked.from_record(record)
    assert back.record(evidence=detail) == record
    assert (back.photo, back.width, back.height, back.networks) == (
        nose.photo, nose.width, nose.height, nose.networks,
    )  # fmt: skip
    (one,), (other,) = back, nose
    assert (one.wear, one.uncovered, one.unsure) == (other.wear, other.uncovered, other.unsure)
    if detail == "maps":
        np.testing.assert_array_equal(one.evidence.maps, other.evidence.maps)
        np.testing.assert_array_equal(one.evidence.grid(), other.evidence.grid())
        assert one.evidence.square == other.evidence.square
    else:
        with pytest.raises(ValueError, match="came without maps"):
            _ = one.evidence
        with pytest.raises(ValueError, match="came without"):
            back.record(evidence="maps")
        if detail == "none":
            with pytest.raises(ValueError, match="came without shares"):
                back.record()


def test_several_faces_and_none_follow_the_schema(faces: Any, found_box: Any, demo: Demo) -> None:
    boxes = [(50.0, 48.0, 104.0, 128.0), (260.0, 48.0, 104.0, 128.0)]
    row = np.hstack([demo["nose"], demo["none"]])
    row[:, 210:] //= 8  # too dark for landmarks to be trusted
    finder = faces.fixed("json", boxes, row.shape[:2])
    pair = Checker(engine="onnxruntime", finder=finder, landmarks=faces.landmarks)
    record = validated(pair.check(row).record())
    first, second = record["faces"]
    np.testing.assert_allclose(first["box"], found_box(boxes[0]), atol=0.3)
    assert first["score"] == pytest.approx(0.96875)
    assert len(first["landmarks"]) == 109
    assert second["landmarks"] is None
    assert record["finder"].startswith("json 0 (")
    assert (record["photo"], record["whole"]) == ("", False)
    nobody = validated(pair.check(row, min_face=200).record())
    assert (nobody["faces"], nobody["width"], nobody["error"]) == ([], 420, None)
    assert Checked.from_record(nobody).verdicts == ()


def test_a_failed_photo_follows_the_schema(failed: Checked) -> None:
    record = validated(failed.record())
    assert (record["width"], record["height"], record["faces"]) == (None, None, [])
    assert (record["error"], record["error_kind"]) == ("no such file: check the path", "missing")
    back = Checked.from_record(record)
    assert back.error == failed.error == Problem(ProblemKind.MISSING, record["error"])


@pytest.mark.parametrize(
    "change",
    [
        {"wear": "correct"},
        {"uncovered": "nose"},
        {"uncovered": None},
        {"unsure_reason": "dark"},
        {"box": [1, 2]},
        {"answers": {}},
        {"probabilities": {"none": 1}},
    ],
)
def test_the_schema_refuses_faces_that_contradict_themselves(
    nose: Checked, change: dict[str, Any]
) -> None:
    record = validated(nose.record())
    record["faces"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        validated(record)


@pytest.mark.parametrize(
    "change", [{"schema": 2}, {"width": 5}, {"extra": 1}, {"engine": "x"}, {"error_kind": None}]
)
def test_the_schema_refuses_what_breaks_the_promise(
    failed: Checked, change: dict[str, Any]
) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validated(failed.record() | change)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"faces": [{}]},
        {"faces": 3},
        {"width": None},
        {"whole": ()},
        {"error": "x"},
        {"width": "210"},
    ],
)
def test_what_is_no_record_is_refused(nose: Checked, change: dict[str, Any]) -> None:
    record = nose.record() | change
    if change == {"whole": ()}:
        del record["whole"]
    with pytest.raises(ValueError, match=r"record of (schema|a checked photo)"):
        Checked.from_record(record)


def test_a_result_can_be_sent_to_another_process(nose: Checked, failed: Checked) -> None:
    copy = pickle.loads(pickle.dumps(nose))
    assert copy.record(evidence="maps") == nose.record(evidence="maps")
    assert pickle.loads(pickle.dumps(failed)).error == failed.error
    error = pickle.loads(pickle.dumps(PhotoError("gone", ProblemKind.MISSING)))
    assert (str(error), error.kind) == ("gone", ProblemKind.MISSING)


def test_a_result_that_contradicts_itself_is_refused(nose: Checked, failed: Checked) -> None:
    with pytest.raises(ValueError, match="go together"):
        replace(nose, width=None)
    with pytest.raises(ValueError, match="a size or an error"):
        replace(nose, error=failed.error)
    with pytest.raises(ValueError, match="no verdicts"):
        replace(failed, verdicts=nose.verdicts)


def test_a_verdict_that_contradicts_itself_is_refused(nose: Checked) -> None:
    with pytest.raises(ValueError, match="does not go with uncovered"):
        replace(nose[0], wear=Wear.CORRECT, uncovered=(Part.NOSE,))
    with pytest.raises(ValueError, match="in this order"):
        replace(nose[0], answers={q: nose[0].answers[q] for q in QUESTIONS[::-1]})


def test_no_other_detail_exists(nose: Checked) -> None:
    with pytest.raises(ValueError, match="not 'all'"):
        nose.record(evidence="all")  # type: ignore[arg-type]
