"""Any trained network as one that judges crops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.errors import RunError
from glassmask.faces.crop import Box, Square, crop
from glassmask.faces.framing import CROP_MARGIN
from glassmask.lab.classes import CLASSES, class_probabilities, decide
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.datasets.ffhq import ffhq_square
from glassmask.lab.judging.framing import framed, whole_crop
from glassmask.lab.networks.photo_network import PhotoNetwork

Framing: TypeAlias = Literal["as given", "check", "tight", "medium", "loose", "portrait", "ffhq"]
"""What of a picture is judged: see `framing.FRAMINGS`; `check` is what `glassmask check` takes of
a face found in the labelled box, `ffhq` is what MaskedFace-Net shows."""

WEAR_CLASSES: Final = ("none", "correct", "incorrect")
"""The logits of networks with the classes of the two studies, in their order."""

Degrade: TypeAlias = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
"""Makes a crop, RGB uint8 (S, S, 3), harder to judge; the same shape comes back."""

_BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class Judge:
    """A network that judges crops.

    Attributes:
        name: what it is called.
        size: side of its crops in pixels.
        framing: how it was shown pictures in training.
        scores: crops, RGB uint8 (N, S, S, 3), to float32 (N, C), as `class_probabilities` takes
            them: logits of wears or classes, or scores of combinations of answers.
        outputs: names of the torch network's logits: `WEAR_CLASSES`, `CLASSES` or `QUESTIONS`.
        temperature: by which it is calibrated; 1 where nobody has.
        network: the torch network, for attributions; None for a file of somebody else's making.
    """

    name: str
    size: int
    framing: Framing
    scores: Callable[[NDArray[np.uint8]], NDArray[np.float32]]
    outputs: tuple[str, ...]
    network: PhotoNetwork | None
    temperature: float = 1.0

    def square(self, box: Box, turn: int = 0) -> Square:
        """What of a photo it wants to see of a face found in this box, and how it lies there."""
        return face_square(box, self.framing, turn)


def make_scores(network: PhotoNetwork) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    """A torch network in evaluation mode as `Judge.scores` wants it."""

    def scores(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.inference_mode():
            logits = network.logits(torch.from_numpy(np.ascontiguousarray(crops)))
            return np.asarray(network.scores(logits).numpy(), np.float32)

    return scores


def face_square(box: Box, framing: Framing, turn: int = 0) -> Square:
    """What of a photo is shown of a face found in a box: as FFHQ frames it, or as `check` does.

    Args:
        box: x, y, w, h in photo pixels.
        framing: how.
        turn: quarter turns clockwise by which the face lies in the photo.
    """
    if framing == "ffhq":
        return ffhq_square(box, turn)
    return Square.around(box, CROP_MARGIN, turn)


def crop_record(
    photo: NDArray[np.uint8], record: FaceRecord, framing: Framing, size: int
) -> NDArray[np.uint8]:
    """The crop of a record's picture in a framing: RGB uint8 (size, size, 3)."""
    if framing in ("ffhq", "check"):
        return crop(photo, face_square(record.box, framing), size)
    return whole_crop(framed(photo, record.box, framing), size)


def crop_records(
    records: Sequence[FaceRecord], cache: PictureCache, framing: Framing, size: int
) -> NDArray[np.uint8]:
    """The crops of N > 0 records' pictures in a framing: RGB uint8 (N, size, size, 3)."""
    return np.stack([crop_record(cache[record], record, framing, size) for record in records])


def unchanged(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The crop as it is."""
    return crop


def judge_all(
    judge: Judge,
    records: Sequence[FaceRecord],
    cache: PictureCache,
    framing: Framing | None = None,
    progress: Callable[[int], None] = lambda _: None,
    degrade: Degrade = unchanged,
) -> NDArray[np.float32]:
    """Scores of the records' pictures, (N, C), in the judge's own framing or another.

    Args:
        judge: the network.
        records: N labelled faces.
        cache: holds their pictures.
        framing: None: the judge's own.
        progress: told how many are judged.
        degrade: what is done to each crop before.

    Raises:
        RunError: the network gives values that are no numbers.
    """
    framing = framing or judge.framing
    scores = []
    for first in range(0, len(records), _BATCH):
        batch = records[first : first + _BATCH]
        crops = crop_records(batch, cache, framing, judge.size)
        scores.append(judge.scores(np.stack([degrade(crop) for crop in crops])))
        if not np.isfinite(scores[-1]).all():
            raise RunError(f"{judge.name}: gives values that are no numbers; train it again")
        progress(first + len(batch))
    return np.concatenate(scores) if scores else np.zeros((0, len(CLASSES)), np.float32)


def predicted_classes(scores: NDArray[np.floating], temperature: float = 1.0) -> list[int]:
    """What each row of scores of wears or classes, (N, C), says, as a position in it.

    The likeliest wear, and of its classes the likeliest. That need not be the largest score: three
    incorrect classes together may be likelier than any other.
    """
    # A network of three wears has its *incorrect* where *nose* stands.
    return [CLASSES.index(decide(chances)) for chances in class_probabilities(scores, temperature)]
