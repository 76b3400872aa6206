from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from glassmask.cli.app import app

runner = CliRunner()


def test_demo(tmp_path: Path) -> None:
    done = runner.invoke(app, ["demo", str(tmp_path / "demo")])
    assert done.exit_code == 0
    assert len(list((tmp_path / "demo").glob("*.png"))) == 5
    (tmp_path / "file").touch()
    failed = runner.invoke(app, ["demo", str(tmp_path / "file")])
    assert failed.exit_code == 2
    assert "can't write to" in failed.stderr


def test_a_picture_of_someone_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "nose.png").write_text("mine")
    done = runner.invoke(app, ["demo", str(tmp_path)])
    assert done.exit_code == 2
    assert "nose.png there is no demo photo" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["nose.png"]
    assert (tmp_path / "nose.png").read_text() == "mine"
    (tmp_path / "nose.png").unlink()
    for _ in range(2):  # its own it replaces
        assert runner.invoke(app, ["demo", str(tmp_path)]).exit_code == 0
