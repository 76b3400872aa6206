from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from glassmask.errors import DatasetError, RecipeError, RunError
from glassmask.faces.find import FaceDetector
from glassmask.faces.finder import Finder
from glassmask.faces.points import MESH_INDICES
from glassmask.lab.datasets.landmark_faces import (
    MIRRORED,
    eye_distance,
    read_landmark_faces,
)
from glassmask.lab.tasks.landmarks.export import export
from glassmask.lab.tasks.landmarks.loss import error_scale, landmark_loss, wing
from glassmask.lab.tasks.landmarks.recipe import LandmarkRecipe
from glassmask.lab.tasks.landmarks.task import TASK as LANDMARKS
from glassmask.lab.tasks.landmarks.views import ViewKind
from glassmask.lab.training.folder import WEIGHTS
from glassmask.lab.training.progress import Progress
from glassmask.lab.training.recipe import read_recipe
from glassmask.painter import demo_portrait

RECIPE = """
task = "landmarks"
name = "tiny"

[network]
size = 32
margin = 1.4

[data]
painted = 0.5
negatives = 0.2
proposed = 0.3

[training]
crops = 16
batch = 4
learning_rate = 0.001
weight_decay = 0.01
warmup_crops = 4
ema = 0.5
seed = 3
"""

PORTRAIT, FACE = demo_portrait()
POINTS = np.array(FACE.xy)
DEMO_BOX = (50.0, 48.0, 104.0, 128.0)


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "landmarks.toml"
    path.write_text(RECIPE)
    return path


def test_mirroring_swaps_left_and_right() -> None:
    np.testing.assert_array_equal(MIRRORED[MIRRORED], np.arange(109))
    mirror = {MESH_INDICES[i]: MESH_INDICES[j] for i, j in enumerate(MIRRORED)}
    # Of the FaceMesh: temples, cheeks, brows, eye corners and lids, nostrils, lips, mouth.
    for left, right in (
        *((127, 356), (234, 454), (176, 400), (109, 338), (70, 300), (107, 336), (33, 263)),
        *((133, 362), (159, 386), (145, 374), (161, 388), (163, 390), (49, 279), (98, 327)),
        *((61, 291), (40, 270), (146, 375), (84, 314), (78, 308), (81, 311), (178, 402)),
    ):
        assert mirror[left] == right
    for middle in (10, 152, 168, 4, 2, 0, 17, 13, 14, 18, 175):
        assert mirror[middle] == middle


def test_a_mirrored_face_is_much_like_a_face() -> None:
    mirrored = (POINTS * (-1, 1))[MIRRORED]
    # The best shift, turn and scale from one to the other, in complex numbers.
    a, b = (p @ (1, 1j) - (p @ (1, 1j)).mean() for p in (mirrored, POINTS))
    rest = np.abs(b - a * (np.vdot(a, b) / np.vdot(a, a))).mean() / float(eye_distance(POINTS))
    assert rest < 0.08


def test_faces_are_read_with_the_points_of_their_photo(folders: list[Path]) -> None:
    faces, reading = read_landmark_faces(folders)
    assert [face.painted for face in faces] == [False] * 3 + [True] * 3
    assert [face.record.split for face in faces] == ["train", "val", "test"] * 2
    assert not reading.problems
    for face in faces:
        np.testing.assert_allclose(face.points, POINTS, atol=0.1)
    mending = folders[0].parent / "mended.csv"
    mending.write_text("group,into,split\np0,p1,val\n")
    mended, _ = read_landmark_faces(folders, mending)
    assert [face.record.split for face in mended] == ["val", "val", "test"] * 2
    with pytest.raises(DatasetError, match="no folder with mesh468"):
        read_landmark_faces(folders[1:])
    with pytest.raises(DatasetError, match="neither mesh468"):
        read_landmark_faces([*folders, folders[0] / "images"])


def test_the_wing_is_continuous_and_steep_at_small_errors() -> None:
    near = wing(torch.tensor([9.9999, 10.0001]))
    assert float(near[0]) == pytest.approx(float(near[1]), abs=1e-3)
    assert float(wing(torch.tensor(0.0))) == 0
    assert float(wing(torch.tensor(21.0)) - wing(torch.tensor(20.0))) == pytest.approx(1.0)
    assert float(wing(torch.tensor(2.0))) == pytest.approx(10 * np.log(2))


