"""The browser gives the numbers of Python, on pictures painted by seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassmask.checker import Checker
from glassmask.errors import PaintError
from glassmask.labels import CLASSES
from glassmask.painter import (
    demo_portrait,
    draw_look,
    draw_wearing,
    paint,
)
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


def test_probabilities_boxes_and_evidence(tab: Tab, painted: list[Path]) -> None:
    checker = Checker(engine="onnxruntime")
    tab.open()
    chance, evidence, box = 0.0, 0.0, 0.0
    for path in painted:
        wanted = checker.check(path)
        found = tab.check(path)["verdicts"]
        assert len(found) == len(wanted), path
        for own, python in zip(found, wanted, strict=True):
            assert (own["wear"], own["uncovered"]) == (python.wear, python.uncovered)
            assert own["unsure"] == python.unsure_reason
            assert own["likely"] == list(python.prediction_set)
            told = np.array(own["probabilities"]) - list(python.probabilities.values())
            chance = max(chance, float(np.abs(told).max()))
            maps = np.array(own["evidence"]["maps"]).reshape(python.evidence.maps.shape)
            top = np.abs(python.evidence.maps).max()
            evidence = max(evidence, float(np.abs(maps - python.evidence.maps).max() / top))
            box = max(box, float(np.abs(np.subtract(own["face"]["box"], python.face.box)).max()))
    assert chance < 1e-3
    assert evidence < 0.01
    assert box <= 0.25
