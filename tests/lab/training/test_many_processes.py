"""Two processes train what one does on the same batches."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from glassmask.lab.training.batches import Batches, Processes
from glassmask.lab.training.folder import METRICS, RESUME, WEIGHTS

SCRIPT = """
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from glassmask.lab.networks.lenet5 import LeNet5
from glassmask.lab.training.loop import train
from glassmask.lab.training.module import TrainingModule, TrainingSetup
from glassmask.lab.training.recipe import TrainingSection


class Views:
    def __len__(self):
        return 32

    def __getitem__(self, number):
        torch.manual_seed(number)
        return torch.randn(3, 32, 32), torch.tensor(number % 3)


def loss_of(network, batch):
    return torch.nn.functional.cross_entropy(network(batch[0]), batch[1])


def keep(self, optimizer):
    if self.trainer.is_global_zero:
        gradients = {name: p.grad.clone() for name, p in self.network.named_parameters()}
        save_file(gradients, run / f"gradients-{self.global_step}.safetensors")


if __name__ == "__main__":
    run = Path(sys.argv[1])
    run.mkdir(exist_ok=True)
    TrainingModule.on_before_optimizer_step = keep
    torch.manual_seed(0)
    settings = TrainingSection(crops=32, batch=8, learning_rate=0.001, ema=0.5, seed=1)
    train(TrainingSetup(LeNet5(3), Views(), loss_of), settings, run, workers=0, save_every=1)
    assert not torch.distributed.is_initialized()  # else its threads may abort the exit
"""


def run_in(processes: int, script: Path, run: Path) -> None:
    command = [sys.executable, str(script), str(run)]
    if processes > 1:
        launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
        command[1:1] = launcher
    done = subprocess.run(
        command,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.training
def test_two_processes_train_what_one_does(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    alone, together = tmp_path / "alone", tmp_path / "together"
    run_in(1, script, alone)
    run_in(2, script, together)
    for step in range(4):
        name = f"gradients-{step}.safetensors"
        one, two = load_file(alone / name), load_file(together / name)
        for parameter, gradient in one.items():
            torch.testing.assert_close(two[parameter], gradient, rtol=0, atol=1e-5)
    one, two = (load_file(run / WEIGHTS) for run in (alone, together))
    for parameter, value in one.items():
        torch.testing.assert_close(two[parameter], value, rtol=0, atol=1e-5)
    losses = []
    for run in (alone, together):
        with (run / METRICS).open(newline="") as lines:
            losses.append([float(row["loss"]) for row in csv.DictReader(lines)])
        assert not (run / RESUME).exists()
    assert len(losses[0]) == 4
    assert losses[1] == pytest.approx(losses[0], abs=1e-5)


def test_each_process_takes_its_part_of_every_batch() -> None:
    whole = list(Batches(5, 4, first=2))
    parts = [list(Batches(5, 4, first=2, processes=Processes(rank, 2))) for rank in (0, 1)]
    assert whole[0] == [8, 9, 10, 11]
    assert [a + b for a, b in zip(*parts, strict=True)] == whole
    assert len(Batches(5, 4, first=2)) == 5  # of the whole run
    with pytest.raises(ValueError, match="a batch of 5 can't be shared out to 2"):
        Batches(5, 5, processes=Processes(0, 2))
