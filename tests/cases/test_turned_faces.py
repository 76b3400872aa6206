"""Heads that lie on their side or stand on their top are judged as upright ones are."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from glassmask import Checked, Checker, UnsureReason, Verdict
from glassmask.faces.face import Face
from glassmask.output.annotate import annotate
from stand_ins import class_name

Demo = dict[str, NDArray[np.uint8]]
BORDER = 60


@pytest.fixture(scope="module")
def shipped() -> Checker:
    return Checker(engine="onnxruntime", threads=1)


@pytest.fixture(scope="module")
def framed(demo: Demo) -> Demo:
    """The demo photos in a grey frame: some room to turn in."""
    space = ((BORDER, BORDER), (BORDER, BORDER), (0, 0))
    return {name: np.pad(photo, space, constant_values=110) for name, photo in demo.items()}


def only(checked: Checked) -> Verdict:
    (verdict,) = checked
    return verdict


def test_a_lying_face_is_judged_as_the_upright_one(shipped: Checker, framed: Demo) -> None:
    """Or is unsure: upside down, a mask's upper edge can look like a mouth."""
    judged = 0
    for name, photo in framed.items():
        upright = only(shipped.check(photo))
        for turn in (1, 2, 3):
            lying = max(
                shipped.check(np.ascontiguousarray(np.rot90(photo, -turn))),
                key=lambda verdict: verdict.face.score or 0,
            )
            if lying.unsure:
                continue
            judged += 1
            assert lying.face.turn == turn
            assert abs(lying.face.angle - 90 * turn) < 10
            assert class_name(lying) == class_name(upright) == name
            for region, share in upright.shares.items():
                assert lying.shares[region] == pytest.approx(share, abs=0.15)
    assert judged >= 13


@pytest.mark.heavy
def test_at_no_angle_a_verdict_is_surely_wrong(shipped: Checker, framed: Demo) -> None:
    found = 0
    for name in ("none", "correct", "chin"):
        upright = only(shipped.check(framed[name]))
        for angle in range(30, 360, 30):
            turned = Image.fromarray(framed[name]).rotate(
                angle, Image.Resampling.BICUBIC, fillcolor=(110, 110, 110)
            )
            for verdict in shipped.check(turned):
                found += 1
                assert verdict.unsure or verdict.wear is upright.wear, (name, angle)
    assert found >= 25


def test_the_heat_map_lies_on_the_lying_face(shipped: Checker, framed: Demo) -> None:
    """Turned back, the picture of the lying face and its map are those of the upright one."""
    photo = framed["nose"]
    (face,) = shipped.find(photo)
    height, width = photo.shape[:2]
    lying = np.ascontiguousarray(np.rot90(photo, -1))  # the top of the head points right
    x, y, w, h = face.box
    there = Face((height - y - h, x, h, w), face.score, turn=1)
    (upright,) = shipped.judge(photo, [Face(face.box, face.score)])
    (verdict,) = shipped.judge(lying, [there])
    # Not to the bit: a crop is rounded between its two axes, and here the other comes first.
    near = 0.01 * float(upright.evidence.maps.max())
    np.testing.assert_allclose(verdict.evidence.maps, upright.evidence.maps, atol=near)
    assert verdict.shares == pytest.approx(upright.shares, abs=0.01)
    placed = np.rot90(verdict.evidence.on_photo(width, height), 1)
    np.testing.assert_allclose(placed, upright.evidence.on_photo(height, width), atol=near)
    drawn = annotate(lying, [verdict])
    assert drawn.shape == lying.shape


def test_a_lying_face_whose_parts_nobody_is_sure_of_is_unsure(
    shipped: Checker, framed: Demo
) -> None:
    (face,) = shipped.find(framed["none"])
    (sure,) = shipped.judge(framed["none"], [face])
    (lost,) = shipped.judge(framed["none"], [Face(face.box, face.score, turn=1)])
    assert not sure.unsure
    assert lost.unsure_reason is UnsureReason.TURNED


def test_the_json_says_how_a_face_lies(shipped: Checker, framed: Demo) -> None:
    checked = shipped.check(np.ascontiguousarray(np.rot90(framed["nose"], 2)))
    record = json.loads(json.dumps(checked.record(evidence="maps")))
    assert record["faces"][0]["turn"] == 2
    assert 175 < record["faces"][0]["angle"] < 185
    back = only(Checked.from_record(record))
    assert back.face.turn == 2
    assert back.evidence.square.turn == 2
