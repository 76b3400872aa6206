"""What is drawn how often, by hand numbers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.training.group_cap import capped_chances
from glassmask.lab.training.recipe import DataSection
from glassmask.lab.training.sampling import CropStream, FaceSampler
from labelled import labelled


def test_a_group_above_the_cap_gets_the_cap_and_the_others_share_the_rest() -> None:
    """Six rows of a, two of b, one of c, one of d: a gets 0.4, the rest 0.6 goes 2 : 1 : 1."""
    groups = list("aaaaaabbcd")
    chances = capped_chances([1] * 10, groups, 0.4)
    np.testing.assert_allclose(chances, [0.4 / 6] * 6 + [0.15] * 2 + [0.15] * 2)


def test_what_one_group_gives_up_may_lift_another_to_the_cap() -> None:
    """Of 6, 2, 1, 1 at 0.3: a is capped, 0.7 goes 2 : 1 : 1, so b has 0.35: capped, too."""
    chances = capped_chances([6, 2, 1, 1], list("abcd"), 0.3)
    np.testing.assert_allclose(chances, [0.3, 0.3, 0.2, 0.2])


def test_rows_keep_their_weights_within_their_group() -> None:
    chances = capped_chances([2, 1, 1, 1, 1], list("aabcd"), 0.25)
    np.testing.assert_allclose(chances, [1 / 6, 1 / 12, 0.25, 0.25, 0.25])


def test_groups_too_few_for_the_cap_are_alike_and_small_ones_stay_as_they_are() -> None:
    np.testing.assert_allclose(capped_chances([3, 1], ["a", "b"], 0.1), [0.5, 0.5])
    np.testing.assert_allclose(capped_chances([3, 1], ["a", "b"], 0.8), [0.75, 0.25])
    np.testing.assert_allclose(capped_chances([3.0], ["a"], 0.01), [1.0])


def stream(faces: list[FaceRecord], folder: Path, **data: object) -> CropStream:
    """A stream of 4,000 draws of bare faces of `real`; one grey picture each."""
    for face in faces:
        Image.new("L", (8, 8), 90).convert("RGB").save(face.path)
    section = DataSection(shares={"real": 1.0}, classes={"real": {"none": 1.0}}, **data)  # type: ignore[arg-type]
    cache = PictureCache(faces, folder / "cache")
    return CropStream(
        FaceSampler(faces, section), cache, lambda photo, *_: photo, length=4000, seed=0
    )


@pytest.mark.parametrize(
    ("cap", "expected"), [({}, 0.75), ({"max_group_share": {"real": 0.2}}, 0.2)]
)
def test_the_stream_draws_by_the_cap(
    tmp_path: Path, cap: dict[str, object], expected: float
) -> None:
    """One person in thirty of forty pictures: three of four draws, or a fifth where capped."""
    faces = [
        labelled(path=tmp_path / f"{number}.png", group="one" if number < 30 else str(number))
        for number in range(40)
    ]
    drawn = stream(faces, tmp_path, **cap)
    groups = Counter(drawn.draw(number)[1].group for number in range(4000))
    deviation = (expected * (1 - expected) / 4000) ** 0.5
    assert abs(groups["one"] / 4000 - expected) < 4 * deviation
    assert len(groups) == 11


def test_certain_rows_are_drawn_more_often_under_a_cap_too(tmp_path: Path) -> None:
    faces = [
        labelled(path=tmp_path / f"{number}.png", group=str(number), certain=number % 2 == 0)
        for number in range(10)
    ]
    drawn = stream(faces, tmp_path, certain_draws=3, max_group_share={"real": 0.5})
    certain = sum(drawn.draw(number)[1].certain for number in range(4000))
    assert abs(certain / 4000 - 0.75) < 4 * (0.75 * 0.25 / 4000) ** 0.5
