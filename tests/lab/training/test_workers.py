"""Processes that make views change nothing, and leave with the one that trains, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.training,
    pytest.mark.heavy,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc"),
]

SCRIPT = """
import os
import sys
import time
from pathlib import Path

out, seconds = Path(sys.argv[1]), float(sys.argv[2])


class Views:  # workers import this file, too: what is heavy waits for who needs it
    def __len__(self):
        return 32

    def __getitem__(self, number):
        import torch

        (out / f"maker-{os.getpid()}").touch()
        time.sleep(seconds)
        picture = torch.randn(3, 32, 32, generator=torch.Generator().manual_seed(number))
        return picture, torch.tensor(number % 3)


def train_with(workers):
    import torch
    from safetensors.torch import load_file

    from glassmask.lab.networks.lenet5 import LeNet5
    from glassmask.lab.training.folder import WEIGHTS
    from glassmask.lab.training.loop import train
    from glassmask.lab.training.module import TrainingSetup
    from glassmask.lab.training.recipe import TrainingSection

    def loss_of(network, batch):
        return torch.nn.functional.cross_entropy(network(batch[0]), batch[1])

    run = out / str(workers)
    run.mkdir()
    torch.manual_seed(0)
    settings = TrainingSection(crops=32, batch=8, learning_rate=0.001, ema=0.5, seed=1)
    setup = TrainingSetup(LeNet5(3), Views(), loss_of)
    print("begins", flush=True)
    train(setup, settings, run, workers=workers)
    return load_file(run / WEIGHTS)


if __name__ == "__main__":
    try:
        first, *others = map(train_with, map(int, sys.argv[3:]))
    except KeyboardInterrupt:
        print("stopped")
        sys.exit(130)
    for other in others:
        assert all((value == other[name]).all() for name, value in first.items())
    print("trained")
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return path


def start(script: Path, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, script, script.parent, *words]
    return subprocess.Popen(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def alive(group: int) -> Iterator[int]:
    """The processes of a group that have not ended."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = path.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(its_group) == group and state not in "ZX":
            yield int(path.parent.name)


def makers(folder: Path) -> set[int]:
    return {int(path.name.partition("-")[2]) for path in folder.glob("maker-*")}


def wait_for_makers(run: subprocess.Popen[str], folder: Path) -> None:
    while not makers(folder):
        assert run.poll() is None
        time.sleep(0.05)


def wait_for_end(group: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while left := list(alive(group)):
        if time.monotonic() > end:
            os.killpg(group, signal.SIGKILL)
            pytest.fail(f"still there after {seconds} s: {left}")
        time.sleep(0.05)


def test_any_number_of_workers_trains_the_same_weights_and_says_nothing(script: Path) -> None:
    run = start(script, 0, 0, 1, 2)
    output, errors = run.communicate(timeout=300)
    assert (run.returncode, output.split(), errors) == (0, ["begins"] * 3 + ["trained"], "")
    assert len(makers(script.parent) - {run.pid}) == 3
    wait_for_end(run.pid, 5)


def test_an_interrupt_ends_the_workers_too(script: Path) -> None:
    run = start(script, 0.2, 2)
    wait_for_makers(run, script.parent)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does
    output, errors = run.communicate(timeout=60)
    assert (run.returncode, output.split(), errors) == (130, ["begins", "stopped"], "")
    wait_for_end(run.pid, 5)


@pytest.mark.slow
def test_workers_of_a_training_that_is_killed_end(script: Path) -> None:
    run = start(script, 0.2, 2)
    wait_for_makers(run, script.parent)
    run.kill()
    run.communicate(timeout=60)
    wait_for_end(run.pid, 10)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.0, 0.3, 1.0])
def test_an_interrupt_while_the_workers_start(script: Path, seconds: float) -> None:
    run = start(script, 0, 2)
    assert run.stdout is not None
    assert run.stdout.readline() == "begins\n"
    time.sleep(seconds)
    os.killpg(run.pid, signal.SIGINT)
    output, errors = run.communicate(timeout=60)
    assert (run.returncode, output, errors) == (130, "stopped\n", "")
    wait_for_end(run.pid, 5)
