"""Judge labelled faces by a network, and write the report of it: one function for all of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from glassmask.errors import DatasetError
from glassmask.files import replacing, require_writable
from glassmask.lab.datasets import (
    FaceRecord,
    PictureCache,
    Problem,
    Reading,
    measurable,
    read_datasets,
    read_traits,
)
from glassmask.lab.evaluation.figures import SplitFigures, measure_split
from glassmask.lab.evaluation.gallery import Mistake, worst_mistakes
from glassmask.lab.evaluation.page import write_page
from glassmask.lab.evaluation.predictions import Predictions, write_predictions
from glassmask.lab.judging.judge import Framing, Judge, judge_all
from glassmask.lab.tasks.judges import open_for_val

_MAX_WARNINGS: Final = 20


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What a network said of labelled faces, and how good that is.

    Attributes:
        predictions: of every face that was judged for it.
        splits: split to its figures: train, val, test, and others.
        mistakes: the most confident ones outside `train`, with what the network looked at.
        problems: rows of the tables that could not be used, and why.
    """

    predictions: Predictions
    splits: Mapping[str, SplitFigures]
    mistakes: tuple[Mistake, ...]
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """Every figure, as `metrics.json` holds it."""
        temperature = self.predictions.temperature
        return {
            "network": self.predictions.name,
            "temperature": None if temperature is None else round(temperature, 4),
            "splits": {split: figures.to_json() for split, figures in self.splits.items()},
        }

    def write(self, folder: Path) -> None:
        """Write `report.html`, `metrics.json` and `predictions.csv`.

        The report shows the pictures of the mistakes: treat it as you would the photos.

        Raises:
            OSError: one can't be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / "metrics.json") as partial:
            partial.write_text(json.dumps(self.to_json(), indent=2) + "\n", encoding="utf-8")
        write_predictions(self.predictions, folder / "predictions.csv")
        write_page(self.predictions, self.splits, self.mistakes, folder / "report.html")


def evaluate(
    network: str | Path,
    data: Sequence[Path],
    out: Path | None = None,
    *,
    splits: Sequence[str] | None = None,
    framing: Framing | None = None,
    traits: Path | None = None,
    mending: Path | None = None,
    labels: Mapping[str, str] | None = None,
    gallery: int = 12,
    progress: Callable[[int, int], None] = lambda _done, _faces: None,
    warn: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Judge labelled faces by a network: all that `glassmask evaluate` does.

    Args:
        network: the folder of a finished run, a network file, or `"shipped"`.
        data: dataset folders.
        out: where the report is written, see `Evaluation.write`; None: nowhere.
        splits: judge these only; None: all that occur. The faces of `val` are judged whatever is
            asked for: the network is calibrated on them.
        framing: what of a picture is judged; None: as the network was trained.
        traits: a table of what somebody saw in the pictures.
        mending: a table that moves near-duplicates into one split.
        labels: what unknown words of the datasets mean, see `read_datasets`.
        gallery: how many of the most confident mistakes to keep.
        progress: called with the faces judged and all there are.
        warn: called with a line about what can't be used.

    Raises:
        DatasetError: a folder or table can't be used, or there are no faces of a split.
        RunError: the run is not finished, judges no faces, or has seen faces of `val`.
        GlassmaskError: the network can't be used.
        OSError: the report can't be written.
    """
    judge = open_for_val(str(network))
    reading = read_datasets(data, mending, labels)
    seen = read_traits(traits) if traits else None
    faces = measurable(reading.records)
    if picked := sum(record.picked for record in reading.records):
        warn(f"{picked} faces are left out: a network helped to pick them")
    if vague := sum(record.wear is None for record in reading.records):
        warn(f"{vague} faces are left out: their labels don't say how the mask is worn")
    found = sorted({record.split for record in faces})
    for missing in sorted(set(splits or ()) - set(found)):
        raise DatasetError(
            f"no faces of split {missing!r}; there are: {', '.join(found) or 'none'}"
        )
    wanted = found if splits is None else [*splits, "val"]
    records = [record for record in faces if record.split in wanted]
    cache = PictureCache(records)
    problems = (*reading.problems, *cache.problems)
    _warn_of(problems, warn)
    records = cache.readable(records)
    if not records:
        raise DatasetError(f"no faces to judge in {', '.join(map(str, data))}")
    if seen:
        seen.require_known(records)
    if out is not None:
        require_writable(out)
    predictions = _predict(judge, records, cache, framing, progress).only(splits or found)
    mistakes = worst_mistakes(predictions, judge, cache, number=gallery, framing=framing)
    figures = {split: measure_split(predictions, split, seen) for split in predictions.splits}
    evaluation = Evaluation(predictions, figures, tuple(mistakes), problems)
    if out is not None:
        evaluation.write(out)
    return evaluation


def _predict(
    judge: Judge,
    records: Sequence[FaceRecord],
    cache: PictureCache,
    framing: Framing | None,
    progress: Callable[[int, int], None],
) -> Predictions:
    def report(done: int) -> None:
        progress(done, len(records))

    return Predictions.calibrate(
        judge.name, records, judge_all(judge, records, cache, framing, report)
    )


def _warn_of(problems: Sequence[Problem], warn: Callable[[str], None]) -> None:
    """Name the first problems, and count all where there are more."""
    for problem in problems[:_MAX_WARNINGS]:
        warn(str(problem))
    more = len(problems) - _MAX_WARNINGS
    if more > 0:
        warn(f"and {more} more; in all {Reading((), tuple(problems)).summary()}")
