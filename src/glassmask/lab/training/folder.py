"""A run's folder: its files, and the metadata that say which run it is."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from glassmask.errors import RunError
from glassmask.files import replacing, write_whole
from glassmask.lab.datasets import FaceRecord, Problem, Reading
from glassmask.version import __version__

RECIPE: Final = "recipe.toml"
METADATA: Final = "run.json"
PROBLEMS: Final = "problems.txt"
WEIGHTS: Final = "weights.safetensors"
RESUME: Final = "resume.ckpt"
BEST: Final = "best.ckpt"
METRICS: Final = "metrics.csv"
CURVE: Final = "curve.svg"
LOGS: Final = "tensorboard"


def hash_rows(rows: Iterable[object]) -> str:
    """sha256 over what the data say, wherever their folders lie: over the rows' `repr`."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr(row).encode())
    return digest.hexdigest()


def hash_records(records: Sequence[FaceRecord]) -> str:
    """sha256 over what the records say, wherever their folders lie."""
    return hash_rows(
        (r.dataset, r.path.name, r.split, r.group, r.label, r.certain, r.picked, r.box)
        for r in sorted(records, key=lambda r: (r.dataset, r.path.name))
    )


def is_finished(run: Path) -> bool:
    """Whether a folder holds a run's final weights."""
    return (run / WEIGHTS).exists()


def begin_run(run: Path, recipe: Path, metadata: dict[str, Any]) -> None:
    """Set up a run's folder, or check that it holds this very run, stopped or finished.

    Args:
        run: the folder.
        recipe: the recipe's file; the folder keeps a copy.
        metadata: what makes the run what it is; `data`, `seed`, `fold` and `start` must stay as
            they were, and until it is finished `finder` and `landmarks`, networks that it learns
            from.

    Raises:
        RunError: the folder holds a run of another recipe, fold, seed, start, data or network to
            learn from, or weights without metadata.
    """
    if is_finished(run) or (run / RESUME).exists():
        require_same_run(run, recipe, metadata)
        return  # before there is a saved state, a typo has cost nothing
    run.mkdir(parents=True, exist_ok=True)
    for left in (METRICS, BEST):  # of a run that saved no state to go on from
        (run / left).unlink(missing_ok=True)
    # Whole or not at all: of several processes one may read what another writes.
    with replacing(run / RECIPE) as partial:
        shutil.copyfile(recipe, partial)
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    fields = {**metadata, "glassmask": __version__, **_versions(), "started": started}
    with replacing(run / METADATA) as partial:
        partial.write_text(json.dumps(fields, indent=2) + "\n", encoding="utf-8")


def require_same_run(run: Path, recipe: Path, metadata: dict[str, Any]) -> None:
    """Check that a folder with weights or a saved state holds this very run.

    Raises:
        RunError: it does not.
    """
    remedy = "choose another folder, or remove it"
    try:
        same = (run / RECIPE).read_bytes() == recipe.read_bytes()
        begun = read_metadata(run)
    except (OSError, RunError) as error:
        raise RunError(
            f"{run} holds a run whose metadata are missing or broken: {remedy}"
        ) from error
    if not same:
        raise RunError(f"{run} holds a run of another recipe: {remedy}")
    taught_by = () if is_finished(run) else ("finder", "landmarks")
    for key in ("fold", "data", "seed", "start", *taught_by):
        if begun.get(key) != metadata.get(key):
            raise RunError(
                f"{run} holds a run with another {key} "
                f"({begun.get(key)}, now {metadata.get(key)}): {remedy}"
            )


def load_weights(run: Path, network: nn.Module) -> None:
    """Load a finished run's weights into a network like the one that was trained.

    Raises:
        RunError: the run's weights are broken, or of another network.
    """
    try:
        network.load_state_dict(load_file(run / WEIGHTS))
    except (SafetensorError, RuntimeError) as error:
        raise RunError(f"{run / WEIGHTS}: broken, or of another network") from error
    network.eval()


def start_of(run: Path, fold: int | None) -> str:
    """The hash of a finished run's weights that another run begins with.

    Args:
        run: the finished one.
        fold: that the other leaves out.

    Raises:
        RunError: it is not finished, or did not leave out the same fold: then it has seen the faces
            that the other is to be judged by.
    """
    require_finished(run)
    left_out = read_metadata(run).get("fold")
    if left_out != fold:
        said = ["no fold" if one is None else f"fold {one}" for one in (left_out, fold)]
        raise RunError(
            f"{run}: left out {said[0]}, and a run that leaves out {said[1]} can't begin with it: "
            "they have seen other faces"
        )
    return hashlib.sha256((run / WEIGHTS).read_bytes()).hexdigest()


def require_finished(run: Path) -> None:
    """Check that a folder holds a finished run.

    Raises:
        RunError: it does not.
    """
    if not ((run / WEIGHTS).is_file() and (run / RECIPE).is_file()):
        raise RunError(f"{run}: no finished run in it (no {WEIGHTS}); train it first")


def require_no_fold(run: Path) -> None:
    """Check that a finished run was trained without a fold, so that it has seen nothing of val.

    Raises:
        RunError: it has, or its metadata are missing.
    """
    if read_metadata(run).get("fold") is not None:
        raise RunError(
            f"{run}: a run of a fold: it has seen faces of val, by which networks are calibrated "
            "and judged; give a run that was trained without a fold"
        )


def read_metadata(run: Path) -> dict[str, Any]:
    """What made a run what it is: recipe's name, fold, seed, hash of the data, versions, faces.

    Raises:
        RunError: they are missing or broken.
    """
    try:
        metadata = json.loads((run / METADATA).read_text(encoding="utf-8"))
        if isinstance(metadata, dict):
            return metadata
        problem = "holds no object"
    except (OSError, ValueError, RecursionError) as error:
        problem = str(error)
    raise RunError(f"{run / METADATA}: missing or broken ({problem}): train the run again")


def list_problems(run: Path, problems: Sequence[Problem], warn: Callable[[str], None]) -> None:
    """List in the folder what could not be used, and warn of it, if there is anything."""
    if problems:
        lines = "".join(f"{problem}\n" for problem in problems)
        # Names of files need not be text.
        write_whole(run / PROBLEMS, lines.encode(errors="backslashreplace"))
        summary = Reading((), tuple(problems)).summary()
        warn(f"left out: {summary}; listed in {run / PROBLEMS}")


def _versions() -> dict[str, str | int]:
    """What a run was made with."""
    packages = ("torch", "torchvision", "timm", "lightning", "numpy")
    return {
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count() or 0,
    }
