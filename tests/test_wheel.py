"""What is built for others: the wheel, installed as a user would, and the sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from glassmask.lab.classes import CLASSES

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[1]
LIMIT = 400 * 2**20  # bytes that the light install may take

NETWORKS = ("wear", "finder", "landmarks")

LAB = ("torch", "openvino", "skimage", "scipy", "matplotlib", "onnx")
"""Some of what only the extras bring."""


def tried(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command where nothing says where else modules are."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=cwd, env=clean, capture_output=True, text=True, check=False)


def run(*command: str | Path, cwd: Path) -> str:
    done = tried(*command, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def built(kind: str, out: Path) -> Path:
    """Build the project; with the build backend that is installed, so without a package index."""
    command = ("-m", "build", f"--{kind}", "--no-isolation", "--outdir", out, ROOT)
    run(sys.executable, *command, cwd=out)
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of the source distribution."""
    with tarfile.open(built("sdist", tmp_path_factory.mktemp("sdist"))) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def needed_by(package: Distribution, extras: Iterable[str] = ()) -> Iterator[Distribution]:
    """What a distribution needs, with all that this needs in turn."""
    for need in map(Requirement, package.requires or ()):
        wanted = [{"extra": extra} for extra in ("", *extras)]
        if need.marker is None or any(need.marker.evaluate(extra) for extra in wanted):
            yield distribution(need.name)
            yield from needed_by(distribution(need.name), need.extras)


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment with the wheel and what it needs, no more.

    The needs are links to those that are installed here: no package index is asked.
    """
    home = tmp_path_factory.mktemp("bare") / "env"
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    install = ("-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index")
    run(sys.executable, *install, wheel, cwd=home)
    (packages,) = home.glob("lib/python*/site-packages")
    (own,) = distributions(name="glassmask", path=[str(packages)])
    for need in needed_by(own):
        assert need.files is not None
        for top in {file.parts[0] for file in need.files} - {".."}:
            link = packages / top
            if not link.exists() and top != "__pycache__":
                link.symlink_to(Path(str(need.locate_file(top))))
    return home / "bin"


def test_the_wheel_holds_what_it_needs(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        *(f"weights/{name}.{kind}" for name in NETWORKS for kind in ("onnx", "json")),
        "output/report.html",
        "lab/page.html",
        "painter/portrait.png",
        "py.typed",
    ):
        assert f"glassmask/{needed}" in names
    for text in ("LICENSE", "LICENSE-WEIGHTS"):
        assert any(name.endswith(f"licenses/{text}") for name in names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"glassmask"}


def test_the_bare_wheel_checks_its_demo_photos(bare: Path, tmp_path: Path) -> None:
    for package in LAB:
        find = f"import importlib.util; print(importlib.util.find_spec({package!r}))"
        assert run(bare / "python", "-c", find, cwd=tmp_path).strip() == "None"
    program = bare / "glassmask"
    assert f"{len(CLASSES)} demo photos" in run(program, "demo", "d", cwd=tmp_path)
    command = ("check", "d", "--json", "faces.jsonl", "--report", "report", "--annotate", "drawn")
    run(program, *command, cwd=tmp_path)
    lines = (tmp_path / "faces.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert {record["engine"] for record in records} == {"onnxruntime"}
    worn = {Path(r["photo"]).stem: [face["wear"] for face in r["faces"]] for r in records}
    assert worn == {
        name: [name if name in ("none", "correct") else "incorrect"] for name in CLASSES
    }
    assert (tmp_path / "report" / "index.html").is_file()
    assert len(list((tmp_path / "drawn").iterdir())) == len(CLASSES)


def test_a_command_of_the_lab_says_what_to_install(bare: Path, tmp_path: Path) -> None:
    command = ("train", "x.toml", "--data", ".", "--out", "o")
    missing = tried(bare / "glassmask", *command, cwd=tmp_path)
    assert missing.returncode == 2
    assert "pip install 'glassmask[lab]'" in missing.stderr
    assert "Traceback" not in missing.stderr


@pytest.mark.network
def test_the_wheel_and_what_it_needs_are_light(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    run(sys.executable, "-m", "venv", home, cwd=tmp_path)
    python = home / "bin" / "python"
    before = sum(f.stat().st_size for f in home.rglob("*") if f.is_file())
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    size = sum(f.lstat().st_size for f in home.rglob("*") if f.is_file()) - before
    assert size < LIMIT
    run(home / "bin" / "glassmask", "demo", "d", cwd=tmp_path)
    run(home / "bin" / "glassmask", "check", "d", cwd=tmp_path)


def test_the_tests_run_from_the_sources(sources: set[str]) -> None:
    """All that pytest, mypy, make and the continuous integration name is in them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    pytests = settings["pytest"]["ini_options"]
    folders = {*pytests["testpaths"], *pytests["pythonpath"], *settings["mypy"]["files"]}
    folders |= {"recipes", "site/src", "site/tests", "site/texts", ".ci"}
    folders -= {"."}  # the folder of all of them
    for folder in folders:
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        wanted = {path.relative_to(ROOT).as_posix() for path in files if not is_made(path)}
        assert wanted, folder
        assert wanted - sources == set()
    root = {"Makefile", "pyproject.toml", "README.md", "MODEL_CARD.md", "CONTRIBUTING.md"}
    site = {"site/package.json", "site/package-lock.json", "site/index.html", "site/tsconfig.json"}
    assert (root | site) - sources == set()
    assert not [name for name in sources if "node_modules" in name or "__pycache__" in name]


def is_made(path: Path) -> bool:
    """Whether a file was made by a build or a run, and is no source."""
    made = {"__pycache__", "node_modules", "generated", "dist"}
    website = path.is_relative_to(ROOT / "src/glassmask/site")
    return website or bool(made & set(path.relative_to(ROOT).parts))


def test_the_metadata_name_what_is_true() -> None:
    """The versions of Python that are named are those that may install it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (lowest,) = Requirement(f"x{project['requires-python']}").specifier
    prefix = "Programming Language :: Python :: 3."
    named = [c.removeprefix(prefix) for c in project["classifiers"] if c.startswith(prefix)]
    assert named
    assert f"3.{named[0]}" == lowest.version
    assert [int(minor) for minor in named] == list(range(int(named[0]), int(named[-1]) + 1))
    assert "demo" not in project["optional-dependencies"]
