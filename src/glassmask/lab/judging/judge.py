"""Any trained network as one that judges crops: a run's folder, or a network file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.checker import CROP_MARGIN
from glassmask.errors import NetworkError, RunError
from glassmask.faces.crop import Box, Square, crop
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.datasets.ffhq import ffhq_square
from glassmask.lab.judging.framing import framed, whole_crop
from glassmask.lab.networks import EvidenceNetwork
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.lab.networks.registry import build_classifier
from glassmask.lab.networks.shipped import network_of_file
from glassmask.lab.tasks.classifier.run import ClassifierRecipe
from glassmask.lab.tasks.wear.run import load_run
from glassmask.lab.training.folder import (
    RECIPE,
    load_weights,
    see_finished,
    see_whole,
)
from glassmask.lab.training.recipe import Recipe, read_recipe, task_of
from glassmask.labels import CLASSES
from glassmask.networks.wear import Network
from glassmask.verdict import decide, probabilities_of

Framing: TypeAlias = Literal["as given", "check", "tight", "medium", "loose", "portrait", "ffhq"]
"""What of a picture is judged: see `framing.FRAMINGS`; `check` is what `glassmask check` takes of
a face found in the labelled box, `ffhq` is what MaskedFace-Net shows."""

THREE: Final = ("none", "correct", "incorrect")
"""The logits of networks with the classes of the two studies, in their order."""

SHIPPED_NAME: Final = "shipped"
"""What users call the shipped network."""

Spoil: TypeAlias = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
"""Makes a crop, RGB uint8 (S, S, 3), harder to judge; the same shape comes back."""

_BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class Judge:
    """A network that judges crops.

    Attributes:
        name: what it is called.
        size: side of its crops in pixels.
        framing: how it was shown pictures in training.
        logits: crops, RGB uint8 (N, S, S, 3), to logits float32 (N, C).
        classes: names of the C logits: `THREE` or `CLASSES`.
        temperature: by which it is calibrated; 1 where nobody has.
        network: the torch network, for attributions; None for a file of somebody else's making.
    """

    name: str
    size: int
    framing: Framing
    logits: Callable[[NDArray[np.uint8]], NDArray[np.float32]]
    classes: tuple[str, ...]
    network: PhotoNetwork | None
    temperature: float = 1.0

    def square(self, box: Box) -> Square:
        """What of a photo it wants to see of a face found in this box."""
        return found_square(box, self.framing)


def open_judge(path: Path | None) -> Judge:
    """Open a finished run's folder, a network file, or (None) the shipped network.

    Raises:
        RunError: the run is not finished, or of a network that judges no faces.
        RecipeError, NetworkError, NetworkNameError: see there.
    """
    if path is None or not path.is_dir():
        onnx = Network(path, engine="onnxruntime")
        return Judge(
            name=str(onnx.manifest),
            size=onnx.manifest.input_size,
            framing="as given",
            logits=lambda crops: onnx.run(crops)[0],
            classes=CLASSES,
            network=_rebuilt(path),
            temperature=onnx.manifest.temperature,
        )
    see_finished(path)
    task = task_of(path / RECIPE)
    if task == "wear":
        return wear_judge(*load_run(path))
    if task != "classifier":
        raise RunError(f"{path}: a run of task {task!r} judges no faces")
    settings = read_recipe(path / RECIPE, ClassifierRecipe)
    classifier = build_classifier(settings.network.network, settings.network.classes)
    load_weights(path, classifier)
    return Judge(
        name=settings.name,
        size=settings.network.size,
        framing="ffhq" if settings.data.views == "portrait" else "as given",
        logits=_of(classifier),
        classes=CLASSES if settings.network.classes == len(CLASSES) else THREE,
        network=classifier,
    )


def wear_judge(network: EvidenceNetwork, recipe: Recipe) -> Judge:
    """A wear network in evaluation mode as its recipe trained it, not calibrated yet."""
    return Judge(
        name=recipe.name,
        size=recipe.network.size,
        framing="as given",
        logits=_of(network),
        classes=CLASSES,
        network=network,
    )


def open_named(name: str) -> Judge:
    """Open what a user names: `shipped`, a network file, or a finished run's folder.

    Raises:
        RunError, RecipeError, NetworkError, NetworkNameError: as `open_judge`.
    """
    return open_judge(None if name == SHIPPED_NAME else Path(name))


def open_whole(name: str) -> Judge:
    """Likewise, for figures on `val`: no run of a fold, which was trained on faces of it.

    Raises:
        RunError, RecipeError, NetworkError, NetworkNameError: as `open_judge`.
    """
    judge = open_named(name)
    if name != SHIPPED_NAME and Path(name).is_dir():
        see_whole(Path(name))
    return judge


def open_explained(name: str) -> tuple[Judge, PhotoNetwork]:
    """Likewise, with the torch network that attributions need.

    Raises:
        NetworkError: a file that can't be rebuilt in torch, beside what `open_named` raises.
        RunError, RecipeError, NetworkNameError: as there.
    """
    judge = open_named(name)
    if judge.network is None:
        raise NetworkError(
            f"{name}: can't be rebuilt in torch: give one that `glassmask export` wrote"
        )
    return judge, judge.network


def found_square(box: Box, framing: Framing) -> Square:
    """What of a photo is shown of a face found in a box: as FFHQ frames it, or as `check` does."""
    return ffhq_square(box) if framing == "ffhq" else Square.around(box, CROP_MARGIN)


def crop_of(
    photo: NDArray[np.uint8], record: FaceRecord, framing: Framing, size: int
) -> NDArray[np.uint8]:
    """The crop of a record's picture in a framing: RGB uint8 (size, size, 3)."""
    if framing in ("ffhq", "check"):
        return crop(photo, found_square(record.box, framing), size)
    return whole_crop(framed(photo, record.box, framing), size)


