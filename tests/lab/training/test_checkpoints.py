"""A state is written whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from glassmask.errors import TensorFileError
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import set_up
from glassmask.lab.tasks.wear.task import TASK as WEAR
from glassmask.lab.training import folder as run_folder
from glassmask.lab.training.checkpoints import CheckpointFile, steps_done
from glassmask.lab.training.loop import train
from glassmask.lab.training.recipe import read_recipe


def trained(recipe: WearRecipe, records: list[FaceRecord], run: Path) -> None:
    task = set_up(recipe, records, PictureCache(records))
    train(task, recipe.training, run, workers=0, save_every=1)


@pytest.mark.training
@pytest.mark.parametrize(
    "failure", [KeyboardInterrupt, OSError(errno.ENOSPC, "No space left on device")]
)
def test_stopped_twice_while_writing_the_last_state_stays(
    dataset: Path,
    tiny_recipe: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException | type[BaseException],
) -> None:
    recipe = read_recipe(tiny_recipe, WearRecipe)
    records = [r for r in read_datasets([dataset]).records if r.split == "train"]
    run = tmp_path / "run"
    run.mkdir()
    written = 0
    whole = Path.write_bytes

    def half(path: Path, content: Any) -> int:
        nonlocal written
        written += run_folder.RESUME in path.name
        if written == 2:
            whole(path, bytes(content)[:1000])
            raise failure
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", half)
    for _ in range(2):
        written = 0
        with pytest.raises((KeyboardInterrupt, OSError)):
            trained(recipe, records, run)
        assert 1 <= steps_done(run / run_folder.RESUME) <= 2
        assert not list(run.glob("*.part"))
    monkeypatch.undo()
    trained(recipe, records, run)
    assert (run / run_folder.WEIGHTS).is_file()
    assert not (run / run_folder.RESUME).exists()


def test_a_broken_state_is_told(tmp_path: Path) -> None:
    path = tmp_path / "resume.ckpt"
    assert steps_done(path) == 0
    path.write_bytes(b"half of a state")
    with pytest.raises(TensorFileError, match="broken, or holds more than tensors"):
        steps_done(path)
    torch.save({"global_step": Path("x")}, path)  # more than tensors and plain values
    with pytest.raises(TensorFileError):
        CheckpointFile().load_checkpoint(path)


@pytest.mark.training
def test_a_corrupt_picture_in_the_middle_is_left_out(
    dataset: Path, tiny_recipe: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    for path in dataset.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    broken = folder / "correct-1.png"
    broken.write_bytes(broken.read_bytes()[:300])
    told: list[str] = []
    run = tmp_path / "run"
    WEAR.train(tiny_recipe, [folder], run, warn=told.append)
    assert (run / run_folder.WEIGHTS).is_file()
    assert "correct-1.png" in (run / "problems.txt").read_text()
    assert len(told) == 1
    with Image.open(broken) as picture, pytest.raises(OSError, match="truncated"):
        picture.load()
