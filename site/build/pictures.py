"""Make the pictures of the pages, and what the shipped networks say of them.

python site/build/pictures.py      # writes site/generated/, the figures of results.py too

Every picture is of the demo portrait, as it is or painted on; the verdicts are the checker's.
"""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from glassmask.checker import Checker
from glassmask.errors import PaintError
from glassmask.evidence import enlarge
from glassmask.faces.crop import crop
from glassmask.faces.points import FacePoints
from glassmask.lab.attribution import Evidence, GradCAM, IntegratedGradients, Method, attribute
from glassmask.lab.attribution.pictures import blend, brightness, default_palette
from glassmask.lab.classes import CLASSES, UNCOVERED_OF_CLASS, WEAR_OF_CLASS
from glassmask.lab.networks.shipped import rebuild_network
from glassmask.labels import QUESTIONS, Question, Wear
from glassmask.output.annotate import heat_map
from glassmask.output.draw import fit
from glassmask.painter import (
    Look,
    Wearing,
    demo_photos,
    demo_portrait,
    draw_look,
    draw_wearing,
    paint,
    paint_object,
    paint_pair,
)
from glassmask.painter.portrait import DEMO_LOOK, DEMO_WEARINGS
from glassmask.verdict import Verdict

Photo: TypeAlias = NDArray[np.uint8]

OUT: Final = Path(__file__).parents[1] / "generated"
CLOSE_UP: Final = 480
"""Side of the pictures of a crop, in pixels."""

_SIGN: Final = (11, 90, 118)

_WHITE: Final = {"colour": (0.94, 0.95, 0.96)}
_BLACK: Final = {"colour": (0.09, 0.09, 0.10)}
_GREEN: Final = {"colour": (0.50, 0.72, 0.62)}
_SKIN: Final = {"kind": "cloth", "colour": (0.82, 0.63, 0.51), "accent": (0.82, 0.63, 0.51)}
_SPOTS: Final = {
    "kind": "cloth",
    "colour": (0.55, 0.14, 0.18),
    "accent": (0.94, 0.95, 0.96),
    "pattern": "dots",
}
_CUP: Final = {
    "kind": "cup",
    "colour": (0.94, 0.95, 0.96),
    "accent": (0.35, 0.38, 0.42),
    "valve": True,
    "head_straps": True,
}


def _worn(way: str, **look: Any) -> Photo:
    """The demo portrait worn so, with the demo photos' mask but for what `look` changes."""
    portrait, points = demo_portrait()
    if way == "none":
        return portrait
    return paint(portrait, points, DEMO_WEARINGS[way], replace(DEMO_LOOK, **look)).picture


def _elsewhere(seed: int) -> Photo:
    portrait, points = demo_portrait()
    wearing = draw_wearing("elsewhere", np.random.default_rng(seed))
    return paint(portrait, points, wearing, DEMO_LOOK).picture


def _thing(name: str, seed: int) -> Photo:
    return paint_object(*demo_portrait(), name, seed).picture


def _blurred(photo: Photo, sigma: float) -> Photo:
    return np.asarray(cv2.GaussianBlur(photo, (0, 0), sigma), np.uint8)


EXAMPLES: Final[Mapping[str, tuple[str, Callable[[], Photo]]]] = {
    **{f"demo-{name}": (name, partial(_worn, name)) for name in CLASSES},
    "white-nose": ("nose", partial(_worn, "nose", **_WHITE)),
    "cup-nose": ("nose", partial(_worn, "nose", **_CUP)),
    "spots-correct": ("correct", partial(_worn, "correct", **_SPOTS)),
    "black-correct": ("correct", partial(_worn, "correct", **_BLACK)),
    "green-chin": ("chin", partial(_worn, "chin", **_GREEN)),
    "white-chin": ("chin", partial(_worn, "chin", **_WHITE)),
    "black-chin": ("chin", partial(_worn, "chin", **_BLACK)),
    "white-under": ("nose_and_mouth", partial(_worn, "nose_and_mouth", **_WHITE)),
    "green-under": ("nose_and_mouth", partial(_worn, "nose_and_mouth", **_GREEN)),
    "black-under": ("nose_and_mouth", partial(_worn, "nose_and_mouth", **_BLACK)),
    "skin-correct": ("correct", partial(_worn, "correct", **_SKIN)),
    "skin-nose": ("nose", partial(_worn, "nose", **_SKIN)),
    "smile-correct": ("correct", partial(_worn, "correct", **_SKIN, pattern="mouth")),
    "spots-nose": ("nose", partial(_worn, "nose", **_SPOTS)),
    "beard": ("none", partial(_thing, "beard", 4)),
    "microphone": ("none", partial(_thing, "microphone", 1)),
    "scarf": ("none", partial(_thing, "scarf", 3)),
    "hand": ("none", partial(_thing, "hand", 1)),
    "phone": ("none", partial(_thing, "phone", 4)),
    "cup": ("none", partial(_thing, "cup", 0)),
    "forehead": ("incorrect", partial(_elsewhere, 3)),
    "eyes": ("incorrect", partial(_elsewhere, 5)),
    "dark": ("nose", lambda: np.asarray(_worn("nose") * 0.05, np.uint8)),
    "blurred": ("nose", lambda: _blurred(_worn("nose"), 12)),
    "half-blurred": ("nose", lambda: _blurred(_worn("nose"), 9)),
    "small": ("nose", lambda: fit(_worn("nose"), 55)),
}
"""Name -> how the mask is worn in truth (a class, or `incorrect` where no class fits) and what
makes the photo."""


