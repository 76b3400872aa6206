"""Paint a dataset: many faces with masks and other things before them, and the truth of each.

Picture number k depends on the faces, the options and k alone, so the set is the same, bit for
bit, for any number of workers, and a stopped job goes on where it was.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Final

import cv2

from glassmask.errors import PaintingError
from glassmask.files import replacing, write_whole
from glassmask.lab.datasets.detect_faces import read_faces
from glassmask.lab.datasets.meshes import MeshFace
from glassmask.lab.datasets.painting import (
    COLUMNS,
    Job,
    Row,
    paint_item,
)
from glassmask.painter import Region

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

VERSION: Final = 4
"""Raised when the painter paints otherwise: a job begun by another version is not gone on with."""

TABLE: Final = "painted.csv"
JOB: Final = "painting.json"
_ROWS: Final = "painted.jsonl"  # rows so far, in order; painted.csv is made of it at the end


def paint_dataset(
    job: Job,
    out: Path,
    *,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
) -> Path:
    """Paint a job into a folder, or go on with it; gives the table's path.

    Args:
        job: what to paint.
        out: gets `images/`, `regions/`, for pairs `changes/`, and `painted.csv`.
        workers: processes; None for one a core.
        progress: called with the number of pictures or pairs done so far.
        warn: called with a line about each picture that can't be read.

    Raises:
        PaintingError: no usable faces, or the folder holds another job.
        MeshError: the faces' folder is not as it must be.
        NetworkError: the folder holds plain pictures, and no faces can be searched in them.
    """
    faces = read_faces(job.faces, job.split, warn)
    if not faces:
        where = f" of split {job.split!r}" if job.split else ""
        raise PaintingError(f"{job.faces}: no faces{where} to paint on")
    _prepare(job, faces, out)
    with _locked(out):
        rows = _rows_so_far(out, job.items)
        done = len(rows)
        progress(done)
        with (out / _ROWS).open("a", encoding="utf-8") as lines:
            for painted in _paint_items(job, faces, out, range(done, job.items), workers):
                lines.write(json.dumps(painted) + "\n")
                lines.flush()
                rows.append(painted)
                progress(len(rows))
        table = out / TABLE
        with replacing(table) as partial, partial.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            for painted in rows:
                writer.writerows(painted)
    return table


@contextlib.contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Check that no other process paints into the folder, where the system can tell."""
    if fcntl is None:
        yield
        return
    with (out / JOB).open("rb") as card:
        try:
            fcntl.flock(card, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PaintingError(f"{out}: another process paints there: wait for it") from error
        yield


def _prepare(job: Job, faces: list[MeshFace], out: Path) -> None:
    """Set up the folder, or see that it holds this very job."""
    stamp = hashlib.sha256()
    for face in faces:
        said_of = (face.name, face.split, face.group, face.source, face.box)
        stamp.update(repr(said_of).encode() + face.points.tobytes())
    said = {**job.card, "faces": stamp.hexdigest(), "version": VERSION}
    text = json.dumps(said, indent=2) + "\n"
    card = out / JOB
    if card.exists():
        if card.read_text(encoding="utf-8") != text:
            raise PaintingError(f"{out} holds another painting: choose another --out, or remove it")
    elif out.exists() and any(out.iterdir()):
        raise PaintingError(f"{out} is not empty and holds no painting: choose another --out")
    else:
        out.mkdir(parents=True, exist_ok=True)
        with replacing(card) as partial:
            partial.write_text(text, encoding="utf-8")
    for folder in ("images", "regions", *(["changes"] if job.pairs else [])):
        (out / folder).mkdir(exist_ok=True)
    write_whole(out / "README.md", _readme(job).encode())


def _rows_so_far(out: Path, items: int) -> list[list[Row]]:
    """The rows of what is painted already, up to the first that is damaged or lacks a file."""
    path = out / _ROWS
    if not path.exists():
        return []
    kept: list[list[Row]] = []
    for line in path.read_text(encoding="utf-8").splitlines()[:items]:
        try:
            rows = json.loads(line)
            files = [
                row[key] for row in rows for key in ("file", "regions", "changed") if key in row
            ]
        except (ValueError, KeyError, TypeError):
            break
        if not all((out / file).is_file() for file in files):
            break
        kept.append(rows)
    with replacing(path) as partial:
        partial.write_text("".join(json.dumps(rows) + "\n" for rows in kept), encoding="utf-8")
    return kept


def _paint_items(
    job: Job, faces: list[MeshFace], out: Path, numbers: range, workers: int | None
) -> Iterator[list[Row]]:
    """Paint items in order."""
    one = partial(_paint_item, job, out)
    count = min(workers or os.cpu_count() or 1, max(1, len(numbers)))
    if count == 1:
        _start_worker(faces)
        yield from map(one, numbers)
        return
    context = multiprocessing.get_context("spawn")  # fork and OpenCV's threads don't agree
    with ProcessPoolExecutor(count, context, _start_worker, (faces,)) as pool:
        try:
            for first in range(0, len(numbers), 256):  # a few at a time: Ctrl-C waits for them
                yield from pool.map(one, numbers[first : first + 256], chunksize=8)
        except BrokenProcessPool as error:
            raise PaintingError(
                "a worker was killed, for want of memory?: fewer --workers"
            ) from error
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


_faces: list[MeshFace] = []  # of this worker


def _start_worker(faces: list[MeshFace]) -> None:
    """Make a worker ready: one thread, for every core has a worker of its own."""
    cv2.setNumThreads(1)
    _faces[:] = faces
    if multiprocessing.parent_process() is not None:
        threading.Thread(target=_exit_with, args=(os.getppid(),), daemon=True).start()


def _exit_with(parent: int) -> None:
    """End this worker when its parent was killed: nobody would ever tell it to."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _paint_item(job: Job, out: Path, number: int) -> list[Row]:
    return paint_item(job, _faces, out, number)


def _readme(job: Job) -> str:
    values = "\n".join(f"| {region.value} | {region.name.lower()} |" for region in Region)
    notes = (
        "\n`hidden_PART` is the share of a part that a thing hides, `answer_QUESTION` what is "
        "true: yes, no, or empty where the picture doesn't show it.\n"
    )
    notes += (
        "\n`changes/NUMBER.png` is 255 where the two pictures of a pair differ and 0 elsewhere.\n"
        if job.pairs
        else ""
    )
    return (
        "# Painted faces\n\nMade by `glassmask data paint` from photos of people: it holds their "
        "faces, under the licence of those photos.\n\n`painted.csv` has a row a picture. "
        "`images/` are the pictures (PNG, lossless), `regions/` what each pixel shows:\n\n"
        f"| value | region |\n|---|---|\n{values}\n{notes}"
    )
