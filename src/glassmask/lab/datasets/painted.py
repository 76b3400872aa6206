"""Paint a dataset: many faces with masks and other things before them, and the truth of each.

Picture number k depends on the faces, the options and k alone, so the set is the same, bit for
bit, for any number of workers, and a stopped job goes on where it was.
"""

from __future__ import annotations

import csv
import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.points import FacePoints
from glassmask.lab.datasets.meshes import MeshFace, read_mesh_faces
from glassmask.lab.masks import (
    Painted,
    PaintError,
    Region,
    draw_look,
    draw_wearing,
    paint,
    paint_object,
    paint_pair,
)
from glassmask.lab.masks.kinds import STYLES, Look
from glassmask.lab.masks.objects import THINGS
from glassmask.lab.masks.pairs import CHANGES
from glassmask.photos import PhotoError, read_photo

VERSION: Final = 1
"""Raised when the painter paints otherwise: a job begun by another version is not gone on with."""

WAY_SHARES: Final = {
    "correct": 0.30,
    "nose": 0.20,
    "chin": 0.12,
    "nose_and_mouth": 0.18,
    "elsewhere": 0.05,
    "object": 0.15,
}
"""How often each way of wearing is painted; `object` is something that is no mask."""

TABLE: Final = "painted.csv"
JOB: Final = "painting.json"
_DONE: Final = "painted.jsonl"  # rows so far, in order; painted.csv is made of it at the end
_TRIES: Final = 30

COLUMNS: Final = (
    *("file", "split", "source", "person", "ffhq_id", "wear", "uncovered", "certain"),
    *("width", "height", "face_x", "face_y", "face_w", "face_h", "original_face_px"),
    *("way", "object", "kind", "pattern", "pair", "changed", "regions", "seed", "photo"),
)


class PaintingError(ValueError):
    """A job that can't be done; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to paint.

    Attributes:
        faces: folder with `faces.csv`, `mesh468.npz` and the pictures.
        number: how many pictures; a pair is two.
        seed: of all chance.
        style: one of `kinds.STYLES`.
        pairs: paint pairs instead of single pictures.
        split: paint faces of this split only; None for all.
    """

    faces: Path
    number: int
    seed: int
    style: str = "full"
    pairs: bool = False
    split: str | None = None

    def __post_init__(self) -> None:
        if self.number < 1:
            raise PaintingError(f"the number of pictures is {self.number}: at least 1, please")
        if self.pairs and self.number % 2:
            raise PaintingError(f"a pair is two pictures, and {self.number} is odd")
        if self.style not in STYLES:
            raise PaintingError(f"no style {self.style!r}; there are: {', '.join(STYLES)}")

    @property
    def items(self) -> int:
        """How many pictures or pairs."""
        return self.number // 2 if self.pairs else self.number


