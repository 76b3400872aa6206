from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checker
from glassmask.output import photo_record

SCHEMA = json.loads(
    (Path(__file__).parents[1] / "docs" / "check.schema.json").read_text(encoding="utf-8")
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
    record = photo_record("a/b.png", checker.network, size=(210, 220), verdicts=verdicts)
    validate(record)
    face = json.loads(json.dumps(record))["faces"][0]
    assert face["evidence"]["class"] == name
    assert record["photo"] == "a/b.png"


def test_a_failed_photo_follows_the_schema(checker: Checker) -> None:
    record = photo_record("x.jpg", checker.network, error="no such file")
    validate(record)
    assert (record["width"], record["height"], record["faces"]) == (None, None, [])


@pytest.mark.parametrize(
    "change", [{"wear": "correct"}, {"uncovered": None}, {"unsure_reason": "dark"}, {"box": [1, 2]}]
)
def test_the_schema_refuses_faces_that_contradict_themselves(
    checker: Checker, demo: dict[str, NDArray[np.uint8]], change: dict[str, Any]
) -> None:
    record = photo_record("x", checker.network, size=(9, 9), verdicts=checker.check(demo["nose"]))
    validate(record)
    record["faces"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        validate(record)


@pytest.mark.parametrize("change", [{"schema": 2}, {"width": 5}, {"extra": 1}, {"engine": "x"}])
def test_the_schema_refuses_what_breaks_the_promise(
    checker: Checker, change: dict[str, Any]
) -> None:
    record = photo_record("x.jpg", checker.network, error="no such file") | change
    with pytest.raises(jsonschema.ValidationError):
        validate(record)
