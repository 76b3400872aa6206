"""Open whatever a user names as a judge of faces: a run, a network file, or the shipped network."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from glassmask.combinations import EVERY
from glassmask.errors import NetworkError
from glassmask.lab.classes import CLASS_ANSWERS
from glassmask.lab.judging.judge import Judge
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.lab.networks.shipped import rebuild_network
from glassmask.lab.tasks.registry import open_task_of_run
from glassmask.lab.training.folder import require_no_fold
from glassmask.labels import QUESTIONS
from glassmask.networks.wear import Network

SHIPPED_NAME: Final = "shipped"
"""What users call the shipped network."""


def open_judge(path: Path | None) -> Judge:
    """Open a finished run's folder, a network file, or (None) the shipped network.

    Raises:
        RunError: the run is not finished, or of a network that judges no faces.
        RecipeError: the run's recipe is broken.
        NetworkError, NetworkNameError: the network can't be used.
    """
    if path is not None and path.is_dir():
        return open_task_of_run(path).open_judge(path)
    if path is not None and not path.exists():
        raise NetworkError(
            f"{path}: no such file or folder: give a finished run's folder, a network file or "
            f"{SHIPPED_NAME!r}"
        )
    onnx = Network(path, engine="onnxruntime")
    if onnx.manifest.combinations not in (EVERY, CLASS_ANSWERS):
        raise NetworkError(f"{onnx.manifest}: knows combinations of answers of its own")
    yeses = np.array(onnx.manifest.combinations, np.float32).T  # (4, K)
    return Judge(
        name=str(onnx.manifest),
        size=onnx.manifest.input_size,
        framing="as given",
        scores=lambda crops: onnx.run(crops)[0] @ yeses,
        outputs=QUESTIONS,
        network=_rebuild(path),
        temperature=onnx.manifest.temperature,
    )


def open_named(name: str) -> Judge:
    """Open what a user names: `shipped`, a network file, or a finished run's folder.

    Raises:
        RunError, RecipeError, NetworkError, NetworkNameError: as `open_judge`.
    """
    return open_judge(None if name == SHIPPED_NAME else Path(name))


def open_for_val(name: str) -> Judge:
    """The same, for figures on `val`: no run of a fold, which was trained on faces of it.

    Raises:
        RunError, RecipeError, NetworkError, NetworkNameError: as `open_judge`.
    """
    judge = open_named(name)
    if name != SHIPPED_NAME and Path(name).is_dir():
        require_no_fold(Path(name))
    return judge


def open_explained(name: str) -> tuple[Judge, PhotoNetwork]:
    """The same, with the torch network that attributions need.

    Raises:
        NetworkError: a file that can't be rebuilt in torch, besides what `open_named` raises.
        RunError, RecipeError, NetworkNameError: as there.
    """
    judge = open_named(name)
    if judge.network is None:
        raise NetworkError(
            f"{name}: can't be rebuilt in torch: give one that this project exported"
        )
    return judge, judge.network


def _rebuild(path: Path | None) -> PhotoNetwork | None:
    try:
        return rebuild_network(path)
    except NetworkError:
        return None