def test_loss_by_hand() -> None:
    truth = torch.tensor(POINTS, dtype=torch.float32)[None].repeat(4, 1, 1)
    scale = float(error_scale(truth)[0])
    assert scale == pytest.approx(float(eye_distance(POINTS)), rel=1e-5)
    moved = truth + torch.tensor([0.02 * scale, 0.0])
    truth[1:] = 0  # not to be read
    log_error = torch.log(torch.tensor([0.02, 1.0, 1.0, 0.3]))
    face = torch.log(torch.tensor([4.0, 0.25, 9.0, 4.0]))  # chances 0.8, 0.2, 0.9, 0.8
    quality = torch.tensor([1.0, 0.0, 0.0, 0.75])
    kind = torch.tensor([ViewKind.POINTED, ViewKind.NO_FACE, ViewKind.ASKEW, ViewKind.FACE])
    # Moved by half its width to the right; the box around both is half as wide again.
    box = torch.tensor([[0.0] * 4, [0.0] * 4, [0.0] * 4, [10.0, 20.0, 30.0, 40.0]])
    corners = torch.tensor([[20.0, 20.0], [40.0, 40.0]]).repeat(4, 1, 1)
    loss = landmark_loss(
        moved, log_error, face, corners, truth=truth, box=box, quality=quality, kind=kind
    )
    points = np.log(2) / 2  # the x of every point is off by 2 %, the y is right
    expected = (np.log(0.02) + 1 + 1 + 1) / 4
    doubt = -(2 * np.log(0.8) + 0.75 * np.log(0.8) + 0.25 * np.log(0.2)) / 4
    off = (1 - 1 / 3 + 10**2 / (30**2 + 20**2)) / 4  # IoU, distance over the diagonal; same shape
    assert float(loss) == pytest.approx(points + 0.2 * expected + doubt + off, rel=1e-3)


@pytest.mark.parametrize("what", [ViewKind.FACE, ViewKind.ASKEW, ViewKind.NO_FACE])
def test_the_loss_is_a_number_without_any_points(what: ViewKind) -> None:
    points = torch.zeros(2, 109, 2, requires_grad=True)
    said = torch.zeros(2, requires_grad=True)
    loss = landmark_loss(
        points,
        said,
        said,
        points[:, :2],
        truth=torch.zeros(2, 109, 2),
        box=torch.zeros(2, 4),
        quality=torch.zeros(2),
        kind=torch.full((2,), int(what)),
    )
    torch.autograd.backward(loss)
    assert torch.isfinite(loss)
    assert points.grad is not None
    assert torch.isfinite(points.grad).all()


@pytest.mark.training
def test_a_run_trains_goes_on_and_is_exported(
    folders: list[Path],
    scenes: Path,
    recipe: Path,
    tmp_path: Path,
    faces: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    two = faces.fixed("true-and-false", [DEMO_BOX, (0.0, 180.0, 30.0, 30.0)], (220, 210))
    monkeypatch.setattr("glassmask.lab.tasks.landmarks.run.Finder", partial(Finder, two))
    monkeypatch.setattr(
        "glassmask.lab.tasks.landmarks.export.FaceDetector", partial(FaceDetector, two)
    )
    folders = [*folders, scenes]
    run = tmp_path / "run"
    found: list[Progress] = []
    LANDMARKS.train(recipe, folders, run, workers=0, progress=found.append)
    assert found[-1].step == 4
    assert (run / WEIGHTS).is_file()
    card = json.loads((run / "run.json").read_text())
    assert card["faces"] == {"faces/bare": 1, "painted/painted": 1}
    LANDMARKS.train(recipe, folders, run, workers=0)  # finished: nothing to do
    with pytest.raises(RunError, match="another data"):
        LANDMARKS.train(recipe, [folders[0], scenes], run, workers=0)
    with pytest.raises(DatasetError, match=r"no folder with scenes\.csv"):
        LANDMARKS.train(recipe, folders[:2], tmp_path / "other", workers=0)

    out = tmp_path / "landmarks.onnx"
    manifest = export(run, folders, out)
    assert out.stat().st_size < 2_500_000
    assert json.loads(out.with_suffix(".json").read_text()) == manifest
    assert manifest["input_size"] == 32
    assert manifest["margin"] == 1.4
    assert manifest["confidence"] == 0.5
    assert manifest["metrics"]["painted"]["faces"] == 1
    assert manifest["metrics"]["found"]["scenes"] == 1
    assert 0 <= manifest["score"] <= 1
    with pytest.raises(RunError, match="no finished run"):
        export(tmp_path, folders, out)


def test_a_broken_recipe_is_told(recipe: Path) -> None:
    assert read_recipe(recipe, LandmarkRecipe).network.size == 32
    recipe.write_text(RECIPE.replace("size = 32", "size = 33"))
    with pytest.raises(RecipeError, match=r"network\.size: .* multiple of 16"):
        read_recipe(recipe, LandmarkRecipe)
    recipe.write_text(RECIPE + "\nmore = 1")
    with pytest.raises(RecipeError, match=r"training\.more"):
        read_recipe(recipe, LandmarkRecipe)
    recipe.write_text("not toml")
    with pytest.raises(RecipeError, match="not TOML"):
        read_recipe(recipe, LandmarkRecipe)
    with pytest.raises(RecipeError, match="can't be read"):
        read_recipe(recipe.with_name("none.toml"), LandmarkRecipe)
