"""All figures of a network that says how masks are worn, each with its interval by groups.

What `benchmarks baseline` writes of the shipped network, and what its successors are held against:
the three wears, why a mask is worn incorrectly, and the four questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.classes import CLASSES, fold_wears
from glassmask.lab.datasets import FaceRecord, Reason
from glassmask.lab.datasets.records import wear_positions
from glassmask.labels import QUESTIONS, WEARS, Uncovered, Wear

UNSURE: Final = 0.05
"""The share of faces that may be left open in the figures with abstention."""

_BINS: Final = 10


def wear_figures(
    records: Sequence[FaceRecord],
    probabilities: NDArray[np.floating],
    answers: NDArray[np.floating],
    rounds: int = 1000,
) -> dict[str, Any]:
    """All figures of N > 0 labelled faces, as JSON values.

    A figure is `value`, `interval` (95%, percentiles over resamples of groups; Efron 1979) and,
    where it is a share, `hits` and `count`; without a face that it is of, `value` is None. A
    resample without such a face does not count for it.

    Args:
        records: the faces.
        probabilities: of the classes, (N, 5), calibrated.
        answers: of yes to each question, (N, 4), calibrated likewise.
        rounds: how many resamples, with a fixed seed.

    Returns:
        `faces`, `groups`, and `labels`, which counts them by label; `balanced_accuracy`, the mean
        of the `recall` of each wear; `incorrect_by_reason`, the incorrect faces that are called
        incorrect, by the reason that their label says; `uncovered_named`, of those that are
        called incorrect and whose label names what is uncovered, how many have that named;
        `called_incorrect`, false alarms among correct and bare faces; `confusion`, faces by label
        and by what they are called; `calibration_error` of the wears, 10 bins; `answered`, the
        balanced accuracy without the 5% of faces that the network is least sure of; and
        `questions`: of each, on faces whose label answers it, the recall of yes and no, their
        mean, and the calibration error.

    Raises:
        DatasetError: some of the faces were picked, see `require_measurable`.
    """
    wears = wear_positions(records)
    sample = _Resamples([record.group for record in records], rounds)
    folded = fold_wears(probabilities)
    called, top = folded.argmax(axis=1), folded.max(axis=1)
    right = called == wears
    incorrect = called == WEARS.index(Wear.INCORRECT)
    why = np.array([str(record.reason or "") for record in records])
    parts = np.array([str(record.uncovered or "") for record in records])
    named = np.array([CLASSES[2 + i] for i in probabilities[:, 2:].argmax(axis=1)])
    of_wear = {wear: wears == number for number, wear in enumerate(WEARS)}
    sure = top >= np.quantile(top, UNSURE)
    return {
        "faces": len(records),
        "groups": sample.groups,
        "labels": dict(sorted(Counter(record.label for record in records).items())),
        "balanced_accuracy": sample.mean_share([(right, of) for of in of_wear.values()]),
        "recall": {str(wear): sample.share(right, of) for wear, of in of_wear.items()},
        "incorrect_by_reason": {
            str(reason): sample.share(incorrect, why == str(reason)) for reason in Reason
        },
        "uncovered_named": sample.share(
            named == parts, incorrect & np.isin(parts, [str(part) for part in Uncovered])
        ),
        "called_incorrect": {
            str(wear): sample.share(incorrect, of_wear[wear]) for wear in (Wear.CORRECT, Wear.NONE)
        },
        "confusion": {
            str(wear): {
                str(other): int((of & (called == k)).sum()) for k, other in enumerate(WEARS)
            }
            for wear, of in of_wear.items()
        },
        "calibration_error": sample.calibration_error(top, right),
        "answered": {
            "faces": int(sure.sum()),
            "balanced_accuracy": sample.mean_share([(right, of & sure) for of in of_wear.values()]),
        },
        "questions": _questions(records, answers, sample),
    }


def _questions(
    records: Sequence[FaceRecord], answers: NDArray[np.floating], sample: _Resamples
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for question, chance in zip(QUESTIONS, answers.T, strict=True):
        labels = [getattr(record.answers, question) for record in records]
        yes = np.array([answer is True for answer in labels])
        no = np.array([answer is False for answer in labels])
        said = chance > 0.5
        figures[str(question)] = {
            "yes": sample.share(said, yes),
            "no": sample.share(~said, no),
            "balanced_accuracy": sample.mean_share([(said, yes), (~said, no)]),
            "calibration_error": sample.calibration_error(
                np.maximum(chance, 1 - chance), said == yes, yes | no
            ),
        }
    return figures


class _Resamples:
    """How often each face is in each resample of the groups.

    Attributes:
        groups: how many there are.
    """

    def __init__(self, groups: Sequence[str], rounds: int) -> None:
        numbers = np.unique(list(groups), return_inverse=True)[1]
        self.groups = int(numbers.max()) + 1
        chances = np.full(self.groups, 1 / self.groups)
        drawn = np.random.default_rng(0).multinomial(self.groups, chances, size=rounds)
        self._weights = drawn[:, numbers].astype(np.float64)  # (rounds, N)

    def share(self, hits: NDArray[np.bool_], of: NDArray[np.bool_]) -> dict[str, Any]:
        """The share of hits, (N,), among the faces `of`, (N,)."""
        counts = {"hits": int((hits & of).sum()), "count": int(of.sum())}
        return {**self.mean_share([(hits, of)]), **counts}

    def mean_share(
        self, parts: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]]
    ) -> dict[str, Any]:
        """The mean of the shares that have any face."""
        parts = [(hits, of) for hits, of in parts if of.any()]
        if not parts:
            return {"value": None}
        value = float(np.mean([hits[of].mean() for hits, of in parts]))
        with np.errstate(invalid="ignore"):
            shares = [self._weights @ (hits & of) / (self._weights @ of) for hits, of in parts]
        return _figure(value, np.mean(shares, axis=0))

    def calibration_error(
        self,
        confidence: NDArray[np.float64],
        right: NDArray[np.bool_],
        of: NDArray[np.bool_] | None = None,
    ) -> dict[str, Any]:
        """Expected calibration error among the faces `of`, equal-width bins of confidence."""
        chosen = np.ones(len(right), np.bool_) if of is None else of
        if not chosen.any():
            return {"value": None}
        bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
        # |right - confidence| of a bin by its share of faces: the count cancels out.
        gaps = np.where(chosen, right - confidence, 0.0)[:, None] * (
            bins[:, None] == np.arange(_BINS)
        )  # (N, bins)
        value = float(np.abs(gaps.sum(axis=0)).sum() / chosen.sum())
        with np.errstate(invalid="ignore"):
            drawn = np.abs(self._weights @ gaps).sum(axis=1) / (self._weights @ chosen)
        return _figure(value, drawn)


def _figure(value: float, drawn: NDArray[np.float64]) -> dict[str, Any]:
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return {"value": round(value, 4), "interval": [round(float(low), 4), round(float(high), 4)]}
