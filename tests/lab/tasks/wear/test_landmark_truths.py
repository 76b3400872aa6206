"""Photographs say where the parts are, by the landmark network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmask.faces.landmarks import Landmarker
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.tasks.wear.landmark_truths import landmark_truths
from glassmask.labels import Uncovered, Wear
from glassmask.painter import Region, demo_portrait
from glassmask.painter.frame import Frame
from glassmask.painter.regions import bare_regions
from glassmask.painter.sheet import Window
from labelled import labelled

BOX = (50.0, 48.0, 104.0, 128.0)


def written(folder: Path, name: str, picture: NDArray[np.uint8], **fields: Any) -> FaceRecord:
    Image.fromarray(picture).save(folder / f"{name}.png")
    return labelled(path=folder / f"{name}.png", box=BOX, **fields)


def test_the_parts_of_a_masked_face_are_where_they_are(
    demo: dict[str, NDArray[np.uint8]], tmp_path: Path
) -> None:
    portrait, points = demo_portrait()
    height, width = portrait.shape[:2]
    truth = bare_regions(Frame.of(points), Window(0, 0, width, height))
    nose = written(
        tmp_path, "nose", demo["nose"], wear=Wear.INCORRECT, uncovered=Uncovered.NOSE, group="a"
    )
    correct = written(tmp_path, "correct", demo["correct"], wear=Wear.CORRECT, group="b")
    bare = written(tmp_path, "bare", portrait, group="c")
    blank = written(tmp_path, "blank", np.full_like(portrait, 90), wear=Wear.CORRECT, group="d")
    records = [nose, correct, bare, blank]
    truths = landmark_truths(records, PictureCache(records, tmp_path / "cache"), Landmarker())
    assert set(truths) == {nose.path, correct.path}  # no mask; no landmarks that are trusted
    for record in (nose, correct):
        marks = truths[record.path].marks((height, width))
        assert marks.shape == (height, width, 4)
        assert not marks[..., 0].any()
        for place, region in enumerate((Region.NOSE, Region.MOUTH, Region.CHIN), 1):
            wanted = truth == region
            overlap = (marks[..., place] & wanted).sum() / (marks[..., place] | wanted).sum()
            assert overlap > 0.4, (record.label, region)


def test_of_several_faces_in_one_picture_nothing_is_said(
    demo: dict[str, NDArray[np.uint8]], tmp_path: Path
) -> None:
    one = written(tmp_path, "two", demo["correct"], wear=Wear.CORRECT)
    records = [one, one]
    cache = PictureCache(records, tmp_path / "cache")
    assert landmark_truths(records, cache, Landmarker()) == {}