def crops_of(
    records: Sequence[FaceRecord], cache: PictureCache, framing: Framing, size: int
) -> NDArray[np.uint8]:
    """The crops of N > 0 records' pictures in a framing: RGB uint8 (N, size, size, 3)."""
    return np.stack([crop_of(cache[record], record, framing, size) for record in records])


def unspoiled(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The crop as it is."""
    return crop


def judge_all(
    judge: Judge,
    records: Sequence[FaceRecord],
    cache: PictureCache,
    framing: Framing | None = None,
    progress: Callable[[int], None] = lambda _: None,
    spoil: Spoil = unspoiled,
) -> NDArray[np.float32]:
    """Logits (N, 3) or (N, 5) of the records' pictures, in the judge's own framing or another.

    Args:
        judge: the network.
        records: N labelled faces.
        cache: holds their pictures.
        framing: None: the judge's own.
        progress: told how many are judged.
        spoil: what is done to each crop before.

    Raises:
        RunError: the network gives values that are no numbers.
    """
    framing = framing or judge.framing
    logits = []
    for first in range(0, len(records), _BATCH):
        some = records[first : first + _BATCH]
        crops = crops_of(some, cache, framing, judge.size)
        logits.append(judge.logits(np.stack([spoil(crop) for crop in crops])))
        if not np.isfinite(logits[-1]).all():
            raise RunError(f"{judge.name}: gives logits that are no numbers; train it again")
        progress(first + len(some))
    return np.concatenate(logits) if logits else np.zeros((0, len(CLASSES)), np.float32)


def five_logits(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    """Logits of the five classes, (N, 5), of logits (N, 3) or (N, 5).

    A network of three classes can't say what is uncovered: its *incorrect* stands as *nose*, and
    the others are never, so that it folds back; figures of reasons mean nothing then.
    """
    missing = len(CLASSES) - logits.shape[1]
    return np.pad(logits, ((0, 0), (0, missing)), constant_values=-np.inf)


def five_probabilities(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """Probabilities of the five classes, (N, 5), of logits (N, 3) or (N, 5)."""
    return probabilities_of(five_logits(logits), temperature)


def said_classes(logits: NDArray[np.floating], temperature: float = 1.0) -> list[int]:
    """What each row of logits (N, C) says, as a position in it: as `verdict.decide` does.

    The likeliest wear, and of its classes the likeliest. That need not be the largest logit: three
    incorrect classes together may be likelier than any other.
    """
    # A network of three classes has its *incorrect* where *nose* stands.
    return [CLASSES.index(decide(chances)) for chances in five_probabilities(logits, temperature)]


def _rebuilt(path: Path | None) -> PhotoNetwork | None:
    try:
        return network_of_file(path)
    except NetworkError:
        return None


def _of(network: PhotoNetwork) -> Callable[..., NDArray[np.float32]]:
    def logits(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return network.logits(torch.from_numpy(np.ascontiguousarray(crops))).numpy()

    return logits
