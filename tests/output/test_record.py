from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checker
from glassmask.output.record import photo_record

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "check.schema.json").read_text(encoding="utf-8")
)


def validate(record: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(record)))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["none", "correct", "chin"])
def test_a_checked_photo_follows_the_schema(
    checker: Checker, demo: dict[str, NDArray[np.uint8]], name: str
) -> None:
    verdicts = checker.check(demo[name])
    record = photo_record("a/b.png", checker, size=(210, 220), verdicts=verdicts)
    validate(record)
    face = json.loads(json.dumps(record))["faces"][0]
    assert face["evidence"]["class"] == name
    assert record["photo"] == "a/b.png"


def test_several_faces_and_none_follow_the_schema(
    faces: Any, found_box: Any, demo: dict[str, NDArray[np.uint8]]
) -> None:
    boxes = [(50.0, 48.0, 104.0, 128.0), (260.0, 48.0, 104.0, 128.0)]
    row = np.hstack([demo["nose"], demo["none"]])
    row[:, 210:] //= 8  # too dark for landmarks to be trusted
    finder = faces.fixed("json", boxes, row.shape[:2])
    pair = Checker(engine="onnxruntime", finder=finder, landmarks=faces.landmarks)
    record = photo_record("x", pair, size=(420, 220), verdicts=pair.check(row))
    validate(record)
    first, second = json.loads(json.dumps(record))["faces"]
    np.testing.assert_allclose(first["box"], found_box(boxes[0]), atol=0.3)
    assert first["score"] == pytest.approx(0.96875)
    assert len(first["landmarks"]) == 109
    assert second["landmarks"] is None
    assert record["finder"].startswith("json 0 (")
    assert record["whole"] is False
    validate(photo_record("x", pair, size=(420, 220)))


def test_a_failed_photo_follows_the_schema(checker: Checker) -> None:
    record = photo_record("x.jpg", checker, error="no such file")
    validate(record)
    assert (record["width"], record["height"], record["faces"]) == (None, None, [])


@pytest.mark.parametrize(
    "change", [{"wear": "correct"}, {"uncovered": None}, {"unsure_reason": "dark"}, {"box": [1, 2]}]
)
def test_the_schema_refuses_faces_that_contradict_themselves(
    checker: Checker, demo: dict[str, NDArray[np.uint8]], change: dict[str, Any]
) -> None:
    record = photo_record("x", checker, size=(9, 9), verdicts=checker.check(demo["nose"]))
    validate(record)
    record["faces"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        validate(record)


@pytest.mark.parametrize("change", [{"schema": 1}, {"width": 5}, {"extra": 1}, {"engine": "x"}])
def test_the_schema_refuses_what_breaks_the_promise(
    checker: Checker, change: dict[str, Any]
) -> None:
    record = photo_record("x.jpg", checker, error="no such file") | change
    with pytest.raises(jsonschema.ValidationError):
        validate(record)
