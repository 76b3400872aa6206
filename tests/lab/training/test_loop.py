from __future__ import annotations

import errno
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save
from torch import nn
from torch.utils.data import Dataset

from glassmask.errors import SamplingError, TrainingError
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.tasks.wear import run as wear_run
from glassmask.lab.tasks.wear.loss import question_loss
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import set_up
from glassmask.lab.training import folder, loop
from glassmask.lab.training.checkpoints import steps_done
from glassmask.lab.training.face_views import AugmentedView
from glassmask.lab.training.loop import train
from glassmask.lab.training.losses import allowed_loss
from glassmask.lab.training.module import TrainingSetup, Validation, learning_rate
from glassmask.lab.training.progress import Progress
from glassmask.lab.training.recipe import TrainingSection, read_recipe
from glassmask.lab.training.sampling import CropStream, FaceSampler

pytestmark = pytest.mark.heavy

VIEW = AugmentedView(32)


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
    settings = read_recipe(tiny_recipe, WearRecipe).training
    rates = [learning_rate(step, 100, settings) for step in range(100)]
    assert rates[0] == settings.learning_rate
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.001 * settings.learning_rate


@pytest.fixture
def recipe(tiny_recipe: Path) -> WearRecipe:
    return read_recipe(tiny_recipe, WearRecipe)


def train_wear(
    recipe: WearRecipe, records: list[FaceRecord], cache: PictureCache, run: Path, **options: Any
) -> None:
    train(set_up(recipe, records, cache), recipe.training, run, **options)


