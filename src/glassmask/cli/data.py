"""`glassmask data`: look at datasets, split them, find leaks between them, paint new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glassmask.cli.lab import lab_command
from glassmask.cli.options import Labels, Mending, label_meanings
from glassmask.cli.terminal import complain, progress_bar, stop
from glassmask.files import replacing
from glassmask.output.names import printable

if TYPE_CHECKING:
    from glassmask.lab.datasets.duplicates import Comparison, SplitPicture
    from glassmask.lab.datasets.reading import Problem

data = typer.Typer(no_args_is_help=True, help="Describe, split, check and paint datasets.")


class Style(StrEnum):
    """What the painter draws from."""

    FULL = "full"
    MASKEDFACENET = "maskedfacenet"


class Split(StrEnum):
    """The parts of a dataset."""

    TRAIN = "train"
    VAL = "val"
    TEST = "test"


@data.command(no_args_is_help=True)
def paint(
    faces: Annotated[
        Path,
        typer.Argument(
            help="A folder with faces.csv, mesh468.npz and the pictures they name; or of plain "
            "photos of bare faces."
        ),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="The new dataset; a stopped job goes on there.")
    ],
    number: Annotated[int, typer.Option(min=1, help="How many pictures; a pair is two.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed paints the same pictures.")],
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Pairs that differ in one thing, and where.")
    ] = False,
    things: Annotated[
        bool,
        typer.Option(
            "--things",
            help="Things that are no masks (paper, cards, cups, phones, visors, drawings), before "
            "faces, most of them bare.",
        ),
    ] = False,
    style: Annotated[
        Style, typer.Option(help="Every kind of mask, or one blue surgical one.")
    ] = Style.FULL,
    split: Annotated[Split | None, typer.Option(help="Paint faces of this split only.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Worker processes (default: one per core).")
    ] = None,
) -> None:
    """Paint masks (and look-alikes) on faces, with a ground-truth label for every pixel."""
    interrupted = f"stopped; the same command goes on from what is in {out}"
    with lab_command(out, interrupted=interrupted):
        from glassmask.lab.datasets.painted import paint_dataset
        from glassmask.lab.datasets.painting import Job

        job = Job(faces, number, seed, str(style), pairs, str(split) if split else None, things)
        with progress_bar("painting", job.items) as advance:
            table = paint_dataset(job, out, workers=workers, progress=advance, warn=complain)
    typer.echo(f"{number} pictures: {table}")


Folders = Annotated[
    list[Path], typer.Argument(metavar="PATH", help="Dataset folders, or tables (CSV).")
]


@data.command(no_args_is_help=True)
def describe(
    paths: Folders,
    mending: Mending = None,
    labels: Labels = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write charts (SVG, PNG), a contact sheet and all problems here."
        ),
    ] = None,
) -> None:
    """Count the faces by class, split and reason, and list what can't be used.

    Reads tables, PASCAL VOC, YOLO, COCO, MaskedFace-Net and folders named after classes. Say what
    a label means that is not known with --label, as --label face_mask=correct.
    """
    with lab_command():
        from glassmask.cli.tables import print_counts
        from glassmask.lab.datasets.description import (
            describe as count,
        )
        from glassmask.lab.datasets.description import (
            write_charts,
            write_contact_sheet,
        )
        from glassmask.lab.datasets.formats import read_datasets

        reading = read_datasets(paths, mending, label_meanings(labels))
        found = count(reading.records)
        print_counts(found)
        _list_problems(reading.problems)
        _tell(reading.notes)
        if out is not None:
            try:
                written = write_charts(found, out)
                write_contact_sheet(reading.records, out / "contact-sheet.jpg")
                with replacing(out / "problems.txt") as partial:
                    lines = [f"{printable(str(line))}\n" for line in reading.problems]
                    partial.write_text("".join(lines), encoding="utf-8")
            except OSError as error:
                stop(f"can't write to {out}: {error.strerror or error}")
            typer.echo(f"{len(written)} charts, contact-sheet.jpg and problems.txt in {out}")


@data.command(no_args_is_help=True)
def split(
    path: Annotated[Path, typer.Argument(help="A dataset folder.")],
    labels: Labels = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The split file; PATH/split.csv, where it is used."),
    ] = None,
    val: Annotated[float, typer.Option(min=0.05, max=0.9, help="Share of val.")] = 0.1,
    test: Annotated[float, typer.Option(min=0.05, max=0.9, help="Share of test.")] = 0.1,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same split.")] = 0,
) -> None:
    """Split a dataset; no person and no near-duplicate ends up in two splits."""
    with lab_command():
        from glassmask.cli.tables import print_counts
        from glassmask.lab.datasets.description import describe as count
        from glassmask.lab.datasets.duplicates import merged_groups
        from glassmask.lab.datasets.formats import read_unsplit
        from glassmask.lab.datasets.reading import SPLIT_FILE
        from glassmask.lab.datasets.splits import make_split, write_split
        from glassmask.lab.datasets.tables import dataset_root

        reading = read_unsplit(path, label_meanings(labels))
        records = reading.records
        found = _compare(records)
        groups = merged_groups(records, found.matches)
        shares = {"train": 1 - val - test, "val": val, "test": test}
        splits = make_split(records, groups, shares, seed)
        target = out or dataset_root(path) / SPLIT_FILE
        try:
            write_split(target, dataset_root(path), records, groups, splits)
        except OSError as error:
            stop(f"can't write {target}: {error.strerror or error}")
        print_counts(count([replace(r, split=own) for r, own in zip(records, splits, strict=True)]))
        _list_problems((*reading.problems, *found.problems))
        _tell(reading.notes)
        typer.echo(f"{len(set(groups))} groups: {target}")


@data.command(no_args_is_help=True)
def leaks(
    paths: Folders,
    mending: Mending = None,
    labels: Labels = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all matches as a CSV table.")
    ] = None,
) -> None:
    """Find images shared between splits: the same id, the same bytes, near-duplicates.

    Exit code 1 when there is any.
    """
    with lab_command():
        from glassmask.cli.tables import print_matches, write_matches
        from glassmask.lab.datasets.formats import read_datasets
        from glassmask.lab.datasets.scenes import read_every_scene

        meanings = label_meanings(labels)
        reading = read_datasets(paths, mending, meanings)
        scenes = read_every_scene(paths, mending, meanings)
        found = _compare([*reading.records, *scenes.scenes])
        if out is not None:
            try:
                write_matches(found.matches, out)
            except OSError as error:
                stop(f"can't write {out}: {error.strerror or error}")
        _list_problems((*reading.problems, *scenes.problems, *found.problems))
        if not reading.records:
            stop("no faces to compare")
        print_matches(found.matches)
        if any(match.leaks for match in found.matches):
            raise typer.Exit(1)


@data.command(no_args_is_help=True)
def fix_leaks(
    paths: Folders,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The table of the mended groups.")],
    labels: Labels = None,
) -> None:
    """Move duplicates to one split: test if any of them was there, else val.

    Writes a table; give it to other commands as --mend.
    """
    with lab_command():
        from glassmask.lab.datasets.formats import read_datasets
        from glassmask.lab.datasets.mending import fix_leaks as join
        from glassmask.lab.datasets.mending import write_mending
        from glassmask.lab.datasets.scenes import read_every_scene

        meanings = label_meanings(labels)
        reading = read_datasets(paths, labels=meanings)
        scenes = read_every_scene(paths, labels=meanings)
        pictures: list[SplitPicture] = [*reading.records, *scenes.scenes]
        found = _compare(pictures)
        mended = join(pictures, found.matches)
        try:
            write_mending(mended, out)
        except OSError as error:
            stop(f"can't write {out}: {error.strerror or error}")
        moved = sum(
            mended.places.get(picture.group, (picture.group, picture.split))[1] != picture.split
            for picture in pictures
        )
        _list_problems((*reading.problems, *scenes.problems, *found.problems))
        typer.echo(f"{len(mended.places)} groups joined, {moved} faces and scenes moved: {out}")


def _compare(records: Sequence[SplitPicture]) -> Comparison:
    """Compare all pictures, with a progress bar."""
    from glassmask.lab.datasets.duplicates import find_matches

    with progress_bar("comparing", len(records)) as advance:
        return find_matches(records, advance)


def _list_problems(problems: Sequence[Problem], at_most: int = 20) -> None:
    """Name what could not be used, on standard error, and count it where that is much."""
    from glassmask.lab.datasets.reading import UNKNOWN_LABEL, Reading

    for problem in problems[:at_most]:
        complain(str(problem))
    if len(problems) > at_most:
        summary = Reading((), tuple(problems)).summary()
        complain(f"… and {len(problems) - at_most} more; in all {summary}")
    if any(problem.what == UNKNOWN_LABEL for problem in problems):
        complain("say what a label means with --label THEIRS=OURS, as --label face_mask=correct")


def _tell(notes: Sequence[str]) -> None:
    """Say on standard error what was mended or passed over."""
    for note in notes:
        complain(note)
