"""Paint one picture or pair of a job: choose a face and what is painted, write, give the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import PaintError, PaintingError, PhotoError
from glassmask.faces.points import FacePoints
from glassmask.lab.datasets.meshes import MeshFace
from glassmask.lab.datasets.png import write_png
from glassmask.labels import QUESTIONS
from glassmask.painter import (
    Painted,
    draw_look,
    draw_wearing,
    paint,
    paint_object,
    paint_pair,
)
from glassmask.painter.kinds import STYLES, Look
from glassmask.painter.pairs import CHANGES
from glassmask.painter.regions import DEFINING
from glassmask.painter.things import AMONG_MASKS, BEFORE_MASKS, THINGS
from glassmask.photos import read_photo

Row: TypeAlias = dict[str, Any]
"""A row of the table: `COLUMNS` to values; missing ones are empty."""

WAY_SHARES: Final = {
    "correct": 0.30,
    "nose": 0.20,
    "chin": 0.12,
    "nose_and_mouth": 0.18,
    "elsewhere": 0.05,
    "object": 0.15,
}
"""How often each way of wearing is painted; `object` is something that is no mask."""

MASKED_SHARE: Final = 0.5
"""How often a thing of `BEFORE_MASKS` is painted before a mask, in a set of things."""

COLUMNS: Final = (
    *("file", "split", "source", "person", "ffhq_id", "wear", "uncovered", "certain"),
    *("width", "height", "face_x", "face_y", "face_w", "face_h", "original_face_px"),
    *("way", "object", "kind", "pattern", "pair", "changed", "regions", "seed", "photo"),
    *(f"hidden_{part.name.lower()}" for part in DEFINING),
    *(f"answer_{question}" for question in QUESTIONS),
)
"""The last ones: which share of a part a thing hides, and what is true of the four questions: yes,
no, or empty where the picture doesn't show it."""


_TRIES: Final = 30
_SAID: Final = {True: "yes", False: "no", None: ""}


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
        things: paint things before faces, most of them bare, instead of masks.
    """

    faces: Path
    number: int
    seed: int
    style: str = "full"
    pairs: bool = False
    split: str | None = None
    things: bool = False

    def __post_init__(self) -> None:
        if self.number < 1:
            raise PaintingError(f"the number of pictures is {self.number}: at least 1, please")
        if self.pairs and self.number % 2:
            raise PaintingError(f"a pair is two pictures, and {self.number} is odd")
        if self.style not in STYLES:
            raise PaintingError(f"no style {self.style!r}; there are: {', '.join(STYLES)}")
        if self.things and (self.pairs or self.style != "full"):
            raise PaintingError("things are painted in the full style, and not in pairs")

    @property
    def card(self) -> dict[str, Any]:
        """What is noted of the job, to know it again; as it was before there were things."""
        return {k: v for k, v in asdict(self).items() if k != "things" or v}

    @property
    def items(self) -> int:
        """How many pictures or pairs."""
        return self.number // 2 if self.pairs else self.number


def paint_item(job: Job, faces: Sequence[MeshFace], out: Path, number: int) -> list[Row]:
    """Paint picture or pair `number` into a folder; faces that can't be painted are passed over.

    Returns:
        The rows of the table, one a picture.

    Raises:
        PaintingError: many faces were tried, and none could be painted.
    """
    rng = np.random.default_rng([job.seed, number])
    failure = "none was tried"
    for _ in range(_TRIES):
        face = _some_face(faces, rng)
        try:
            photo = read_photo(face.path)
            paint_one = _thing if job.things else _pair if job.pairs else _single
            return paint_one(job, out, number, face, photo, rng)
        except (PaintError, PhotoError) as error:
            failure = f"{face.path}: {error}"
    raise PaintingError(f"picture {number}: {_TRIES} faces could not be painted, last {failure}")


def _some_face(faces: Sequence[MeshFace], rng: np.random.Generator) -> MeshFace:
    """One of the faces; turned ones more often: portraits have few, the street has many."""
    one, other = (faces[int(number)] for number in rng.integers(len(faces), size=2))
    return max(one, other, key=lambda face: face.turned) if rng.random() < 0.7 else one


def _single(
    job: Job,
    out: Path,
    number: int,
    face: MeshFace,
    photo: NDArray[np.uint8],
    rng: np.random.Generator,
) -> list[Row]:
    # What is painted is chosen by number, not by chance that retries would bend: the shares
    # hold even where one way is refused more often.
    chooser = np.random.default_rng([job.seed, number, 1])
    way = str(chooser.choice(list(WAY_SHARES), p=list(WAY_SHARES.values())))
    points = FacePoints(face.points)
    name = f"{number:06d}"
    if way == "object" and job.style == "full":
        thing = str(chooser.choice(list(AMONG_MASKS)))
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


def _thing(
    job: Job,
    out: Path,
    number: int,
    face: MeshFace,
    photo: NDArray[np.uint8],
    rng: np.random.Generator,
) -> list[Row]:
    """A thing before a bare face, or before one with a mask."""
    chooser = np.random.default_rng([job.seed, number, 1])
    thing = str(chooser.choice(list(THINGS)))
    masked = chooser.random() < MASKED_SHARE and thing in BEFORE_MASKS
    # Not on the forehead: there the visor's band is.
    ways = {k: share for k, share in WAY_SHARES.items() if k not in ("object", "elsewhere")}
    way = str(chooser.choice(list(ways), p=np.array(list(ways.values())) / sum(ways.values())))
    points, seed = FacePoints(face.points), int(rng.integers(2**31))
    worn, look = None, None
    if masked:
        look = draw_look(rng, job.style)
        worn = paint(photo, points, draw_wearing(way, rng), look)
    painted = paint_object(photo, points, thing, seed, worn=worn)
    name = f"{number:06d}"
    row = _row(name, face, photo, painted) | (_of_look(look) if look else {})
    row |= {"object": thing, "seed": seed}
    _write(out, name, painted)
    return [row]


def _pair(
    job: Job,
    out: Path,
    number: int,
    face: MeshFace,
    photo: NDArray[np.uint8],
    rng: np.random.Generator,
) -> list[Row]:
    uncovered = CHANGES[number % len(CHANGES)]
    look = draw_look(rng, job.style)
    pair = paint_pair(photo, FacePoints(face.points), look, uncovered, rng)
    rows = []
    for letter, painted in (("a", pair.before), ("b", pair.after)):
        name = f"{number:06d}{letter}"
        _write(out, name, painted)
        extra = {"pair": f"{number:06d}", "changed": f"changes/{number:06d}.png"}
        rows.append(_row(name, face, photo, painted) | _of_look(look) | extra)
    write_png(out / "changes" / f"{number:06d}.png", pair.changes.astype(np.uint8) * np.uint8(255))
    return rows


def _row(name: str, face: MeshFace, photo: NDArray[np.uint8], painted: Painted) -> Row:
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
        **{f"hidden_{p.name.lower()}": round(share, 3) for p, share in painted.hidden.items()},
        **{f"answer_{q}": _SAID[answer] for q, answer in painted.answers.items()},
    }


def _of_look(look: Look) -> Row:
    return {"kind": look.kind, "pattern": look.pattern, "seed": look.seed}


def _write(out: Path, name: str, painted: Painted) -> None:
    # Not written beside and renamed: a picture counts once its row is noted.
    write_png(out / "images" / f"{name}.png", painted.picture)
    write_png(out / "regions" / f"{name}.png", painted.regions)
