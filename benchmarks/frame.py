"""What every benchmark shares: its options, and the file that says where its figures come from."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Figures
from glassmask.cli.cpu import read_cpu
from glassmask.files import replacing

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "results"
MENDED: Final = ROOT / "recipes" / "mended.csv"
TRAITS: Final = ROOT / "recipes" / "traits.csv"

_CPU_FEATURES: Final = ("avx2", "avx512f", "avx512_vnni", "amx_bf16", "amx_int8", "asimd", "bf16")
"""Of the flags of a CPU, those that decide how fast networks run."""
_NO_OPTIONS: Final = ("benchmark", "out")


@dataclass(frozen=True, slots=True)
class Result:
    """Figures, and where they come from.

    Attributes:
        name: of the benchmark.
        date: it was measured, ISO 8601.
        commit: of the working tree that measured; None outside of git.
        dirty: whether that tree had other changes than results; None outside of git.
        weights: SHA-256 of the weights that were judged, by name.
        cpu: its model, how many cores, and the features that matter, never a host's name; None for
            figures carried over from a text that did not say it.
        options: of the command. Of paths, the last part.
        figures: what was measured.
        source: for figures that were not measured by this file's benchmark: the text they were
            carried over from.
        labels: for figures of labels that are no longer the data's: which they are of.
    """

    name: str
    date: str
    commit: str | None
    dirty: bool | None
    weights: Mapping[str, str]
    cpu: str | None
    options: Mapping[str, Any]
    figures: Figures
    source: str | None = None
    labels: str | None = None


def add_data_options(parser: argparse.ArgumentParser, *, runs: str = "") -> None:
    """Add where the data is, where painted sets and runs are, and what was mended.

    Args:
        parser: to add to.
        runs: folder of the benchmark's runs below the usual place.
    """
    home = Path(os.environ.get("GLASSMASK_RUNS") or Path.home() / ".cache" / "glassmask")
    add = parser.add_argument
    add("--data", type=Path, default=Path("../shared/data"), help="folder of the datasets")
    add("--painted", type=Path, default=home, help="folder of the painted sets (GLASSMASK_RUNS)")
    add("--runs", type=Path, default=home / runs, help="folder of the runs (in GLASSMASK_RUNS)")
    add("--mend", type=Path, default=MENDED, help="a table of `glassmask data fix-leaks`")


def shipped_weights(*names: str) -> dict[str, Path]:
    """The files of shipped networks, by their names (wear, finder, landmarks)."""
    folder = Path(str(resources.files("glassmask"))) / "weights"
    return {name: folder / f"{name}.onnx" for name in names}


def result_of(
    name: str, options: argparse.Namespace, judged: Mapping[str, Path], figures: Figures
) -> Result:
    """A result of figures that were measured just now.

    Raises:
        OSError: weights can't be read.
    """
    commit, dirty = _commit()
    return Result(
        name=name,
        date=datetime.date.today().isoformat(),
        commit=commit,
        dirty=dirty,
        weights={k: hashlib.sha256(path.read_bytes()).hexdigest() for k, path in judged.items()},
        cpu=cpu(),
        options={k: _plain(v) for k, v in vars(options).items() if k not in _NO_OPTIONS},
        figures=figures,
    )


def write_result(result: Result, path: Path) -> None:
    """Write a result as JSON; what is None by default is left out.

    Raises:
        ValueError: a figure is NaN or infinite.
        OSError: it can't be written.
    """
    content = json.dumps(to_json(result), indent=1, ensure_ascii=False, allow_nan=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial:
        partial.write_text(content + "\n", encoding="utf-8")


def to_json(result: Result) -> dict[str, Any]:
    """The JSON object of a result; what is None by default is left out."""
    fields = asdict(result)
    return {k: v for k, v in fields.items() if v is not None or k not in ("source", "labels")}


def read_result(name: str, folder: Path = RESULTS) -> Result:
    """Read a result.

    Raises:
        OSError: there is none.
        ValueError, TypeError: it is not as it must be.
    """
    return Result(**json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))


def cpu() -> str:
    """The CPU: model, cores, features that matter."""
    model, flags = read_cpu()
    features = [name for name in _CPU_FEATURES if name in flags]
    named = model or platform.processor() or platform.machine()
    return ", ".join([named, f"{os.cpu_count()} cores", *features])


def _plain(value: object) -> object:
    """An option as JSON; of a path the last part, for the rest is of one machine."""
    if isinstance(value, Path):
        return value.name
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _commit() -> tuple[str | None, bool | None]:
    try:
        commit = _git("rev-parse", "HEAD").strip()
        return commit, bool(_git("status", "--porcelain", "--", ".", ":!results").strip())
    except (OSError, subprocess.CalledProcessError):
        return None, None


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments],  # noqa: S607 -- the developer's own git
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
