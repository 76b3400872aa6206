"""The browser gives the numbers of Python, on pictures painted by seed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from glassmask.checker import Checker
from glassmask.errors import PaintError
from glassmask.lab.classes import CLASSES
from glassmask.painter import (
    demo_portrait,
    draw_look,
    draw_wearing,
    paint,
)
from glassmask.verdict import Verdict
from tabs import Tab

COUNT = 50


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    portrait, points = demo_portrait()
    folder = tmp_path_factory.mktemp("painted")
    paths: list[Path] = []
    for seed in range(10 * COUNT):
        rng = np.random.default_rng(seed)
        way = CLASSES[1:][seed % 4]
        try:
            picture = paint(portrait, points, draw_wearing(way, rng), draw_look(rng)).picture
        except PaintError:
            continue
        picture = np.roll(picture, rng.integers(-9, 10, 2), axis=(0, 1))
        paths.append(folder / f"{seed}.png")
        scale = rng.uniform(0.6, 3)
        image = Image.fromarray(picture)
        image.resize([round(side * scale) for side in image.size]).save(paths[-1])
        if len(paths) == COUNT:
            return paths
    raise AssertionError("too few could be painted")


@dataclass
class _Apart:
    """The largest differences so far."""

    probability: float = 0.0
    logit: float = 0.0
    share: float = 0.0
    box: float = 0.0
    maps: float = 0.0
    """Relative to a map's maximum."""

    sum: float = 0.0
    """Between a logit and the mean of its map plus its bias, in the page."""

    def look(self, name: str, *differences: float) -> None:
        setattr(self, name, max(getattr(self, name), *map(abs, differences)))


def test_probabilities_answers_boxes_and_evidence(tab: Tab, painted: list[Path]) -> None:
    checker = Checker(engine="onnxruntime")
    tab.open()
    apart = _Apart()
    for path in painted:
        wanted = checker.check(path)
        found = tab.check(path)["verdicts"]
        assert len(found) == len(wanted), path
        for own, python in zip(found, wanted, strict=True):
            _compare(own, python, apart)
    assert apart.probability < 1e-3, apart
    assert apart.logit < 0.05, apart
    assert apart.share < 0.01, apart
    assert apart.maps < 0.01, apart
    assert apart.box <= 0.25, apart
    assert apart.sum < 1e-5, apart


def _compare(own: dict[str, Any], python: Verdict, apart: _Apart) -> None:
    assert (own["wear"], own["uncovered"]) == (python.wear, list(python.uncovered))
    assert own["unsure"] == python.unsure_reason
    assert own["likely"] == list(python.prediction_set)
    apart.look("box", *np.subtract(own["face"]["box"], python.face.box))
    for wear, probability in python.probabilities.items():
        apart.look("probability", own["probabilities"][wear] - probability)
    for region, share in python.shares.items():
        apart.look("share", own["shares"][region] - share)
    maps = np.array(own["evidence"]["maps"]).reshape(python.evidence.maps.shape)
    top = float(np.abs(python.evidence.maps).max())
    apart.look("maps", float(np.abs(maps - python.evidence.maps).max() / top))
    for place, (question, answer) in enumerate(python.answers.items()):
        told = own["answers"][question]
        assert told["answer"] == answer.answer
        assert told["bias"] == answer.bias
        apart.look("sum", maps[place].mean() + told["bias"] - told["logit"])
        apart.look("logit", told["logit"] - answer.logit)
        apart.look("probability", told["probability"] - answer.probability)
        for region, share in answer.shares.items():
            apart.look("share", told["shares"][region] - share)
