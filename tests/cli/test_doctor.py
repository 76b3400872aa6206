"""`glassmask doctor`: what it says of a sound installation, and of broken ones."""

from __future__ import annotations

import shutil
import sys
from importlib import metadata, resources
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glassmask import __version__
from glassmask.cli import cpu
from glassmask.cli.app import app

pytestmark = pytest.mark.heavy


def run() -> tuple[int, str]:
    done = CliRunner().invoke(app, ["doctor"])
    return done.exit_code, done.output


def line(out: str, start: str) -> str:
    return next(text for text in out.splitlines() if text.strip().startswith(start))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package's weights in somebody's home, to be broken."""
    home = tmp_path / "home" / "alice"
    folder = home / "lib" / "glassmask"
    shutil.copytree(Path(str(resources.files("glassmask"))) / "weights", folder / "weights")
    monkeypatch.setattr("importlib.resources.files", lambda _: folder)
    monkeypatch.setattr(Path, "home", lambda: home)
    return folder


def test_a_sound_installation() -> None:
    code, out = run()
    assert code == 0, out
    assert out.startswith(f"glassmask {__version__}\n")
    assert metadata.version("onnxruntime") in line(out, "ONNX Runtime")
    assert metadata.version("openvino") in line(out, "OpenVINO")
    assert f"numpy {metadata.version('numpy')}" in line(out, "required")
    assert f"torch {metadata.version('torch')}" in line(out, "[lab]")
    for start in ("finder, ONNX", "landmarks, ONNX", "wear, ONNX", "wear, OpenVINO"):
        assert line(out, start).endswith(") opens")


def test_a_broken_network_is_told_without_folders(package: Path) -> None:
    network = package / "weights" / "wear.onnx"
    network.write_bytes(network.read_bytes()[:-1])
    (package / "weights" / "finder.json").unlink()
    code, out = run()
    assert code == 1
    assert "error: glassmask/weights/wear.onnx: not the network of its manifest" in out
    assert "error: glassmask/weights/finder.json: the network can't be read" in out
    assert line(out, "landmarks").endswith(") opens")
    assert "alice" not in out


@pytest.mark.parametrize(("built", "told"), [(False, "not built in"), (True, "built in")])
def test_the_website(package: Path, built: bool, told: str) -> None:
    if built:
        (package / "site").mkdir()
        for name in ("index.html", "sw.js"):
            (package / "site" / name).write_text(name)
    assert line(run()[1], "site  ").split("  ")[-1].startswith(told)


def test_without_openvino_and_the_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    version = metadata.version

    def some(name: str) -> str:
        if name in ("openvino", "torch"):
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", some)
    code, out = run()
    assert code == 0
    assert line(out, "OpenVINO").endswith("not installed: pip install 'glassmask[openvino]'")
    assert line(out, "[lab]").endswith("torch missing: pip install 'glassmask[lab]'")
    assert "wear, OpenVINO" not in out


@pytest.mark.parametrize(
    ("text", "model", "features"),
    [
        (
            "model name\t: Some CPU\nflags\t\t: sse avx2 avx512f amx_tile amx_bf16\n\n"
            "model name\t: Some CPU\nflags\t\t: sse avx2 avx512f amx_tile amx_bf16\n",
            "Some CPU",
            "avx2, avx512, amx, bf16",
        ),
        (
            "model name\t: Old CPU: 2 GHz\nflags\t\t: sse\n",
            "Old CPU: 2 GHz",
            "no avx2, no avx512, no amx, no bf16",
        ),
        (None, "not known", "not known"),
    ],
)
def test_the_cpu(
    text: str | None,
    model: str,
    features: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if text is not None:
        (tmp_path / "cpuinfo").write_text(text)
    monkeypatch.setattr(cpu, "CPU_INFO", tmp_path / "cpuinfo")
    monkeypatch.setattr("platform.processor", lambda: "")
    _, out = run()
    assert line(out, "CPU").split(maxsplit=1)[1] == model
    assert line(out, "features").split(maxsplit=1)[1] == features


def test_a_package_that_does_not_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "glassmask.faces.finder", None)
    code, out = run()
    assert code == 1
    assert "error: import of glassmask.faces.finder halted" in out
