from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.training import loop, wear
from glassmask.lab.training.loop import Progress, train
from glassmask.lab.training.module import TrainingError, learning_rate
from glassmask.lab.training.recipe import Recipe, read_recipe
from glassmask.lab.training.sampling import CropStream, SamplingError, augmented
from glassmask.lab.training.wear import allowed_loss, wear_task

VIEW = partial(augmented, size=32)


def test_loss_by_hand() -> None:
    logits = torch.log(torch.tensor([[0.1, 0.2, 0.3, 0.15, 0.25]]))
    one = torch.tensor([[False, True, False, False, False]])
    three = torch.tensor([[False, False, True, True, True]])
    assert float(allowed_loss(logits, one)) == pytest.approx(-math.log(0.2))
    assert float(allowed_loss(logits, three)) == pytest.approx(-math.log(0.7))
    uniform = -sum(math.log(p) for p in (0.1, 0.2, 0.3, 0.15, 0.25)) / 5
    assert float(allowed_loss(logits, one, 0.1)) == pytest.approx(
        -0.9 * math.log(0.2) + 0.1 * uniform
    )


def test_loss_has_no_nan_gradient_for_a_class_that_is_not_allowed() -> None:
    logits = torch.tensor([[200.0, -200.0, 0.0, 0.0, 0.0]], requires_grad=True)
    loss = allowed_loss(logits, torch.tensor([[False, True, False, False, False]]))
    (gradient,) = torch.autograd.grad(loss, logits)
    assert torch.isfinite(gradient).all()


def test_learning_rate_warms_up_and_decays(tiny_recipe: Path) -> None:
    settings = read_recipe(tiny_recipe).training
    rates = [learning_rate(step, 100, settings) for step in range(100)]
    assert rates[0] == settings.learning_rate
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.001 * settings.learning_rate


@pytest.fixture
def recipe(tiny_recipe: Path) -> Recipe:
    return read_recipe(tiny_recipe)


def train_wear(
    recipe: Recipe, records: list[FaceRecord], cache: PictureCache, run: Path, **options: Any
) -> None:
    train(wear_task(recipe, records, cache), recipe.training, run, **options)


def test_a_stopped_run_goes_on_exactly(dataset: Path, recipe: Recipe, tmp_path: Path) -> None:
    records = [r for r in read_datasets([dataset]).records if r.split == "train"]
    cache = PictureCache(records)
    for name in ("straight", "stopped"):
        (tmp_path / name).mkdir()
    train(
        wear_task(recipe, records, cache),
        recipe.training,
        tmp_path / "straight",
        workers=0,
        save_every=2,
    )

    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(
            wear_task(recipe, records, cache),
            recipe.training,
            tmp_path / "stopped",
            workers=0,
            save_every=2,
            progress=stop,
        )
    assert (tmp_path / "stopped" / loop.RESUME).exists()
    assert not (tmp_path / "stopped" / loop.WEIGHTS).exists()
    train(
        wear_task(recipe, records, cache),
        recipe.training,
        tmp_path / "stopped",
        workers=1,
        save_every=2,
    )
    straight = load_file(tmp_path / "straight" / loop.WEIGHTS)
    stopped = load_file(tmp_path / "stopped" / loop.WEIGHTS)
    for name, value in straight.items():
        torch.testing.assert_close(value, stopped[name], rtol=1e-4, atol=1e-5)
    assert not list(tmp_path.rglob("*.part"))


def test_a_loss_that_is_no_number_stops_and_keeps_the_state_before(
    dataset: Path, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [r for r in read_datasets([dataset]).records if r.split == "train"]
    calls = 0

    def poisoned(logits: torch.Tensor, allowed: torch.Tensor, smoothing: float) -> torch.Tensor:
        nonlocal calls
        calls += 1
        return allowed_loss(logits, allowed, smoothing) * (math.nan if calls == 3 else 1)

    monkeypatch.setattr(wear, "allowed_loss", poisoned)
    with pytest.raises(TrainingError, match="the loss is nan at step 2"):
        train(
            wear_task(recipe, records, PictureCache(records)),
            recipe.training,
            tmp_path,
            workers=0,
            save_every=1,
        )
    state = torch.load(tmp_path / loop.RESUME, weights_only=True)
    assert state["global_step"] == 2
    assert all(torch.isfinite(v).all() for v in state["state_dict"].values())


def test_draws_are_balanced_as_the_recipe_says(dataset: Path, recipe: Recipe) -> None:
    records = [r for r in read_datasets([dataset]).records if r.split == "train"]
    stream = CropStream(records, PictureCache(records), recipe.data, 300, 0, VIEW)
    allowed = torch.stack([stream[k][1] for k in range(300)]).float().mean(dim=0)
    assert allowed[0] == pytest.approx(1 / 3, abs=0.09)
    assert allowed[1] == pytest.approx(1 / 3, abs=0.09)
    assert float(allowed[2:].sum()) == pytest.approx(1 / 3, abs=0.09)


def test_a_class_without_faces_is_told(dataset: Path, recipe: Recipe) -> None:
    records = [r for r in read_datasets([dataset]).records if r.wear == "none"]
    with pytest.raises(SamplingError, match="no training face in 'real' is of class 'correct'"):
        CropStream(records, PictureCache(records), recipe.data, 8, 0, VIEW)
