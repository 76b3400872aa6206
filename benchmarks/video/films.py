"""Films whose truth is known: a film in a file, and beside it a JSON file of what it shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box
from glassmask.files import replacing

RATE: Final = 25
"""Frames a second of all films that are made here."""

_ENCODER: Final = {"crf": "16", "preset": "veryfast"}
"""Nearly lossless; what is lost is less than cameras lose."""

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class KnownFace:
    """A face that is in a film.

    Attributes:
        wear: how its mask is worn, if that is known and never changes.
        counts: whether it must be found; finding another one is neither right nor wrong.
    """

    wear: str | None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a mask is worn in one way.

    Attributes:
        begin: in seconds: the middle of the change before it.
        end: likewise of the change after it.
        wear: how the mask is worn.
        uncovered: what an incorrectly worn mask leaves uncovered.
        open: what may be called uncovered or not, since nobody could say.
    """

    begin: float
    end: float
    wear: str
    uncovered: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    def allows(self, wear: str | None, uncovered: Iterable[str]) -> bool:
        """Whether what is said is true."""
        told = set(uncovered) - set(self.open)
        return wear == self.wear and told == set(self.uncovered)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a film shows.

    Attributes:
        faces: everyone in it.
        boxes: float64 (frames, faces, 4): x, y, w, h in pixels, also where they lie outside.
        size: width and height of the film.
        spans: how the mask of a painted film's only face is worn; empty for others.
    """

    faces: tuple[KnownFace, ...]
    boxes: NDArray[np.float64]
    size: tuple[int, int]
    spans: tuple[Span, ...] = ()

    def shown(self) -> NDArray[np.float64]:
        """Which share of each face lies inside the film: (frames, faces)."""
        x, y, w, h = np.moveaxis(self.boxes, -1, 0)
        across = np.minimum(x + w, self.size[0]) - np.maximum(x, 0)
        down = np.minimum(y + h, self.size[1]) - np.maximum(y, 0)
        return np.asarray(np.maximum(across, 0) * np.maximum(down, 0) / (w * h))

    def inside(self, frame: int, face: int) -> Box:
        """The part of a face's box that lies inside the film."""
        x, y, w, h = (float(value) for value in self.boxes[frame, face])
        left, top = max(x, 0.0), max(y, 0.0)
        right, bottom = min(x + w, self.size[0]), min(y + h, self.size[1])
        return left, top, max(right - left, 1e-6), max(bottom - top, 1e-6)


@dataclass(frozen=True, slots=True)
class Film:
    """A film; `truth` is None where nobody knows it."""

    name: str
    path: Path
    truth: Truth | None = None


Maker = Callable[[], tuple[Truth, Iterable[Picture]]]


def film_at(path: Path, made_by: str, make: Maker) -> Film:
    """The film of a file; it is made where it is not there, or was made by other code.

    Args:
        path: of the film; its truth is beside it.
        made_by: what it was made by: see `fingerprint`.
        make: gives truth and frames.
    """
    beside = path.with_suffix(".json")
    if path.exists() and beside.exists():
        told = json.loads(beside.read_text(encoding="utf-8"))
        if told["made_by"] == made_by:
            return Film(path.stem, path, _truth(told))
    truth, frames = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as partial:
        write_film(partial, frames, truth.size)
    with replacing(beside) as partial:
        partial.write_text(json.dumps({"made_by": made_by, **_json(truth)}), encoding="utf-8")
    print(f"made {path.name}: {len(truth.boxes)} frames", flush=True)
    return Film(path.stem, path, truth)


def fingerprint(modules: Sequence[Any], *settings: object) -> str:
    """A hash of the code of modules and of settings: films made by others are made anew."""
    found = hashlib.sha256(repr(settings).encode())
    for module in modules:
        found.update(Path(module.__file__).read_bytes())
    return found.hexdigest()[:16]


def write_film(path: Path, frames: Iterable[Picture], size: tuple[int, int]) -> None:
    """Write RGB uint8 (H, W, 3) frames as H.264 in MP4, `RATE` a second, without sound."""
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=RATE)
        stream.width, stream.height = size
        stream.pix_fmt, stream.options = "yuv420p", dict(_ENCODER)
        stream.codec_context.thread_count = 1
        for number, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def _json(truth: Truth) -> dict[str, Any]:
    return {
        "size": list(truth.size),
        "rate": RATE,
        "faces": [asdict(face) for face in truth.faces],
        "spans": [asdict(span) for span in truth.spans],
        "boxes": np.round(truth.boxes, 2).tolist(),
    }


def _truth(told: dict[str, Any]) -> Truth:
    faces = tuple(KnownFace(**face) for face in told["faces"])
    spans = tuple(
        Span(**{**span, "uncovered": tuple(span["uncovered"]), "open": tuple(span["open"])})
        for span in told["spans"]
    )
    width, height = told["size"]
    boxes = np.array(told["boxes"], np.float64).reshape(-1, len(faces), 4)
    return Truth(faces, boxes, (width, height), spans)
