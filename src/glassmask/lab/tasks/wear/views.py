"""Views of faces, and of painted ones where the evidence for each question must lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from glassmask.lab.datasets import Answers
from glassmask.lab.datasets.pairs import dilate_truth, widened
from glassmask.lab.judging.hiding import FILLS, hide
from glassmask.lab.tasks.wear.targets import target_of, wear_of_answers
from glassmask.lab.training.face_views import AugmentedView
from glassmask.lab.training.sampling import CropStream
from glassmask.labels import PARTS, QUESTIONS, Part, Question, Wear

_WORTH_ASKING: Final = 16
"""Pixels of a view: of a part of which fewer are seen nothing is asked, and it is not hidden."""


class Truth(Protocol):
    """Says where the parts that the questions are about are seen."""

    def marks(self, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Bool (H, W, 4), in the order of `QUESTIONS`, of a picture kept at this shape.

        Raises:
            OSError: what says it can't be read.
        """


class QuestionStream(Dataset[tuple[Tensor, Tensor, Tensor, Tensor]]):
    """Crop number k, what its label asks for, and where each answer is seen.

    RGB uint8 (S, S, 3), int8 (5,) of `question_target`, float32 (4, h, w): the share of each cell
    that belongs to the question's part, and float32 (4,): 1 where the answer is yes, -1 for no, 0
    where it is open. Nothing belongs to a part where the truth of pixels is not known.
    """

    def __init__(
        self,
        stream: CropStream,
        truths: Mapping[Path, Truth],
        view: AugmentedView,
        cells: int,
        hiding: float = 0.0,
    ) -> None:
        """Take the crops of a stream.

        Args:
            stream: of these views, with `question_target`.
            truths: by their pictures; those that the stream never draws don't matter.
            view: of the stream; marked pixels go the way of the photo.
            cells: h and w.
            hiding: how often one of the parts that a mask leaves uncovered is hidden, and then is
                uncovered no more.
        """
        self._stream, self._truths, self._view = stream, truths, view
        self._cells, self._hiding = cells, hiding

    def __len__(self) -> int:
        return len(self._stream)

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        photo, record, rng = self._stream.draw(number)
        truth = self._truths.get(record.path)
        if truth is None:
            crop, target = self._stream.make_crop(photo, record, rng)
            nowhere = torch.zeros(len(QUESTIONS), self._cells, self._cells)
            return crop, target, nowhere, torch.zeros(len(QUESTIONS))
        view, marks = self._view.with_marks(photo, truth.marks(photo.shape), record, rng)
        answers, wear = record.answers, record.wear
        if self._hiding and wear is Wear.INCORRECT and rng.random() < self._hiding:
            view, answers = hide_a_part(view, marks, answers, rng)
            wear = wear_of_answers(answers)
        shares = [self._shares(marks[..., place]) for place in range(len(QUESTIONS))]
        return (
            torch.from_numpy(np.ascontiguousarray(view)),
            torch.from_numpy(target_of(answers, wear)),
            torch.from_numpy(np.stack(shares)),
            torch.tensor(_signs(answers)),
        )

    def _shares(self, part: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The share of each cell that belongs to a part, widened: float32 (h, w)."""
        if part.sum() < _WORTH_ASKING:
            return np.zeros((self._cells, self._cells), np.float32)
        wide = dilate_truth(part).astype(np.float32)
        shares = cv2.resize(wide, (self._cells, self._cells), interpolation=cv2.INTER_AREA)
        return np.asarray(shares, np.float32)


def hide_a_part(
    view: NDArray[np.uint8],
    marks: NDArray[np.bool_],
    answers: Answers,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], Answers]:
    """Hide one of the parts that a mask leaves uncovered; then it is uncovered no more.

    Args:
        view: RGB uint8 (S, S, 3).
        marks: bool (S, S, 4), where each question's part is, in the order of `QUESTIONS`.
        answers: of the face.
        rng: chooses the part, and how it is hidden.

    Returns:
        The view, and the answers that are true of it; as they were where no part can be hidden.
    """
    seen = [
        part for part in PARTS if getattr(answers, part) and _of(marks, part).sum() >= _WORTH_ASKING
    ]
    if not seen:
        return view, answers
    part = seen[int(rng.integers(len(seen)))]
    radius = max(1, round(len(view) / 40 * rng.uniform(0.6, 1.8)))
    fill = FILLS[int(rng.integers(len(FILLS)))]
    hidden = hide(view, widened(_of(marks, part), radius), fill, rng)
    return hidden, replace(answers, **{str(part): False})


def _of(marks: NDArray[np.bool_], part: Part) -> NDArray[np.bool_]:
    return np.asarray(marks[..., QUESTIONS.index(Question(part))])


def _signs(answers: Answers) -> list[float]:
    said = [getattr(answers, question) for question in QUESTIONS]
    return [0.0 if answer is None else 1.0 if answer else -1.0 for answer in said]
