"""No figure can be made of a face that a network helped to pick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmask.errors import DatasetError
from glassmask.lab.datasets import FaceRecord, Traits
from glassmask.lab.evaluation.bootstrap import bootstrap
from glassmask.lab.evaluation.curves import confusion, roc
from glassmask.lab.evaluation.hardness import hardness
from glassmask.lab.evaluation.predictions import Predictions
from glassmask.lab.metrics.accuracy import accuracy, is_counted
from glassmask.lab.metrics.calibration import calibration_error, fit_temperature, reliability
from glassmask.lab.metrics.conformal import choose_confidence, true_probabilities
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import fold_pool, held_out, training_records
from glassmask.lab.training.recipe import read_recipe
from glassmask.labels import Wear
from labelled import labelled

FACES = [labelled(Wear.CORRECT, split="val"), labelled(Wear.NONE, split="val", picked=True)]
CHANCES = np.full((2, 5), 0.2)

FIGURES: dict[str, Callable[[list[FaceRecord]], Any]] = {
    "accuracy": lambda faces: accuracy(faces, CHANCES),
    "intervals": lambda faces: bootstrap(faces, CHANCES),
    "temperature": lambda faces: fit_temperature(np.zeros((2, 5)), faces),
    "calibration error": lambda faces: calibration_error(CHANCES, faces),
    "confidence": lambda faces: choose_confidence(CHANCES, faces),
    "true probabilities": lambda faces: true_probabilities(CHANCES, faces),
    "reliability": lambda faces: reliability(CHANCES, faces),
    "roc": lambda faces: roc(CHANCES, faces),
    "confusion": lambda faces: confusion(CHANCES, faces),
    "hardness": lambda faces: hardness(
        faces, np.zeros(2, np.bool_), Traits(("beard",), {}, Path("traits.csv"))
    ),
    "evaluation": lambda faces: Predictions.calibrate("n", faces, np.zeros((2, 5), np.float32)),
}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_no_figure_counts_a_picked_face(figure: Callable[[list[FaceRecord]], Any]) -> None:
    figure([replace(face, picked=False) for face in FACES])
    with pytest.raises(DatasetError, match=r"1 of 2 faces were picked"):
        figure(FACES)


def test_a_picked_face_is_no_face_that_counts() -> None:
    assert [is_counted(face) for face in FACES] == [True, False]


@pytest.fixture
def recipe(tiny_recipe: Path) -> WearRecipe:
    """A recipe of two folds that draws from, and is judged on, `real` and `wild`."""
    recipe = read_recipe(tiny_recipe, WearRecipe)
    shown = dict.fromkeys(("real", "wild"), recipe.data.classes["real"])
    both = {"shares": {"real": 0.5, "wild": 0.5}, "classes": shown, "folds": 2}
    data = recipe.data.model_copy(update={**both, "fold_datasets": ["real", "wild"]})
    return recipe.model_copy(update={"data": data})


def test_picked_faces_are_trained_on_and_never_held_out(recipe: WearRecipe) -> None:
    """Forty people of two datasets, one picture each, and a picked one of every second."""
    faces = [
        labelled(
            (Wear.CORRECT, Wear.NONE)[number // 2 % 2],
            dataset=("real", "wild")[number % 2],
            group=f"person {number}",
            path=Path(f"{number}.jpg"),
        )
        for number in range(40)
    ]
    faces[:8] = [replace(face, split="val") for face in faces[:8]]
    picked = [
        replace(face, dataset="wild", picked=True, split="train", path=Path(f"picked-{number}.jpg"))
        for number, face in enumerate(faces[::2])
    ]
    stranger = replace(picked[0], group="nobody of the others", path=Path("stranger.jpg"))
    every = [*faces, *picked, stranger]
    judged = []
    for fold in range(2):
        own, seen = held_out(every, recipe, fold)
        trained = training_records(every, recipe, fold)
        assert not any(record.picked for record in own)
        assert {record.dataset for record in own} == {"real", "wild"}
        assert not {record.group for record in own} & seen
        assert {record.group for record in trained} == seen
        assert stranger in trained
        kept = [face for face in picked if face.group in seen]
        assert [face for face in trained if face.picked] == [*kept, stranger]
        judged += own
    assert sorted(judged, key=lambda r: r.path) == sorted(faces, key=lambda r: r.path)
    assert not any(record.picked for record in fold_pool(every, recipe)[0])
    own, _ = held_out(every, recipe, None)  # of the whole run: those of val without picked twins
    assert own == [face for face in faces[:8] if face.group not in {r.group for r in picked}]


def test_a_picked_face_that_mending_moved_is_neither_trained_nor_measured_on(
    recipe: WearRecipe,
) -> None:
    """Its twin is in test: then it is, too."""
    moved = labelled(dataset="wild", split="test", picked=True, group="ffhq-1")
    others = [labelled(dataset=name, group=name) for name in ("real", "wild")]
    assert training_records([moved, *others], recipe, None) == others
    assert moved not in held_out([moved, *others], recipe, None)[0]
    assert not is_counted(moved)
