"""A run's folder: the papers that say what the run was, and that it is the same run."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from glassmask.errors import RunError
from glassmask.files import replacing
from glassmask.lab.datasets import Problem, Reading
from glassmask.lab.training.loop import BEST, METRICS, RESUME, WEIGHTS, versions
from glassmask.lab.training.precision import precision_here
from glassmask.lab.training.recipe import TrainingSection
from glassmask.version import __version__

RECIPE: Final = "recipe.toml"
CARD: Final = "run.json"
PROBLEMS: Final = "problems.txt"


def stamp_of(rows: Iterable[object]) -> str:
    """sha256 over what the data say, wherever their folders lie: over the rows' `repr`."""
    stamp = hashlib.sha256()
    for row in rows:
        stamp.update(repr(row).encode())
    return stamp.hexdigest()


def card_of(name: str, training: TrainingSection) -> dict[str, Any]:
    """What the card of every run begins with: the recipe's name, its seed, in what it computes."""
    precision = precision_here(training.precision)
    return {"recipe": name, "seed": training.seed, "precision": precision}


def begin_run(run: Path, recipe: Path, card: dict[str, Any]) -> bool:
    """Set up a run's folder, or see that it holds this very run; True if that is finished.

    Args:
        run: the folder.
        recipe: the recipe's file; the folder keeps a copy.
        card: what makes the run what it is; `data`, `seed` and `fold` must stay as they were,
            and until it is finished `finder`, whose proposals it learns from.

    Raises:
        RunError: the folder holds a run of another recipe, fold, seed, data or finder, or
            weights of nobody knows what.
    """
    kept, finished = run / RECIPE, (run / WEIGHTS).exists()
    if finished or (run / RESUME).exists():  # before that, a typo has cost nothing
        _see_same(run, recipe, card, finished=finished)
    else:
        run.mkdir(parents=True, exist_ok=True)
        for left in (METRICS, BEST):  # of a run that saved no state to go on from
            (run / left).unlink(missing_ok=True)
        # Whole or not at all: of several processes one may read what another writes.
        with replacing(kept) as partial:
            shutil.copyfile(recipe, partial)
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        papers = {**card, "glassmask": __version__, **versions(), "started": started}
        with replacing(run / CARD) as partial:
            partial.write_text(json.dumps(papers, indent=2) + "\n", encoding="utf-8")
    return finished


def _see_same(run: Path, recipe: Path, card: dict[str, Any], *, finished: bool) -> None:
    """See that a folder with weights or a saved state holds this very run.

    Raises:
        RunError: it does not.
    """
    other = "choose another --out, or remove it"
    try:
        same = (run / RECIPE).read_bytes() == recipe.read_bytes()
        begun = read_card(run)
    except (OSError, RunError) as error:
        raise RunError(f"{run} holds a run whose papers are missing or broken: {other}") from error
    if not same:
        raise RunError(f"{run} holds a run of another recipe: {other}")
    for key in ("fold", "data", "seed", *(() if finished else ("finder",))):
        if begun.get(key) != card.get(key):
            raise RunError(
                f"{run} holds a run with another {key} ({begun.get(key)}, now {card.get(key)}): "
                f"{other}"
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


def see_finished(run: Path) -> None:
    """See that a folder holds a finished run.

    Raises:
        RunError: it does not.
    """
    if not ((run / WEIGHTS).is_file() and (run / RECIPE).is_file()):
        raise RunError(f"{run}: no finished run in it (no {WEIGHTS}); train it first")


def read_card(run: Path) -> dict[str, Any]:
    """What made a run what it is: recipe's name, fold, seed, hash of the data, versions, faces.

    Raises:
        RunError: it is missing or broken.
    """
    try:
        card = json.loads((run / CARD).read_text(encoding="utf-8"))
        if isinstance(card, dict):
            return card
        problem = "holds no object"
    except (OSError, ValueError, RecursionError) as error:
        problem = str(error)
    raise RunError(f"{run / CARD}: missing or broken ({problem}): train the run again")


def see_whole(run: Path) -> None:
    """See that a finished run was trained without `--fold`, so that it has seen nothing of val.

    Raises:
        RunError: it has, or nobody knows.
    """
    if read_card(run).get("fold") is not None:
        raise RunError(
            f"{run}: trained with --fold: it has seen faces of val, by which networks are "
            "calibrated and judged; give a run without --fold"
        )


def list_problems(run: Path, problems: Sequence[Problem], warn: Callable[[str], None]) -> None:
    """List in the folder what could not be used, and warn of it, if there is anything."""
    if problems:
        lines = "".join(f"{problem}\n" for problem in problems)
        (run / PROBLEMS).write_text(lines, encoding="utf-8")
        told = Reading((), tuple(problems)).summary()
        warn(f"left out: {told}; listed in {run / PROBLEMS}")
