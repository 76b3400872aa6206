"""Evidence supervision: where the evidence must lie, and what it costs where it does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from glassmask.errors import SamplingError
from glassmask.lab.classes import CLASSES
from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.datasets.pairs import read_pairs
from glassmask.lab.tasks.wear.loss import pointing_loss
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import set_up
from glassmask.lab.tasks.wear.task import TASK as WEAR
from glassmask.lab.tasks.wear.views import PointedStream
from glassmask.lab.training.augmentation import random_view_with_mask
from glassmask.lab.training.face_views import AugmentedView
from glassmask.lab.training.recipe import DataSection, read_recipe
from glassmask.lab.training.sampling import CropStream, FaceSampler


def test_the_loss_by_hand() -> None:
    """Own less rival: [[3, -1], [1, 0]]; of the positive 4, 3 lie in a cell that counts half."""
    evidence = torch.zeros(2, 5, 2, 2)
    evidence[0, 1] = torch.tensor([[4.0, 0.0], [1.0, 0.0]])
    evidence[0, 2] = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    allowed = torch.eye(5, dtype=torch.bool)[[1, 0]]
    where = torch.tensor([[[0.5, 0.0], [1.0, 0.0]]]).repeat(2, 1, 1)
    rival = torch.tensor([2, -1])
    loss = pointing_loss(evidence.requires_grad_(), allowed, where, rival)
    assert float(loss.detach()) == pytest.approx(3 * 0.5 / 4)
    loss.backward()  # type: ignore[no-untyped-call]
    assert evidence.grad is not None
    assert float(evidence.grad[0, 1, 0, 0]) > 0  # less there
    assert float(evidence.grad[0, 1, 1, 0]) < 0  # more here
    assert not evidence.grad[1].any()


def test_nothing_to_point_at_costs_nothing() -> None:
    evidence = torch.randn(3, 5, 2, 2, requires_grad=True)
    none = torch.full((3,), -1)
    loss = pointing_loss(evidence, torch.eye(5, dtype=torch.bool)[:3], torch.ones(3, 2, 2), none)
    assert float(loss.detach()) == 0
    assert loss.requires_grad  # a batch without pairs can be trained on
    against = -torch.ones(1, 5, 2, 2)
    against[:, 1] = 1.0
    empty = pointing_loss(against, torch.eye(5, dtype=torch.bool)[[0]], torch.ones(1, 2, 2),
                          torch.tensor([1]))  # fmt: skip
    assert float(empty) == 0


def test_marked_pixels_go_the_way_of_the_photo() -> None:
    """A photo that is white where it is marked: the view must be, whatever was drawn."""
    marked = np.zeros((240, 200), np.bool_)
    marked[110:150, 80:140] = True
    photo = np.repeat(marked[..., None].astype(np.uint8) * 255, 3, axis=2)
    for seed in range(40):
        view, seen = random_view_with_mask(
            photo, marked, (60.0, 70.0, 80.0, 110.0), 96, np.random.default_rng(seed)
        )
        assert 40 < seen.sum() < 96 * 96 / 2
        inside = view[seen].mean()
        # Letter boxes may be white, too; what is near is not.
        near = cv2.dilate(seen.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        assert inside > view[near & ~seen].mean() + 40, seed


@pytest.mark.parametrize(("turned", "among"), [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
def test_a_stream_tells_where_the_members_of_pairs_differ(
    pairs: Path, turned: float, among: float
) -> None:
    view = AugmentedView(64, turned)
    read = read_pairs(pairs)
    records = [record for pair in read for record in (pair.before, pair.after)]
    names = {"correct": 1.0, "incorrect": 1.0}
    data = DataSection.model_validate({"shares": {"pairs": 1.0}, "classes": {"pairs": names}})
    cache = PictureCache(records)
    stream = CropStream(
        FaceSampler(records, data), cache, view, length=12, seed=5, neighbour_rate=among
    )
    pointed = PointedStream(stream, read, view, 4)
    for number in range(12):
        crop, allowed, where, rival = pointed[number]
        plain, same = stream[number]
        assert torch.equal(crop, plain)  # what is seen is what would be seen without
        assert torch.equal(allowed, same)
        own = CLASSES[int(allowed.nonzero())]
        assert (own == "correct") is (CLASSES[int(rival)] != "correct")
        assert where.shape == (4, 4)
        assert 0 < float(where.mean()) < 0.8
    alone = PointedStream(stream, [], view, 4)[0]
    assert int(alone[3]) == -1
    assert not alone[2].any()


@pytest.mark.training
def test_a_run_with_pairs(pairs: Path, tiny_recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pairs"
    shutil.copytree(pairs, folder)
    table = folder / "painted.csv"
    table.write_text(table.read_text().replace(",val,", ",train,"))
    text = tiny_recipe.read_text().replace("real = 1.0", "pairs = 1.0")
    text = text.replace("real = { none = 1.0, correct = 1.0,", "pairs = { correct = 1.0,")
    text = text.replace("folds = 2", 'fold_datasets = ["pairs"]')
    tiny_recipe.write_text(text + "\n[evidence]\npointing = 0.5\n")
    WEAR.train(tiny_recipe, [folder], tmp_path / "with")
    plain = tmp_path / "plain.toml"
    plain.write_text(text)
    WEAR.train(plain, [folder], tmp_path / "without")
    with_it, without = (
        (tmp_path / name / "weights.safetensors").read_bytes() for name in ("with", "without")
    )
    assert with_it != without


def test_pointing_needs_pairs(dataset: Path, tiny_recipe: Path, tmp_path: Path) -> None:
    tiny_recipe.write_text(tiny_recipe.read_text() + "\n[evidence]\npointing = 0.5\n")
    with pytest.raises(SamplingError, match="pointing needs painted pairs"):
        WEAR.train(tiny_recipe, [dataset], tmp_path / "run")


def test_pairs_that_are_never_drawn_are_told(pairs: Path, dataset: Path, tiny_recipe: Path) -> None:
    tiny_recipe.write_text(tiny_recipe.read_text() + "\n[evidence]\npointing = 0.5\n")
    records = [r for r in read_datasets([dataset]).records if r.split == "train"]
    cache = PictureCache(records)
    with pytest.raises(SamplingError, match="none of the faces drawn is of a painted pair"):
        set_up(read_recipe(tiny_recipe, WearRecipe), records, cache, read_pairs(pairs))
