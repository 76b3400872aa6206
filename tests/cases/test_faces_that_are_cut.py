"""Faces that the picture's edge cuts: what is not in the picture is not judged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cases.command import Demo
from glassmask import Checked, Checker, Question, Reply, Wear
from glassmask.cli.app import app
from glassmask.output.wording import explanation

pytestmark = pytest.mark.heavy

WORN = {
    "none": Wear.NONE, "correct": Wear.CORRECT, "nose": Wear.INCORRECT, "chin": Wear.INCORRECT,
    "nose_and_mouth": Wear.INCORRECT,
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Checker:
    return Checker(engine="onnxruntime")


def require_honest(checked: Checked, worn: Wear) -> None:
    """Check that no verdict is wrong and sure, and that an unseen part is not judged."""
    for verdict in checked:
        assert verdict.unsure or verdict.wear is worn, (verdict.wear, verdict.uncovered)
        unseen = [q for q, a in verdict.answers.items() if a.answer is Reply.CANT_SEE]
        assert not {str(question) for question in unseen} & set(map(str, verdict.uncovered))
        if verdict.unsure_reason == "cut":
            assert "outside the picture" in explanation(verdict)


@pytest.mark.parametrize("name", WORN)
@pytest.mark.parametrize("turned", ["as it is", "mirrored", "in a frame", "twice as large"])
def test_a_face_that_is_cut_off_below_is_never_judged_wrongly_and_surely(
    shipped: Checker, demo: Demo, name: str, turned: str
) -> None:
    photo = demo[name]
    for height in (112, 128, 145, 160):  # above the mouth to below it
        part = photo[:height]
        if turned == "mirrored":
            part = part[:, ::-1]
        elif turned == "in a frame":  # not at the edge of the file's other sides
            part = np.pad(part, ((60, 0), (60, 60), (0, 0)), constant_values=127)
        elif turned == "twice as large":
            part = np.asarray(Image.fromarray(part).resize((420, 2 * height)))
        require_honest(shipped.check(part), WORN[name])


@pytest.mark.parametrize("name", WORN)
def test_a_face_that_is_cut_off_at_a_side_is_never_judged_wrongly_and_surely(
    shipped: Checker, demo: Demo, name: str
) -> None:
    photo = demo[name]
    for place in (90, 105):
        require_honest(shipped.check(photo[:, place:]), WORN[name])
        require_honest(shipped.check(photo[:, : 210 - place]), WORN[name])


def test_at_no_height_a_cut_face_is_judged_wrongly_and_surely(shipped: Checker, demo: Demo) -> None:
    for name in ("chin", "nose"):
        for height in range(120, 170, 2):
            require_honest(shipped.check(demo[name][:height]), WORN[name])


@pytest.mark.parametrize(("name", "height"), [("nose", 124), ("chin", 146), ("chin", 150)])
def test_a_cut_face_taken_as_a_whole_picture_is_cut(
    shipped: Checker, demo: Demo, name: str, height: int
) -> None:
    (verdict,) = shipped.check(demo[name][:height], whole=True)
    assert verdict.unsure_reason == "cut"


def test_a_brow_that_is_taken_for_a_chin_is_unsure(shipped: Checker, demo: Demo) -> None:
    """Hair above eyes can look like a beard below them, upside down."""
    for verdict in shipped.check(demo["nose"][:120], whole=True):
        assert verdict.unsure_reason in ("cut", "turned")


def test_a_whole_picture_without_a_face_says_so(demo: Demo, tmp_path: Path) -> None:
    Image.fromarray(demo["correct"][:70]).save(tmp_path / "hair.png")  # and some of the brow
    done = CliRunner().invoke(app, ["check", "--whole", str(tmp_path / "hair.png")])
    assert done.exit_code == 0
    assert "no single face was found in it" in done.stderr


def test_an_unseen_chin_is_not_called_covered(shipped: Checker, demo: Demo) -> None:
    found = shipped.check(demo["chin"][:140])
    assert len(found) == 1
    assert found[0].answers[Question.CHIN].answer is Reply.CANT_SEE
    assert (found[0].unsure, found[0].unsure_reason) == (True, "cut")
