"""The built wheel, installed as a user would, in an environment with nothing else in it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIMIT = 400 * 2**20  # bytes that the light install may take

NETWORKS = ("wear", "finder", "landmarks")

pytestmark = pytest.mark.skipif(
    not all((ROOT / "src/glassmask/weights" / f"{name}.onnx").exists() for name in NETWORKS),
    reason="the finder and the landmarks are not trained yet",
)


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_what_it_needs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        *(f"weights/{name}.{kind}" for name in NETWORKS for kind in ("onnx", "json")),
        "report.html",
        "py.typed",
    ):
        assert f"glassmask/{needed}" in names
    assert any(name.endswith("licenses/LICENSE-WEIGHTS") for name in names)
    assert not any("tests" in name for name in names)


def test_the_wheel_works_alone(wheel: Path, photo_file: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    run(sys.executable, "-m", "venv", home, cwd=tmp_path)
    python = home / "bin" / "python"
    before = sum(f.stat().st_size for f in home.rglob("*") if f.is_file())
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    size = sum(f.lstat().st_size for f in home.rglob("*") if f.is_file()) - before
    assert size < LIMIT
    packages = run(python, "-m", "pip", "list", "--format=json", cwd=tmp_path)
    names = {package["name"] for package in json.loads(packages)}
    assert not names & {"torch", "openvino", "scikit-image", "scipy"}
    out = run(home / "bin" / "glassmask", "check", photo_file, "--json", "-", cwd=tmp_path)
    record = json.loads(out)
    assert record["engine"] == "onnxruntime"
    assert record["faces"][0]["uncovered"] == "nose"
    run(python, "-c", "import glassmask; glassmask.Checker()", cwd=tmp_path)
    missing = subprocess.run(
        [home / "bin" / "glassmask", "train", "x.toml", "--data", ".", "--out", "o"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert missing.returncode == 2
    assert "pip install 'glassmask[lab]'" in missing.stderr