@pytest.mark.training
@pytest.mark.parametrize("where", ["while it trains", "while it writes its weights"])
def test_a_stopped_run_goes_on_exactly(
    dataset: Path, recipe: WearRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    records = [r for r in read_datasets([dataset]).records if r.split == "train"]
    cache = PictureCache(records)
    for name in ("straight", "stopped"):
        (tmp_path / name).mkdir()
    straight, stopped = tmp_path / "straight", tmp_path / "stopped"
    train_wear(recipe, records, cache, straight, workers=0, save_every=2)

    def stop(progress: Progress) -> None:
        if progress.step == 3 and where == "while it trains":
            raise KeyboardInterrupt

    def full(*_: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    whole = save
    monkeypatch.setattr(loop, "save", full)
    with pytest.raises((KeyboardInterrupt, OSError)):
        train_wear(recipe, records, cache, stopped, workers=0, save_every=2, progress=stop)
    monkeypatch.setattr(loop, "save", whole)
    assert steps_done(stopped / folder.RESUME) == 2  # never the last step's
    assert not (stopped / folder.WEIGHTS).exists()
    train_wear(recipe, records, cache, stopped, workers=0, save_every=2)
    wanted, got = (load_file(run / folder.WEIGHTS) for run in (straight, stopped))
    assert all(torch.equal(value, got[name]) for name, value in wanted.items())
    assert not (stopped / folder.RESUME).exists()
    assert not list(tmp_path.rglob("*.part"))


class Look(Dataset[tuple[torch.Tensor]]):
    """Eight numbers to learn, or to look at."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> tuple[torch.Tensor]:
        return (torch.tensor([float(number % 8)]),)


def looking_task(losses: dict[int, float], patience: int) -> TrainingSetup[nn.Linear]:
    """A network whose held-out loss after step k is `losses[k]`."""
    torch.manual_seed(0)
    network = nn.Linear(1, 1)
    steps = 0

    def loss_of(network: nn.Linear, batch: list[torch.Tensor]) -> torch.Tensor:
        nonlocal steps
        if not torch.is_grad_enabled():
            return torch.tensor(losses[steps])
        steps += 1
        total: torch.Tensor = (network(batch[0]) - 1).square().mean()
        return total

    return TrainingSetup(network, Look(400), loss_of, Validation(Look(8), 2, patience))


SETTINGS = TrainingSection(crops=160, batch=8, learning_rate=0.05, seed=1)


def test_the_weights_of_the_best_look_are_kept(tmp_path: Path) -> None:
    told: list[tuple[int, torch.Tensor]] = []
    losses = {2: 3.0, 4: 1.0, 6: 2.0, 8: 2.5, 10: 1.5}
    task = looking_task(losses, patience=3)

    def note(progress: Progress) -> None:
        told.append((progress.step, task.network.weight.detach().clone()))

    network = train(task, SETTINGS, tmp_path, workers=0, progress=note)
    assert told[-1][0] == 10  # three looks after the best
    after = dict(told)
    assert torch.equal(network.weight, after[4])
    assert not torch.equal(network.weight, after[8])
    assert torch.equal(load_file(tmp_path / folder.WEIGHTS)["weight"], network.weight)
    assert {path.name for path in tmp_path.iterdir()} == {
        *(folder.WEIGHTS, folder.METRICS, folder.CURVE, folder.LOGS)
    }


@pytest.mark.parametrize("stop_at", [2, 4, 5, 6, 8])
def test_a_run_with_looks_goes_on_exactly(tmp_path: Path, stop_at: int) -> None:
    losses = {2: 3.0, 4: 1.0, 6: 2.0, 8: 2.5, 10: 1.5}
    runs = {name: tmp_path / name for name in ("straight", "stopped")}
    for run in runs.values():
        run.mkdir()
    train(looking_task(losses, 3), SETTINGS, runs["straight"], workers=0, save_every=2)

    def stop(progress: Progress) -> None:
        if progress.step == stop_at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(
            looking_task(losses, 3), SETTINGS, runs["stopped"], workers=0, save_every=2,
            progress=stop,
        )  # fmt: skip
    done = steps_done(runs["stopped"] / folder.RESUME)
    rest = looking_task({step - done: loss for step, loss in losses.items()}, 3)
    last: list[int] = []
    train(
        rest, SETTINGS, runs["stopped"], workers=0, save_every=2,
        progress=lambda progress: last.append(progress.step),
    )  # fmt: skip
    assert last[-1] == 10
    wanted, got = (load_file(run / folder.WEIGHTS)["weight"] for run in runs.values())
    assert torch.equal(wanted, got)


def test_gradients_that_are_no_numbers_stop_before_the_step(tmp_path: Path) -> None:
    torch.manual_seed(0)
    steps = 0

    def loss_of(network: nn.Linear, batch: list[torch.Tensor]) -> torch.Tensor:
        nonlocal steps
        steps += 1
        total: torch.Tensor = (network(batch[0]) - 1).square().mean()
        # a finite loss whose gradient is 0 / 0
        return total + (0 * network.weight.sum()).sqrt() * 0 if steps == 3 else total

    task = TrainingSetup(nn.Linear(1, 1), Look(400), loss_of)
    with pytest.raises(TrainingError, match=r"gradient's norm is nan at step 2: .*resume\.ckpt"):
        train(task, SETTINGS, tmp_path, workers=0, save_every=1)
    state = torch.load(tmp_path / folder.RESUME, weights_only=True)
    assert state["global_step"] == 2
    assert all(torch.isfinite(v).all() for v in state["state_dict"].values())
    assert not (tmp_path / folder.WEIGHTS).exists()


@pytest.mark.training
def test_a_loss_that_is_no_number_stops_and_keeps_the_state_before(
    dataset: Path, recipe: WearRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [r for r in read_datasets([dataset]).records if r.split == "train"]
    calls = 0

    def poisoned(
        logits: torch.Tensor, targets: torch.Tensor, *, answers: float, smoothing: float
    ) -> torch.Tensor:
        nonlocal calls
        calls += 1
        loss = question_loss(logits, targets, answers=answers, smoothing=smoothing)
        return loss * (math.nan if calls == 3 else 1)

    monkeypatch.setattr(wear_run, "question_loss", poisoned)
    with pytest.raises(TrainingError, match=r"the loss is nan at step 2: .*in another folder"):
        train(
            set_up(recipe, records, PictureCache(records)),
            recipe.training,
            tmp_path,
            workers=0,
            save_every=1,
        )
    state = torch.load(tmp_path / folder.RESUME, weights_only=True)
    assert state["global_step"] == 2
    assert all(torch.isfinite(v).all() for v in state["state_dict"].values())


def test_draws_are_balanced_as_the_recipe_says(dataset: Path, recipe: WearRecipe) -> None:
    records = [r for r in read_datasets([dataset]).records if r.split == "train"]
    stream = CropStream(
        FaceSampler(records, recipe.data), PictureCache(records), VIEW, length=300, seed=0
    )
    allowed = torch.stack([stream[k][1] for k in range(300)]).float().mean(dim=0)
    assert allowed[0] == pytest.approx(1 / 3, abs=0.09)
    assert allowed[1] == pytest.approx(1 / 3, abs=0.09)
    assert float(allowed[2:].sum()) == pytest.approx(1 / 3, abs=0.09)


def test_faces_are_put_among_others_as_often_as_asked(dataset: Path, recipe: WearRecipe) -> None:
    records = [r for r in read_datasets([dataset]).records if r.split == "train"]
    cache = PictureCache(records)
    sampler = FaceSampler(records, recipe.data)
    usual, some = (
        CropStream(sampler, cache, VIEW, length=60, seed=0, neighbour_rate=often)
        for often in (0.0, 0.5)
    )
    other = 0
    for k in range(60):
        (before, face, _), (after, same, _) = usual.draw(k), some.draw(k)
        assert face == same
        other += int((before != after).any())
    assert 18 < other < 42


def test_a_class_without_faces_is_told(dataset: Path, recipe: WearRecipe) -> None:
    records = [r for r in read_datasets([dataset]).records if r.wear == "none"]
    with pytest.raises(SamplingError, match="no train face in 'real' is of class 'correct'"):
        FaceSampler(records, recipe.data)
