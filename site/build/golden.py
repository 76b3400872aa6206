"""Write what Python and OpenCV make of pictures by seed: the tests of the pages compare.

python site/build/golden.py      # writes site/generated/golden.json
"""

from __future__ import annotations

import base64
import json
import runpy
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask import labels
from glassmask.checker import Checker
from glassmask.combinations import (
    Combination,
    answer_probabilities,
    combination_probabilities,
    likeliest,
    wear_of,
    wear_probabilities,
)
from glassmask.evidence import Evidence, enlarge, region_shares
from glassmask.faces.crop import Square, coarse_crop, crop
from glassmask.faces.finder import quarter_turns
from glassmask.faces.nms import suppress
from glassmask.faces.points import FacePoints
from glassmask.faces.regions import REGIONS, face_regions, mean_points, outline_outside
from glassmask.faces.tiles import choose_tiles, finer_scales
from glassmask.formats import foreign_kind
from glassmask.orientation import exif_orientation, xmp_orientation
from glassmask.output import wording
from glassmask.painter import demo_photos
from glassmask.verdict import Verdict, answer_sign, detail, prediction_set, replies

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / "site" / "generated" / "golden.json"


def golden() -> dict[str, object]:
    """Name -> cases, each with what goes in and what Python makes of it."""
    rng = np.random.default_rng(1)
    return {
        "lists": _lists(),
        "resize": [_resized(rng, *case) for case in _SIZES],
        "crop": [_cropped(rng) for _ in range(12)],
        "coarse": [_coarsely_cropped(rng, *case) for case in _SQUARES],
        "lying": _lying(rng),
        "tiles": [_tiles(rng, *case) for case in _TILED],
        "regions": [_regions(rng) for _ in range(12)],
        "nms": [_suppressed(rng) for _ in range(6)],
        "enlarge": _enlarged(rng),
        "answers": [_answers(rng) for _ in range(50)],
        "likely": [_likely(rng) for _ in range(50)],
        "detail": _detail(rng),
        "photos": _photos(),
        "turned": _turned(rng),
        "foreign": [
            {"of": base64.b64encode(head).decode(), "kind": foreign_kind(head, "")}
            for head in _HEADS
        ],
    }


_SIZES: Final = (
    (64, 48, 32, 24, "area"),
    (97, 61, 40, 25, "area"),
    (333, 211, 100, 63, "area"),
    (50, 31, 50, 20, "area"),
    (90, 42, 30, 14, "area"),
    (84, 135, 14, 45, "area"),
    (300, 2, 64, 1, "area"),
    (61, 30, 20, 40, "area"),
    (30, 17, 60, 34, "linear"),
    (41, 29, 57, 40, "linear"),
    (60, 34, 30, 17, "linear"),
)

_SQUARES: Final = (
    ((200, 160), Square(40.3, 30.8, 90.2), 33),  # 2.7 times: halved once
    ((201, 163), Square(90.4, 70.2, 130.0, 1), 33),  # 3.9, beyond the right bottom, odd sides
    ((211, 187), Square(-60.7, -40.1, 200.0), 40),  # 5, beyond the left top
    ((233, 150), Square(-30.0, 20.0, 260.5, 2), 24),  # 11, beyond all but the top
    ((117, 251), Square(3.5, -70.25, 256.0, 3), 16),  # 16: halved four times
    ((90, 70), Square(10.0, 10.0, 66.0), 33),  # twice exactly
    ((90, 70), Square(10.0, 10.0, 65.9), 33),  # a little less: not halved
    ((40, 30), Square(-3.3, 4.7, 20.0, 1), 33),  # enlarged
    ((300, 5), Square(0.0, -147.5, 300.0), 25),  # flatter than the crop
    ((1, 90), Square(-44.5, 0.0, 90.0), 16),  # a pixel wide
    ((50, 41), Square(300.0, -400.0, 90.0), 16),  # outside
)
"""Width and height of a picture, and what a coarse crop of so many pixels shows of it."""

_TILED: Final = (
    (6000, 4000, 0.107, 48),
    (6000, 4000, 0.22, 7),
    (4031, 3023, 0.63, 48),
    (1281, 963, 1.0, 48),
    (900, 300, 0.7111, 48),
)
"""Width and height of a photo, a scale at which it was searched, and how many tiles at most."""

