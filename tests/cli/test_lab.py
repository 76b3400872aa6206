from __future__ import annotations

import signal
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from datasets import picture
from glassmask.cli.app import app
from glassmask.cli.lab import lab_command
from glassmask.errors import RecipeError

runner = CliRunner()


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (RecipeError("r.toml: task: no 'x'"), "r.toml: task: no 'x'", 2),
        (OSError(28, "No space left on device", "a.csv"), "a.csv: No space left on device", 2),
        (OSError(28, "No space left on device"), "out: No space left on device", 2),
        (OSError("out of luck"), "out: out of luck", 2),
        (
            ModuleNotFoundError("No module named 'torch'", name="torch"),
            "this command needs the lab (torch is missing): pip install 'glassmask[lab]'",
            2,
        ),
        (KeyboardInterrupt(), "stopped; rerun it", 130),
    ],
)
def test_what_stops_a_command_is_one_line_and_an_exit_code(
    error: BaseException, line: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        pytest.raises(typer.Exit) as stopped,
        lab_command(Path("out"), interrupted="stopped; rerun it"),
    ):
        raise error
    assert stopped.value.exit_code == code
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"error: {line}\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_a_command_as_ctrl_c_does(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(number)
    with pytest.raises(typer.Exit) as stopped, lab_command(interrupted="stopped; rerun it"):
        signal.raise_signal(number)
    assert stopped.value.exit_code == 128 + number
    assert capsys.readouterr().err == "error: stopped; rerun it\n"
    assert signal.getsignal(number) is before


def test_an_oserror_without_a_file_is_said_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), lab_command():
        raise OSError("out of luck")
    assert capsys.readouterr().err == "error: out of luck\n"


@pytest.mark.parametrize(
    "error", [ValueError("a fault"), ModuleNotFoundError("gone", name="glassmask.lab.gone")]
)
def test_faults_of_the_code_are_not_hidden(error: Exception) -> None:
    with pytest.raises(type(error)), lab_command():
        raise error


@pytest.mark.heavy
@pytest.mark.parametrize("command", ["evaluate", "audit", "train"])
def test_commands_that_read_datasets_take_meanings_of_labels(
    command: str, tiny_recipe: Path, tmp_path: Path
) -> None:
    """With them the folders are a dataset; there are no faces of the split that is wanted."""
    for name in ("yes", "plain"):
        picture(tmp_path / "real" / "test" / name / "a.png")
    what = str(tiny_recipe) if command == "train" else "shipped"
    given = [command, what, "--data", str(tmp_path / "real"), "--out", str(tmp_path / "out")]
    given += ["--split", "val"] if command == "evaluate" else []
    done = runner.invoke(app, given)
    assert done.exit_code == 2
    assert "no dataset of a known format" in done.stderr
    done = runner.invoke(app, [*given, "--label", "yes=corect"])
    assert done.exit_code == 2
    assert "did you mean correct?" in done.stderr
    done = runner.invoke(app, [*given, "--label", "yes=correct", "--label", "plain=none"])
    assert done.exit_code == 2
    assert "no dataset of a known format" not in done.stderr
    assert any(split in done.stderr for split in ("val", "train"))
