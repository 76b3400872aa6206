"""`glassmask evaluate`: every figure of a network on labelled faces, and its worst mistakes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from glassmask.cli.lab import lab_command
from glassmask.cli.options import Datasets, Mending, Traits
from glassmask.cli.terminal import complain, progress_bar, see_writable, stop

if TYPE_CHECKING:
    from glassmask.lab.datasets import Reading
    from glassmask.lab.judging.judge import Framing

_TOLD: Final = 20  # problems that are printed, at most


class FramingOption(StrEnum):
    """What of a picture is judged."""

    AS_GIVEN = "as given"
    CHECK = "check"
    TIGHT = "tight"
    MEDIUM = "medium"
    LOOSE = "loose"
    PORTRAIT = "portrait"
    FFHQ = "ffhq"


def evaluate(
    network: Annotated[
        str,
        typer.Argument(help="The folder of a finished run, a network file, or 'shipped'."),
    ],
    data: Datasets,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the report; made if it is not there.")
    ],
    mending: Mending = None,
    traits: Traits = None,
    split: Annotated[
        list[str] | None,
        typer.Option(help="Judge this split only; may be repeated. Default: all that occur."),
    ] = None,
    framing: Annotated[
        FramingOption | None,
        typer.Option(help="What of a picture is judged. Default: as the network was trained."),
    ] = None,
    gallery: Annotated[
        int, typer.Option(min=0, help="How many of the surest mistakes to show.")
    ] = 12,
) -> None:
    """Judge labelled faces: report.html, metrics.json and predictions.csv, split by split.

    The report shows the pictures of its mistakes: treat it as you would the photos.
    """
    with lab_command(out):
        from glassmask.lab.datasets import (
            PictureCache,
            Reading,
            measurable,
            read_datasets,
            read_traits,
        )
        from glassmask.lab.evaluation.evaluate import (
            Evaluation,
            metrics_of,
            write_metrics,
            write_predictions,
        )
        from glassmask.lab.evaluation.gallery import worst_mistakes
        from glassmask.lab.evaluation.page import write_page
        from glassmask.lab.judging.judge import judge_all
        from glassmask.lab.tasks.judges import open_for_val

        judge = open_for_val(network)
        reading = read_datasets(data, mending)
        looked = read_traits(traits) if traits else None
        faces = measurable(reading.records)
        if picked := len(reading.records) - len(faces):
            complain(f"{picked} faces are left out: a network helped to pick them")
        there = sorted({record.split for record in faces})
        for missing in sorted(set(split or ()) - set(there)):
            stop(f"no faces of split {missing!r}; there are: {', '.join(there) or 'none'}")
        # Those of val are judged too, whatever is asked for: it is calibrated on them.
        wanted = there if split is None else [*split, "val"]
        records = [record for record in faces if record.split in wanted]
        cache = PictureCache(records)
        _tell(Reading((), (*reading.problems, *cache.problems)))
        records = cache.readable(records)
        if not records:
            stop(f"no faces to judge in {', '.join(map(str, data))}")
        if looked:
            looked.see_known(records)
        see_writable(out)
        shown: Framing | None = framing.value if framing else None
        with progress_bar("judging", len(records)) as advance:
            logits = judge_all(judge, records, cache, shown, advance)
        evaluation = Evaluation.of(judge.name, records, logits).only(split or there)
        metrics = metrics_of(evaluation, looked)
        write_metrics(metrics, out / "metrics.json")
        write_predictions(evaluation, out / "predictions.csv")
        mistakes = worst_mistakes(evaluation, judge, cache, number=gallery, framing=shown)
        write_page(evaluation, metrics, mistakes, out / "report.html")
    for name, figures in metrics["splits"].items():
        accuracy, balanced = figures["accuracy"], figures["balanced_accuracy"]
        doubtful = figures["doubtful"]
        left_out = f" ({doubtful} with doubtful labels left out)" if doubtful else ""
        typer.echo(
            f"{name or 'no split'}: {figures['faces']} faces{left_out}, "
            f"accuracy {accuracy['value']:.1%}, balanced {balanced['value']:.1%}"
        )
    typer.echo(f"the report: {out / 'report.html'}")


def _tell(reading: Reading) -> None:
    for problem in reading.problems[:_TOLD]:
        complain(str(problem))
    more = len(reading.problems) - _TOLD
    if more > 0:
        complain(f"and {more} more; in all {reading.told()}")