_HEADS: Final = (
    *(b"\0\0\0\x14ftyp" + brand + bytes(8) for brand in (b"heic", b"avif", b"mif1", b"qt  ")),
    *(b"\0\0\0\x1cftyp" + brand + bytes(4) + b"miafavifMA1B" for brand in (b"mif1", b"msf1")),
    b"\0\0\0\x14ftypmif1" + bytes(8) + b"avif",  # behind the box
    b"\0\0\0\x14ftypcrx " + bytes(8),
    b"RIFF\0\0\0\0AVI LIST",
    b"RIFF\0\0\0\0WEBPVP8 ",
    b"\xff\x0a\xfa\x1f",
    b"\0\0\0\x0cJXL \r\n\x87\n",
    b"\0\0\0\x0cjP  \r\n\x87\n",
    b"\xff\x4f\xff\x51\0",
    b"FUJIFILMCCD-RAW 0201",
    b"8BPS\0\x01",
    b"\x1a\x45\xdf\xa3\x93",
    b"\0\0\x01\xba\x44",
    b"FLV\x01\x05",
    b"OggS\0\x02",
    b"PK\x03\x04\x14",
    b"%PDF-1.7",
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"<svg xmlns=",
)
"""How files begin that are photos, or something else."""


def _lists() -> dict[str, object]:
    """What the pages list for themselves: their types and their sentences."""
    return {
        "questions": labels.QUESTIONS,
        "parts": labels.PARTS,
        "wears": labels.WEARS,
        "regions": REGIONS,
        "texts": {
            "wear": wording.WEAR_TEXT,
            "question": wording.QUESTION_TEXT,
            "reply": wording.REPLY_TEXT,
            "reason": wording.REASON_TEXT,
            "advice": wording.ADVICE_TEXT,
        },
    }


