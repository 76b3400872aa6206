"""`glassmask explain` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner, Result

from glassmask import Checker, Question
from glassmask.cli.app import app
from glassmask.errors import TargetError
from glassmask.lab import explain_photos
from glassmask.networks.manifest import load_wear_network

SIZE = load_wear_network()[1].input_size

pytestmark = pytest.mark.heavy

Demo = dict[str, NDArray[np.uint8]]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["explain", *map(str, arguments)])


@pytest.fixture
def wide(demo: Demo, tmp_path: Path) -> Path:
    """A photo that is not square, with the demo portrait's nose uncovered."""
    photo = np.full((220, 420, 3), 128, np.uint8)
    photo[:, 180:390] = demo["nose"]
    path = tmp_path / "wide photo.png"
    Image.fromarray(photo).save(path)
    return path


def test_a_photo_by_the_networks_own_evidence(wide: Path, tmp_path: Path) -> None:
    done = run(wide, "--whole", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [f"wide photo-evidence.{end}" for end in ("json", "npz", "png")]
    with np.load(tmp_path / "out" / names[1]) as arrays:
        assert arrays["raw"].shape == (1, SIZE // 16, SIZE // 16)
        assert arrays["at_crop"].shape == (1, SIZE, SIZE)
        np.testing.assert_allclose(arrays["squares"], [[0, -100, 420, 0]])
        assert arrays["error"].max() < 1e-5
        told = json.loads((tmp_path / "out" / names[0]).read_text())["faces"][0]
        assert told["target"] == "verdict"
        (verdict,) = Checker(engine="onnxruntime").check(wide, whole=True)
        evidence = verdict.evidence  # what check shows
        np.testing.assert_allclose(arrays["raw"][0], evidence.grid(), atol=0.01)
        bias = float(evidence.signs @ evidence.biases)
        assert arrays["raw"].mean() + bias == pytest.approx(told["value"], abs=1e-4)
    with Image.open(tmp_path / "out" / names[2]) as picture:
        assert picture.size[0] > 3 * 256


def test_a_question(wide: Path, tmp_path: Path) -> None:
    target = ("--target", "question:nose")
    done = run(wide, "--whole", *target, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "out" / "wide photo-evidence.json").read_text())["faces"][0]
    (verdict,) = Checker(engine="onnxruntime").check(wide, whole=True)
    assert told["target"] == "question:nose"
    assert told["value"] == pytest.approx(verdict.answers[Question.NOSE].logit, abs=1e-3)


@pytest.mark.parametrize("name", ["ear", "Nose", "face", "", "nose:mouth"])
def test_an_unknown_question_names_those_that_there_are(wide: Path, name: str) -> None:
    there = "question:mask, question:nose, question:mouth, question:chin"
    with pytest.raises(TargetError, match=f"no question {name!r}; there are: {there}"):
        explain_photos([wide], whole=True, target=f"question:{name}")


def test_the_verdict_by_its_name(wide: Path) -> None:
    (asked,), (usual,) = (
        [*explain_photos([wide], whole=True, target=target)] for target in ("verdict", None)
    )
    assert asked.attributions[0].targets == usual.attributions[0].targets
    np.testing.assert_array_equal(asked.attributions[0].maps, usual.attributions[0].maps)


def test_why_this_rather_than_that_by_every_method(wide: Path, tmp_path: Path) -> None:
    done = run(
        wide, "--whole", "--method", "all", "--target", "nose:mouth", "--out", tmp_path / "out"
    )
    assert done.exit_code == 0, done.output
    methods = ["evidence", "grad-cam", "gradient", "integrated-gradients", "occlusion"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *(f"wide photo-{method}.{end}" for method in methods for end in ("json", "npz", "png")),
        "wide photo-all.png",
    }
    values = set()
    for method in methods:
        told = json.loads((tmp_path / "out" / f"wide photo-{method}.json").read_text())
        assert told["faces"][0]["target"] == "nose rather than mouth"
        values.add(round(told["faces"][0]["value"], 3))
    assert len(values) == 1  # one network, one question


def test_two_photos_of_one_name_and_a_broken_one(demo: Demo, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        Image.fromarray(demo["correct"]).save(tmp_path / folder / "me.png")
    (tmp_path / "c.png").write_bytes(b"no picture")
    done = run(
        tmp_path / "a", tmp_path / "b", tmp_path / "c.png", "--whole", "--out", tmp_path / "out",
        "--method", "grad-cam", "--palette", "green",
    )  # fmt: skip
    assert done.exit_code == 1
    assert "c.png" in done.output
    assert {path.name for path in (tmp_path / "out").glob("*.png")} == {
        "me-grad-cam.png",
        "me-2-grad-cam.png",
    }


def test_no_face_is_told(tmp_path: Path) -> None:
    Image.new("RGB", (80, 60), "grey").save(tmp_path / "wall.png")
    done = run(tmp_path / "wall.png", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "no face was found; --whole takes the photo as one face" in done.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--target", "hat"], "no class or question 'hat'; there are: mask, nose, mouth, chin"),
        (["--target", "nose:nose"], "'nose:nose' is no target"),
        (["--layer", "body"], "a layer is for grad-cam, not for evidence"),
        (
            ["--method", "gradient", "--baseline", "black"],
            "a baseline is for integrated-gradients and occlusion, not for gradient",
        ),
        (["--method", "occlusion", "--baseline", "grey"], "no baseline 'grey'"),
        (["--method", "grad-cam", "--layer", "nowhere"], "no layer 'nowhere'"),
        (["--network", "nothing.onnx"], "nothing.onnx: no such file or folder"),
    ],
)
def test_what_can_not_be(wide: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(wide, "--whole", "--out", tmp_path / "out", *arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output
    assert not list((tmp_path / "out").glob("*.*"))


def test_out_is_a_file(wide: Path) -> None:
    done = run(wide, "--whole", "--out", wide)
    assert done.exit_code == 2
    assert "wide photo.png" in done.output