def main() -> None:
    """Write everything."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    (OUT / "examples").mkdir(parents=True, exist_ok=True)
    runpy.run_path(str(Path(__file__).with_name("results.py")), run_name="__main__")
    _tell("examples", {name: _example(name) for name in EXAMPLES})
    _tell("grids", {name: _grid(name) for name in CLASSES})
    _tell("maps", _maps("nose"))
    _save("painter.webp", _painter_sheet())
    _save("pair.webp", _pair_sheet())
    _save("demo.jpg", fit(demo_photos()["nose"], 660))
    _icon(180).save(OUT / "icon.png", optimize=True)


@cache
def _checker() -> Checker:
    return Checker(engine="onnxruntime")


def _tell(name: str, values: object) -> None:
    text = json.dumps(values, indent=1, ensure_ascii=False)
    (OUT / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _save(name: str, picture: Photo, quality: int = 82) -> None:
    Image.fromarray(picture).save(OUT / name, quality=quality, method=6)


def _example(name: str) -> dict[str, object]:
    """Write a photo, and one with its heat map, and tell what is said of it and whether rightly."""
    truth, make = EXAMPLES[name]
    photo = make()
    verdicts = _checker().check(photo).verdicts
    shown = cv2.resize(photo, (210, 220), interpolation=cv2.INTER_NEAREST)
    _save(f"examples/{name}.webp", np.asarray(shown, np.uint8))
    told: dict[str, object] = {"truth": truth, "width": 210, "height": 220}
    if not verdicts:
        return {**told, "heat": False, "outcome": "noface"}
    (verdict,) = verdicts
    heat = fit(heat_map(photo, verdict), 220)
    _save(f"examples/{name}-heat.webp", heat)
    return {**told, "heat": True, "outcome": _outcome(verdict, truth), **_said(verdict)}


def _said(verdict: Verdict) -> dict[str, object]:
    return {
        "wear": verdict.wear,
        "uncovered": list(verdict.uncovered),
        "unsure": verdict.unsure_reason,
        "confidence": verdict.confidence,
        "shares": dict(verdict.shares),
    }


def _outcome(verdict: Verdict, truth: str) -> str:
    """`right`, `wrong`, `partly` (the wear is right, the reason is not) or `unsure`."""
    if verdict.unsure:
        return "unsure"
    if verdict.wear is not WEAR_OF_CLASS.get(truth, Wear.INCORRECT):
        return "wrong"
    # Where no class fits, no part that is named can be right.
    return "right" if verdict.uncovered == UNCOVERED_OF_CLASS.get(truth) else "partly"


def _grid(name: str) -> dict[str, object]:
    """Write the crop of a demo photo, and tell every cell of its maps and the sums they make."""
    photo = demo_photos()[name]
    (verdict,) = _checker().check(photo)
    evidence = verdict.evidence
    _save(f"crop-{name}.webp", crop(photo, evidence.square, CLOSE_UP))
    questions = {
        question: {
            "cells": [round(float(value), 4) for value in evidence.maps[i].ravel()],
            "mean": round(float(evidence.maps[i].mean()), 4),
            "bias": round(float(evidence.biases[i]), 4),
            "logit": round(float(evidence.logits[i]), 4),
            "probability": answer.probability,
            "answer": answer.answer,
        }
        for i, (question, answer) in enumerate(verdict.answers.items())
    }
    side = evidence.maps.shape[1]
    return {"side": side, "truth": name, "questions": questions, **_said(verdict)}


def _maps(name: str) -> dict[str, object]:
    """Write one crop explained by each method, and tell how well each keeps its word."""
    photo = demo_photos()[name]
    (verdict,) = _checker().check(photo)
    evidence = verdict.evidence
    seen = crop(photo, evidence.square, evidence.crop_size)[None]
    network, target = rebuild_network(), QUESTIONS.index(Question(name))
    methods: tuple[Method, ...] = (Evidence(), GradCAM(), IntegratedGradients(("black",)))
    found = [attribute(network, seen, target, method) for method in methods]
    close_up = crop(photo, evidence.square, CLOSE_UP)
    for explained in found:
        # Of maps of single pixels the brightest half percent is full, as with their own palette.
        bright = brightness(explained.at_photo()[0], default_palette(explained.method))
        picture = blend(close_up, enlarge(bright, CLOSE_UP), "inferno")
        _save(f"map-{explained.method.name}.webp", picture)
    own, grad_cam, gradients = found
    expected = np.maximum(own.maps[0], 0) / own.maps[0].size
    difference = float(np.abs(grad_cam.maps[0] - expected).max() / expected.max())
    assert gradients.steps is not None
    assert gradients.error is not None
    assert gradients.expected_sum is not None
    return {
        "question": name,
        "difference": _tiny(difference),
        "steps": int(gradients.steps[0]),
        "error": f"{gradients.error[0]:.2f}",
        "promised": f"{gradients.expected_sum[0]:.2f}",
    }


def _tiny(value: float) -> str:
    """A tiny number to one digit, as HTML: 4 · 10<sup>−7</sup>."""
    digit, _, power = f"{value:.0e}".partition("e-")
    tens = f"10<sup>−{int(power)}</sup>"
    return tens if digit == "1" else f"{digit} · {tens}"


def _painter_sheet(columns: int = 6, side: int = 120) -> Photo:
    """A row of the demo portrait for each way of wearing."""
    portrait, points = demo_portrait()
    rows = []
    for number, way in enumerate(DEMO_WEARINGS):
        rng = np.random.default_rng(number)
        tiles: list[Photo] = []
        while len(tiles) < columns:
            painted = _tried(portrait, points, draw_wearing(way, rng), draw_look(rng))
            if painted is not None:
                tiles.append(fit(painted[:210], side))
        rows.append(np.hstack(tiles))
    return np.vstack(rows)


def _tried(portrait: Photo, points: FacePoints, wearing: Wearing, look: Look) -> Photo | None:
    try:
        return paint(portrait, points, wearing, look).picture
    except PaintError:
        return None


def _pair_sheet(side: int = 260) -> Photo:
    """Before, after, and the pixels that differ."""
    rng = np.random.default_rng(3)
    pair = paint_pair(*demo_portrait(), draw_look(rng), "nose", rng)
    changes = np.repeat(pair.changes[..., None] * np.uint8(255), 3, axis=2)
    pictures = (pair.before.picture, pair.after.picture, changes)
    return np.hstack([fit(picture[:210], side) for picture in pictures])


def _icon(side: int) -> Image.Image:
    """The sign of the site as `src/style/icon.svg` has it, on a whole square."""
    unit = 4 * side / 40  # the sign's 32 units, with a rim
    image = Image.new("RGB", (4 * side, 4 * side), _SIGN)
    pen = ImageDraw.Draw(image)

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [((x + 4) * unit, (y + 4) * unit) for x, y in points]

    for x in (11.5, 20.5):
        pen.ellipse([*at((x - 1.5, 7.5))[0], *at((x + 1.5, 10.5))[0]], fill="white")
    half = [(16 - 9 * np.cos(t), 14.5 + 11.5 * np.sin(t) ** 0.8) for t in np.linspace(0, np.pi, 60)]
    upper = [(25 - x, 14.5 - 0.9 * (1 - np.cos(x / 9 * np.pi))) for x in np.linspace(0, 18, 60)]
    pen.polygon(at(*half, *upper), fill="white")
    for left, right, y in ((10.5, 21.5, 18.0), (11.5, 20.5, 21.5)):
        pen.line(at((left, y), (right, y)), fill=_SIGN, width=round(1.3 * unit))
    return image.resize((side, side), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