def paint_dataset(
    job: Job,
    out: Path,
    *,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Path:
    """Paint a job into a folder, or go on with it; gives the table's path.

    Args:
        job: what to paint.
        out: gets `images/`, `regions/`, for pairs `changes/`, and `painted.csv`.
        workers: processes; None for one a core.
        progress: called with the number of pictures or pairs done so far.

    Raises:
        PaintingError: no usable faces, or the folder holds another job.
        MeshError: the faces' folder is not as it must be.
    """
    faces = read_mesh_faces(job.faces, job.split)
    if not faces:
        where = f" of split {job.split!r}" if job.split else ""
        raise PaintingError(f"{job.faces}: no faces{where} to paint on")
    _begin(job, faces, out)
    rows = _rows_so_far(out)
    done = len(rows)
    progress(done)
    with (out / _DONE).open("a", encoding="utf-8") as lines:
        for painted in _run(job, faces, out, range(done, job.items), workers):
            lines.write(json.dumps(painted) + "\n")
            lines.flush()
            rows.append(painted)
            progress(len(rows))
    table = out / TABLE
    part = out / f".{TABLE}.part"
    with part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for painted in rows:
            writer.writerows(painted)
    part.replace(table)
    return table


_Row = dict[str, Any]


def _begin(job: Job, faces: list[MeshFace], out: Path) -> None:
    """Set up the folder, or see that it holds this very job."""
    stamp = hashlib.sha256()
    for face in faces:
        stamp.update(f"{face.name}\0{face.split}\0".encode() + face.points.tobytes())
    said = {**asdict(job), "faces": stamp.hexdigest(), "version": VERSION}
    text = json.dumps(said, indent=2) + "\n"
    card = out / JOB
    if card.exists():
        if card.read_text(encoding="utf-8") != text:
            raise PaintingError(f"{out} holds another painting: choose another --out, or remove it")
        return
    if out.exists() and any(out.iterdir()):
        raise PaintingError(f"{out} is not empty and holds no painting: choose another --out")
    for folder in ("images", "regions", *(["changes"] if job.pairs else [])):
        (out / folder).mkdir(parents=True, exist_ok=True)
    (out / "README.md").write_text(_readme(job), encoding="utf-8")
    card.write_text(text, encoding="utf-8")


def _rows_so_far(out: Path) -> list[list[_Row]]:
    """The rows of what is painted already; a line cut off by a crash is painted anew."""
    path = out / _DONE
    if not path.exists():
        return []
    kept = []
    text = path.read_text(encoding="utf-8")
    for line in text.splitlines(keepends=True):
        if not line.endswith("\n"):
            break
        kept.append(line)
    path.write_text("".join(kept), encoding="utf-8")
    return [json.loads(line) for line in kept]


def _run(
    job: Job, faces: list[MeshFace], out: Path, numbers: range, workers: int | None
) -> Iterator[list[_Row]]:
    """Paint items in order."""
    one = partial(_paint_item, job, out)
    count = min(workers or os.cpu_count() or 1, max(1, len(numbers)))
    if count == 1:
        _start(faces)
        yield from map(one, numbers)
        return
    context = multiprocessing.get_context("spawn")  # fork and OpenCV's threads don't agree
    with ProcessPoolExecutor(count, context, _start, (faces,)) as pool:
        try:
            for first in range(0, len(numbers), 256):  # a few at a time: Ctrl-C waits for them
                yield from pool.map(one, numbers[first : first + 256], chunksize=8)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


_faces: list[MeshFace] = []  # of this worker


def _start(faces: list[MeshFace]) -> None:
    """Make a worker ready: one thread, for every core has a worker of its own."""
    cv2.setNumThreads(1)
    _faces[:] = faces


def _paint_item(job: Job, out: Path, number: int) -> list[_Row]:
    """Paint picture or pair `number`; faces that can't be painted so are passed over."""
    rng = np.random.default_rng([job.seed, number])
    told = "none was tried"
    for _ in range(_TRIES):
        face = _faces[int(rng.integers(len(_faces)))]
        try:
            photo = read_photo(face.path)
            return (_pair if job.pairs else _single)(job, out, number, face, photo, rng)
        except (PaintError, PhotoError) as error:
            told = f"{face.path}: {error}"
    raise PaintingError(f"picture {number}: {_TRIES} faces could not be painted, last {told}")


def _single(
    job: Job,
    out: Path,
    number: int,
    face: MeshFace,
    photo: NDArray[np.uint8],
    rng: np.random.Generator,
) -> list[_Row]:
    # What is painted is chosen by number, not by chance that retries would bend: the shares
    # hold even where one way is refused more often.
    chooser = np.random.default_rng([job.seed, number, 1])
    way = str(chooser.choice(list(WAY_SHARES), p=list(WAY_SHARES.values())))
    points = FacePoints(face.points)
    name = f"{number:06d}"
    if way == "object" and job.style == "full":
        thing = str(chooser.choice(list(THINGS)))
        seed = int(rng.integers(2**31))
        painted = paint_object(photo, points, thing, seed)
        row = _row(name, face, photo, painted) | {"object": thing, "seed": seed}
    else:
        while way in ("object", "elsewhere") and job.style != "full":
            way = str(chooser.choice(list(WAY_SHARES), p=list(WAY_SHARES.values())))
        look = draw_look(rng, job.style)
        painted = paint(photo, points, draw_wearing(way, rng), look)
        row = _row(name, face, photo, painted) | _of_look(look)
    _write(out, name, painted)
    return [row]


def _pair(
    job: Job,
    out: Path,
    number: int,
    face: MeshFace,
    photo: NDArray[np.uint8],
    rng: np.random.Generator,
) -> list[_Row]:
    uncovered = CHANGES[number % len(CHANGES)]
    look = draw_look(rng, job.style)
    pair = paint_pair(photo, FacePoints(face.points), look, uncovered, rng)
    rows = []
    for letter, painted in (("a", pair.before), ("b", pair.after)):
        name = f"{number:06d}{letter}"
        _write(out, name, painted)
        extra = {"pair": f"{number:06d}", "changed": f"changes/{number:06d}.png"}
        rows.append(_row(name, face, photo, painted) | _of_look(look) | extra)
    _save(out / "changes" / f"{number:06d}.png", pair.changes.astype(np.uint8) * np.uint8(255))
    return rows


def _row(name: str, face: MeshFace, photo: NDArray[np.uint8], painted: Painted) -> _Row:
    incorrect = painted.way in ("nose", "chin", "nose_and_mouth", "elsewhere")
    x, y, w, h = face.box
    return {
        "file": f"images/{name}.png",
        "regions": f"regions/{name}.png",
        "split": face.split,
        "source": face.source,
        "person": face.group,
        "ffhq_id": face.ffhq_id,
        "wear": "incorrect" if incorrect else painted.way,
        "uncovered": painted.way if incorrect else "",
        "way": painted.way,
        "certain": 1,
        "width": photo.shape[1],
        "height": photo.shape[0],
        "face_x": x,
        "face_y": y,
        "face_w": w,
        "face_h": h,
        "original_face_px": min(w, h),
        "photo": face.name,
    }


def _of_look(look: Look) -> _Row:
    return {"kind": look.kind, "pattern": look.pattern, "seed": look.seed}


def _write(out: Path, name: str, painted: Painted) -> None:
    _save(out / "images" / f"{name}.png", painted.picture[..., ::-1])
    _save(out / "regions" / f"{name}.png", painted.regions)


def _save(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a PNG beside its name, then rename it."""
    packed = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]
    part = path.with_suffix(".part")
    part.write_bytes(packed.tobytes())
    part.replace(path)


def _readme(job: Job) -> str:
    values = "\n".join(f"| {region.value} | {region.name.lower()} |" for region in Region)
    pairs = (
        "\n`changes/NUMBER.png` is 255 where the two pictures of a pair differ and 0 elsewhere.\n"
        if job.pairs
        else ""
    )
    return (
        "# Painted faces\n\nMade by `glassmask data paint` from photos of people: it holds their "
        "faces, under the licence of those photos.\n\n`painted.csv` has a row a picture. "
        "`images/` are the pictures (PNG, lossless), `regions/` what each pixel shows:\n\n"
        f"| value | region |\n|---|---|\n{values}\n{pairs}"
    )
