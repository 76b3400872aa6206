"""Networks by name, trained on whole portraits as the two studies did."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from glassmask.errors import RecipeError, RunError, SamplingError
from glassmask.faces.crop import crop
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.datasets.ffhq import ffhq_square
from glassmask.lab.tasks.classifier.recipe import ClassifierRecipe
from glassmask.lab.tasks.classifier.run import fold_allowed, set_up
from glassmask.lab.tasks.classifier.task import TASK as CLASSIFIER
from glassmask.lab.training.face_views import portrait_view
from glassmask.lab.training.folder import LOGS, METRICS, WEIGHTS
from glassmask.lab.training.module import Views
from glassmask.lab.training.progress import Progress
from glassmask.lab.training.recipe import read_recipe
from glassmask.labels import Wear

RECIPE = """
task = "classifier"
name = "tiny"

[network]
network = "lenet5"
init = "random"
size = 32
classes = 3

[data]
shares = { real = 1.0 }
views = "portrait"

[data.classes]
real = { none = 1.0, correct = 1.0, incorrect = 1.0 }

[training]
crops = 24
batch = 4
optimizer = "adam"
learning_rate = 0.001
schedule = "constant"
clip = 0.0
held_every = 2
seed = 3
"""

STUDIES = (
    *("seed-inception-resnet-v1", "seed-inception-resnet-v1-mild"),
    *("seed-resnet50", "seed-resnet50-scratch"),
    *("mobilenet-v2", "alexnet", "lenet5"),
)
RECIPES = Path(__file__).parents[4] / "recipes"


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "classifier.toml"
    path.write_text(RECIPE)
    return path


@pytest.mark.training
def test_a_run_trains_looks_at_val_and_goes_on(dataset: Path, recipe: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    told: list[Progress] = []
    CLASSIFIER.train(recipe, [dataset], run, workers=0, progress=told.append)
    assert told[-1].step == 6
    assert (run / WEIGHTS).is_file()
    card = json.loads((run / "run.json").read_text())
    assert card["faces"]["real/none"] == 4  # those of `train` alone
    with (run / METRICS).open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["step"] for row in rows] == ["2", "4", "6"]  # every look is told
    assert len({float(row["held_loss"]) for row in rows}) == 3
    assert [one.step for one in told] == [1, 2, 3, 4, 5, 6]
    assert [one.report for one in told] == [False, True] * 3
    assert any((run / LOGS).iterdir())
    CLASSIFIER.train(recipe, [dataset], run, workers=0)  # finished: nothing to do
    other = shutil.copytree(dataset, tmp_path / "other" / "real")
    table = other / "faces.csv"  # other faces of val: it would have looked at others
    table.write_text(table.read_text().replace(",val,", ",test,", 1))
    with pytest.raises(RunError, match="another data"):
        CLASSIFIER.train(recipe, [other], run, workers=0)
    recipe.write_text(RECIPE.replace("0.001", "0.002"))
    with pytest.raises(RunError, match="another recipe"):
        CLASSIFIER.train(recipe, [dataset], run, workers=0)


@pytest.mark.training
def test_a_run_ends_early_when_it_gets_no_better(
    dataset: Path, recipe: Path, tmp_path: Path
) -> None:
    text = RECIPE.replace("crops = 24", "crops = 200").replace("0.001", "1e-12")
    recipe.write_text(text.replace("held_every = 2", "held_every = 2\npatience = 2"))
    told: list[Progress] = []
    CLASSIFIER.train(recipe, [dataset], tmp_path / "run", workers=0, progress=told.append)
    assert told[-1].step < 50
    assert told[-1].report  # how it ended is told, wherever that was
    with (tmp_path / "run" / METRICS).open(newline="") as lines:
        looks = [int(row["step"]) for row in csv.DictReader(lines)]
    assert looks == list(range(2, told[-1].step + 1, 2))
    assert (tmp_path / "run" / WEIGHTS).is_file()


def test_labels_of_five_classes_as_those_of_three() -> None:
    allowed = torch.tensor(
        [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 1, 1, 1]]
    ).bool()
    wanted = [
        [True, False, False],
        [False, True, False],
        [False, False, True],
        [False, False, True],
    ]
    assert fold_allowed(allowed, 3).tolist() == wanted
    assert fold_allowed(allowed, 5) is allowed


def test_a_face_is_framed_as_in_ffhq() -> None:
    photo = np.zeros((300, 260, 3), np.uint8)
    photo[72:222, 64:192] = 255
    view = crop(photo, ffhq_square((64, 72, 128, 150)), 256)
    rows, columns = (np.flatnonzero(view[..., 0].max(axis=axis) > 128) for axis in (1, 0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (72, 221, 64, 191)


def test_what_is_wrong_is_told(dataset: Path, recipe: Path, tmp_path: Path) -> None:
    recipe.write_text(RECIPE.replace("lenet5", "lenet6"))
    with pytest.raises(RecipeError, match=r"toml: network: no network 'lenet6'"):
        CLASSIFIER.train(recipe, [dataset], tmp_path / "a", workers=0)
    recipe.write_text(RECIPE.replace("real = 1.0", "reel = 1.0"))
    with pytest.raises(RecipeError, match=r"data: .*classes\.reel has no share above 0"):
        CLASSIFIER.train(recipe, [dataset], tmp_path / "b", workers=0)
    recipe.write_text(RECIPE.replace("classes = 3", "classes = 4"))
    with pytest.raises(RecipeError, match=r"network\.classes"):
        read_recipe(recipe, ClassifierRecipe)
    recipe.write_text(RECIPE.replace("clip = 0.0", "clip = -1.0"))
    with pytest.raises(RecipeError, match=r"training\.clip"):
        read_recipe(recipe, ClassifierRecipe)


@pytest.mark.parametrize("name", STUDIES)
def test_the_recipes_of_the_studies_are_recipes(name: str) -> None:
    recipe = read_recipe(RECIPES / f"{name}.toml", ClassifierRecipe)
    assert recipe.name == name
    assert recipe.training.crops == 2 * 37_500
    assert recipe.network.classes == 3
    assert sum(recipe.data.shares.values()) == pytest.approx(1)


def test_one_class_alone_can_not_be_trained(dataset: Path, recipe: Path, tmp_path: Path) -> None:
    only = tmp_path / "real"
    only.mkdir()
    rows = (dataset / "faces.csv").read_text().splitlines()
    kept = [row for row in rows if row.startswith(("file,", "none-"))]
    (only / "faces.csv").write_text("\n".join(kept) + "\n")
    for record in read_datasets([dataset]).records:
        (only / record.path.name).write_bytes(record.path.read_bytes())
    with pytest.raises(SamplingError, match="no train face in 'real' is of class 'correct'"):
        CLASSIFIER.train(recipe, [only], tmp_path / "run", workers=0)


def test_a_portrait_is_framed_as_by_the_exact_crop(demo: dict[str, NDArray[np.uint8]]) -> None:
    photo = demo["correct"]
    for box in ((56.0, 60.0, 92.0, 110.0), (0.0, 2.0, 150.0, 190.0), (150.0, 150.0, 60.0, 70.0)):
        record = FaceRecord(Path("x"), "d", "", "train", "g", Wear.CORRECT, None, True, box, box[2])
        wanted = crop(photo, ffhq_square(box), 96).astype(int)
        views = [portrait_view(photo, record, np.random.default_rng(k), size=96) for k in range(8)]
        off = [
            min(np.abs(view - wanted).mean(), np.abs(view[:, ::-1] - wanted).mean())
            for view in views
        ]
        assert max(off) < 4
        assert len({view.tobytes() for view in views}) == 2  # mirrored or not


PROGRESSIVE = """
[training.progressive]
size = 64
crops = 8
"""


@pytest.mark.training
def test_smaller_crops_come_first_and_show_the_same_faces(
    dataset: Path, recipe: Path, tmp_path: Path
) -> None:
    text = RECIPE.replace('"lenet5"', '"mobilenet_v2"').replace("size = 32", "size = 96")
    records = read_datasets([dataset]).records
    cache = PictureCache(records)

    def views_of(written: str) -> Views:
        recipe.write_text(written)
        return set_up(read_recipe(recipe, ClassifierRecipe), records, records, cache).views

    whole, views = views_of(text), views_of(text + PROGRESSIVE)
    assert len(views) == 24
    assert [len(views[k][0]) for k in (0, 7, 8, 23)] == [64, 64, 96, 96]
    assert all(torch.equal(views[k][1], whole[k][1]) for k in range(24))
    assert torch.equal(views[9][0], whole[9][0])
    told: list[Progress] = []
    CLASSIFIER.train(recipe, [dataset], tmp_path / "run", workers=0, progress=told.append)
    assert told[-1].step == 6


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ("crops = 8", "crops = 6", "whole batches"),
        ("crops = 8", "crops = 24", "at the full size"),
        ("size = 64", "size = 16", "progressive.size"),
        ("size = 64", "size = 64", "lenet5 does not take photos of 64 x 64"),
    ],
)
def test_smaller_crops_that_make_no_sense(
    dataset: Path, recipe: Path, tmp_path: Path, was: str, becomes: str, message: str
) -> None:
    recipe.write_text(RECIPE + PROGRESSIVE.replace(was, becomes))
    with pytest.raises(RecipeError, match=message):
        CLASSIFIER.train(recipe, [dataset], tmp_path / "run", workers=0)
    assert not (tmp_path / "run").exists()
