"""Hide one part: of a network that looks where it says, and of one that looks elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from glassmask.errors import ConversionError
from glassmask.lab.audit.hiding_tests import TOGETHER, hiding_tests
from glassmask.lab.audit.inputs import PAINTED_PARTS, Subject, SubjectPair
from glassmask.lab.audit.measures.hiding import measure_hiding
from glassmask.lab.audit.results import AuditTest, Measure
from glassmask.lab.classes import CLASSES
from glassmask.lab.judging.hiding import FILLS, Fill
from glassmask.lab.judging.judge import WEAR_CLASSES, Judge
from glassmask.lab.networks.photo_network import EvidenceModel, PhotoNetwork
from glassmask.labels import Part, Uncovered, Wear
from labelled import labelled

SIZE = 64
NOSE, ELSEWHERE = (slice(20, 32), slice(26, 38)), (slice(50, 62), slice(2, 14))


CHECKS = np.where((np.indices((12, 12)).sum(axis=0) // 3) % 2, 1.0, -1.0).astype(np.float32)
"""What a nose looks like here, and nothing else."""


class Looks(PhotoNetwork):
    """Of the five classes: `nose` where a square is checked, else `correct`."""

    cam_layer = ""

    def __init__(self, where: tuple[slice, slice]) -> None:
        super().__init__()
        self.where = where

    def logits(self, photos: Tensor) -> Tensor:
        rows, columns = self.where
        square = photos[:, rows, columns].float().mean(dim=-1)  # (N, 12, 12)
        checked = (square * torch.from_numpy(CHECKS)).mean(dim=(1, 2)) - 40
        zero = torch.zeros_like(checked)
        return torch.stack([zero - 99, zero, checked, zero - 99, zero - 99], dim=1)

    def with_evidence(self) -> EvidenceModel:
        raise ConversionError("none")


def faces(number: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Grey pictures with two checked squares, and where the nose is: bool (N, S, S)."""
    crops = np.full((number, SIZE, SIZE, 3), 120, np.uint8)
    place = np.zeros((number, SIZE, SIZE), np.bool_)
    for square in (NOSE, ELSEWHERE):
        crops[:, square[0], square[1]] = (128 + 100 * CHECKS[..., None]).astype(np.uint8)
    place[:, NOSE[0], NOSE[1]] = True
    return crops, place


@pytest.mark.parametrize("fill", FILLS)
def test_who_looks_at_the_nose_loses_it(fill: Fill) -> None:
    crops, place = faces(6)
    there = measure_hiding(Looks(NOSE).eval(), crops, [Part.NOSE] * 6, place, fill)
    assert there.leaves.tolist() == [1] * 6
    assert there.stay.tolist() == [1] * 6
    elsewhere = measure_hiding(Looks(ELSEWHERE).eval(), crops, [Part.NOSE] * 6, place, fill)
    assert elsewhere.leaves.tolist() == [0] * 6
    assert elsewhere.stay.tolist() == [1] * 6


def test_what_is_not_called_uncovered_is_not_counted() -> None:
    crops, place = faces(2)
    crops[1, NOSE[0], NOSE[1]] = 120
    found = measure_hiding(Looks(NOSE).eval(), crops, [Part.NOSE] * 2, place, "grey")
    assert np.isnan(found.leaves).tolist() == [False, True]
    assert np.isnan(found.stay).tolist() == [False, True]
    nowhere = measure_hiding(
        Looks(NOSE).eval(), crops[:1], [Part.NOSE], np.zeros_like(place[:1]), "grey"
    )
    assert np.isnan(nowhere.leaves).all()


def judge(outputs: tuple[str, ...]) -> Judge:
    return Judge(
        "it", SIZE, "as given", lambda crops: np.zeros((len(crops), 5), np.float32), outputs, None
    )


def test_tables_of_painted_and_real_faces() -> None:
    crops, place = faces(1)
    parts = np.where(place[0], PAINTED_PARTS.index("nose"), 0).astype(np.uint8)
    record = labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE)
    after = Subject(record, crops[0], np.zeros((SIZE, SIZE), np.uint8), parts)
    before = Subject(labelled(Wear.CORRECT), crops[0], after.regions, parts)
    pair = SubjectPair(before, after, place[0])
    tables = hiding_tests(judge(CLASSES), Looks(ELSEWHERE).eval(), [pair], [after, before])
    assert {str(test) for test in tables} == {
        f"{Measure.HIDING}, {kind}, {fill}" for kind in ("painted", "real") for fill in FILLS
    }
    rows = tables[AuditTest(Measure.HIDING, "painted, noise")]
    assert list(rows) == [TOGETHER, "nose", "mouth", "chin"]
    assert rows[TOGETHER]["leaves"].value == 0
    assert rows["nose"]["others stay"].count == 1
    assert rows["chin"]["leaves"].count == 0
    # By its (empty) region map the real one's nose is nowhere: nothing is asked of it.
    assert tables[AuditTest(Measure.HIDING, "real, grey")][TOGETHER]["leaves"].count == 0
    assert hiding_tests(judge(WEAR_CLASSES), Looks(NOSE).eval(), [pair], []) == {}