def _packed(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def _noise(rng: np.random.Generator, width: int, height: int) -> NDArray[np.uint8]:
    """A smooth picture with noise on it, (height, width, 3)."""
    rough = rng.integers(0, 256, (height // 8 + 2, width // 8 + 2, 3), np.uint8)
    smooth = np.asarray(cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC), np.int16)
    noisy = np.clip(smooth + rng.integers(-20, 21, smooth.shape), 0, 255)
    return np.asarray(noisy, np.uint8)


def _picture(picture: NDArray[np.uint8]) -> dict[str, object]:
    return {"width": picture.shape[1], "height": picture.shape[0], "rgb": _packed(picture)}


def _resized(
    rng: np.random.Generator, width: int, height: int, to_width: int, to_height: int, how: str
) -> dict[str, object]:
    picture = _noise(rng, width, height)
    kind = cv2.INTER_AREA if how == "area" else cv2.INTER_LINEAR
    made = np.asarray(cv2.resize(picture, (to_width, to_height), interpolation=kind), np.uint8)
    return {"of": _picture(picture), "how": how, "made": _picture(made)}


def _cropped(rng: np.random.Generator) -> dict[str, object]:
    picture = _noise(rng, int(rng.integers(8, 120)), int(rng.integers(8, 120)))
    x, y, side = rng.uniform(-40, 80), rng.uniform(-40, 80), rng.uniform(3, 150)
    size, turn = int(rng.choice([16, 33, 64])), int(rng.integers(4))
    made = crop(picture, Square(x, y, side, turn), size)
    square = {"x": x, "y": y, "side": side, "turn": turn}
    return {"of": _picture(picture), "square": square, "size": size, "made": _packed(made)}


def _coarsely_cropped(
    rng: np.random.Generator, shape: tuple[int, int], square: Square, size: int
) -> dict[str, object]:
    picture = _noise(rng, *shape)
    made = coarse_crop(picture, square, size)
    told = {"x": square.x, "y": square.y, "side": square.side, "turn": square.turn}
    return {"of": _picture(picture), "square": told, "size": size, "made": _packed(made)}


def _lying(rng: np.random.Generator) -> dict[str, object]:
    """Five points of faces that lean by any angle, some of them wild, and their quarter turns."""
    degrees = np.deg2rad(rng.uniform(-180, 180, 200))
    matrices = np.array([[np.cos(degrees), -np.sin(degrees)], [np.sin(degrees), np.cos(degrees)]])
    face = np.array([(-10, -8), (10, -8), (0, 2), (-7, 10), (7, 10)])
    points = (np.einsum("ijn,kj->nki", matrices, face) + 100).astype(np.float32)  # (N, 5, 2)
    points[150:] += rng.normal(0, 8, (50, 5, 2)).astype(np.float32)
    points[196] = 0
    points[197, 0], points[198, 4, 1], points[199, 1, 0] = np.nan, np.inf, -np.inf
    return {"points": _packed(points), "turns": quarter_turns(points).tolist()}


def _tiles(
    rng: np.random.Generator, width: int, height: int, scale: float, count: int
) -> dict[str, object]:
    """Where what is faint is looked at again, at each finer scale."""
    boxes = np.c_[rng.uniform(0, 1, (30, 2)) * (width, height), rng.uniform(3, 20, (30, 2))]
    scores = (rng.integers(2, 12, 30) / 16).astype(np.float32)  # some are equal
    centres = boxes[:, :2] + boxes[:, 2:] / 2
    chosen = [
        {
            "scale": finer,
            "tiles": [
                {"left": tile.left, "top": tile.top, "width": tile.width, "height": tile.height}
                | {"cuts": tile.cuts(boxes, (height, width)).tolist()}
                for tile in choose_tiles((height, width), finer, centres, scores, count)
            ],
        }
        for finer in finer_scales(scale)
    ]
    photo = {"width": width, "height": height, "scale": scale, "count": count}
    return {**photo, "boxes": boxes.tolist(), "scores": scores.tolist(), "chosen": chosen}


def _regions(rng: np.random.Generator) -> dict[str, object]:
    turn = int(rng.integers(4))
    square = Square(float(rng.uniform(-20, 20)), float(rng.uniform(-20, 20)), 150.0, turn)
    points = mean_points((20.0, 10.0, 90.0, 120.0), turn)
    tilt = rng.uniform(-0.7, 0.7)
    matrix = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    matrix[:, 0] *= rng.uniform(0.3, 1.2)  # towards a profile
    matrix *= rng.choice([1.0, 2.0])  # some reach beyond the crop
    moved = FacePoints((points.xy - 65) @ matrix.T + 65 + rng.normal(0, 1.5, points.xy.shape))
    made = face_regions(moved, square, 160)
    difference = rng.normal(0, 1, (10, 10)).astype(np.float32)
    shares = region_shares(enlarge(difference, 160), made)
    return {
        "points": moved.xy.ravel().tolist(),
        "square": {"x": square.x, "y": square.y, "side": square.side, "turn": turn},
        "made": _packed(made),
        "outside": {part: outline_outside(moved, part, 70, 90) for part in labels.PARTS},
        "map": _packed(difference),
        "shares": dict(shares),
    }


def _suppressed(rng: np.random.Generator) -> dict[str, object]:
    boxes = np.c_[rng.uniform(0, 60, (40, 2)), rng.uniform(10, 40, (40, 2))]
    scores = rng.integers(1, 10, 40) / 10  # some are equal
    return {
        "boxes": boxes.tolist(),
        "scores": scores.tolist(),
        "kept": suppress(boxes, scores, 0.45).tolist(),
        "keptWithin": suppress(boxes, scores, 0.5, 0.7).tolist(),
    }


def _enlarged(rng: np.random.Generator) -> dict[str, object]:
    grid = rng.normal(0, 1, (10, 7)).astype(np.float32)
    return {"grid": _packed(grid), "made": _packed(enlarge(grid, 33))}


_COMBINATIONS: Final[tuple[Combination, ...]] = (
    (0, 1, 1, 1), (1, 0, 0, 0), (1, 1, 0, 0), (1, 0, 0, 1), (1, 1, 1, 0),
    (1, 1, 1, 1), (1, 0, 1, 1), (0, 1, 0, 0), (0, 0, 0, 0), (0, 1, 1, 0),
)  # fmt: skip


def _answers(rng: np.random.Generator) -> dict[str, object]:
    """Four logits, and what they say of the questions; some parts are outside."""
    known = _COMBINATIONS[: int(rng.integers(3, len(_COMBINATIONS) + 1))]
    values = rng.normal(0, 3, (4, 6)).astype(np.float32)
    probabilities = combination_probabilities(values[:, 0], known, 1.5)
    chances = answer_probabilities(probabilities, known)
    outside = [part for part in labels.PARTS if rng.random() < 0.2]
    decided = likeliest(probabilities, known)
    said = replies(decided, chances, outside)
    evidence = Evidence(
        maps=values.reshape(4, 2, 3),
        logits=values[:, 0].copy(),
        biases=values[:, 1].copy(),
        signs=np.array([answer_sign(reply) for reply in said.values()], np.int8),
        square=Square(0, 0, 1),
        crop_size=8,
    )
    return {
        "values": _packed(values),
        "combinations": known,
        "probabilities": probabilities.tolist(),
        "wears": wear_probabilities(probabilities, known).tolist(),
        "decided": decided,
        "wear": wear_of(decided),
        "chances": chances.tolist(),
        "outside": outside,
        "replies": said,
        "grid": _packed(evidence.grid()),
        "grids": {question: _packed(evidence.grid(question)) for question in labels.QUESTIONS},
    }


def _likely(rng: np.random.Generator) -> dict[str, object]:
    folded = rng.dirichlet([0.6, 0.6, 0.6])
    return {"folded": folded.tolist(), "likely": list(prediction_set(folded, 0.8))}


def _detail(rng: np.random.Generator) -> dict[str, object]:
    luma = rng.uniform(0, 255, (20, 20))
    return {"luma": luma.ravel().tolist(), "detail": detail(luma)}


def _turned(rng: np.random.Generator) -> dict[str, object]:
    """Files whose pictures are stored turned; metadata with bytes changed, and what they say."""
    made = runpy.run_path(str(ROOT / "tests" / "turned_photos.py"))
    photos = list(made["turned_photos"](made["upright_picture"]()))
    read = {"exif": exif_orientation, "xmp": xmp_orientation}
    told = []
    for case in range(400):
        kind = "xmp" if case % 4 == 0 else "exif"
        value, order = int(rng.integers(0, 10)), "<>"[case % 2]
        whole = made["exif"](value, order) if kind == "exif" else made["attribute"](value)
        changed = np.frombuffer(whole, np.uint8).copy()
        where = rng.integers(0, len(changed), 1 + case % 3)
        changed[where] = rng.integers(0, 256, len(where))
        content = changed.tobytes()
        orientation = read[kind](content)
        told.append({"kind": kind, "of": _packed(changed), "orientation": orientation})
    return {
        "files": [
            {
                "name": photo.name,
                "of": base64.b64encode(photo.content).decode(),
                "orientation": photo.orientation,
            }
            for photo in photos
        ],
        "metadata": told,
    }


def _photos() -> list[dict[str, object]]:
    """The demo photos, some of them together, and what the checker says of them."""
    checker = Checker(engine="onnxruntime")
    told: list[dict[str, object]] = []
    photos = demo_photos()
    cut = {
        f"{name}-{rows}": np.ascontiguousarray(photos[name][:rows])
        for name in ("nose", "chin")
        for rows in (125, 135)  # without and with landmarks; what is below can't be seen
    }
    lying = {
        f"{name}-lying-{turn}": np.ascontiguousarray(np.rot90(np.pad(photos[name], _BORDER), -turn))
        for turn, name in ((1, "nose"), (2, "correct"), (3, "none"))
    }
    scene = {
        "together": _together(list(photos.values())),
        "crowd": _crowd(list(photos.values())),
    }
    for name, photo in {**photos, **cut, **lying, **scene}.items():
        verdicts = checker.check(photo)
        told.append({"name": name, "of": _picture(photo), "verdicts": list(map(_told, verdicts))})
    return told


_BORDER: Final = ((50, 50), (50, 50), (0, 0))  # black, around a photo that its face nearly fills


def _together(photos: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Photos side by side, each smaller than the one before, on grey: (340, 900, 3)."""
    scene = np.full((340, 900, 3), 96, np.uint8)
    left = 10
    for number, photo in enumerate(photos[:4]):
        size = 320 - 70 * number
        part = cv2.resize(photo, (size, size), interpolation=cv2.INTER_AREA)
        scene[number * 20 : number * 20 + size, left : left + size] = part
        left += size + 10
    return scene


def _crowd(photos: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Photos made small, far apart, on grey: (64, 2000, 3). Without tiles nobody is found."""
    scene = np.full((64, 2000, 3), 128, np.uint8)
    for number in range(5):
        size = 26 + 3 * number
        part = cv2.resize(photos[number % 3], (size, size), interpolation=cv2.INTER_AREA)
        top, left = 32 - size // 2, 60 + 380 * number
        scene[top : top + size, left : left + size] = part
    return scene


def _told(verdict: Verdict) -> dict[str, object]:
    points = verdict.face.landmarks
    return {
        "box": list(verdict.face.box),
        "extent": list(verdict.face.extent or verdict.face.box),
        "turn": verdict.face.turn,
        "points": None if points is None else points.xy.ravel().tolist(),
        "wear": verdict.wear,
        "uncovered": list(verdict.uncovered),
        "answers": {
            question: {
                "answer": answer.answer,
                "probability": answer.probability,
                "logit": answer.logit,
                "bias": answer.bias,
                "shares": dict(answer.shares),
            }
            for question, answer in verdict.answers.items()
        },
        "probabilities": dict(verdict.probabilities),
        "unsure": verdict.unsure_reason,
        "likely": list(verdict.prediction_set),
        "shares": dict(verdict.shares),
        "maps": _packed(verdict.evidence.maps),
        "grid": _packed(verdict.evidence.grid()),
    }


if __name__ == "__main__":
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(golden()), encoding="utf-8")
