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
