from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.output.draw import Mark, boxes, fit, heat

GREY = np.full((60, 90, 3), 100, np.uint8)


@pytest.mark.parametrize("values", [np.zeros((60, 90), np.float32), -np.ones((60, 90), np.float32)])
def test_a_map_with_nothing_positive_leaves_the_photo(values: NDArray[np.float32]) -> None:
    np.testing.assert_array_equal(heat(GREY, values), GREY)


def test_heat_is_where_the_map_is() -> None:
    values = np.zeros((60, 90), np.float32)
    values[10:20, 70:80] = 2
    changed = (heat(GREY, values) != GREY).any(axis=2)
    np.testing.assert_array_equal(changed, values > 0)


def test_more_evidence_is_brighter() -> None:
    values = np.linspace(0.2, 1, 90, dtype=np.float32)[None].repeat(60, axis=0)
    luma = heat(GREY, values) @ [0.299, 0.587, 0.114]
    assert luma[0, -1] > luma[0, 45] > luma[0, 0]


def test_heat_needs_a_map_of_the_photos_size() -> None:
    with pytest.raises(ValueError, match="the map is"):
        heat(GREY, np.zeros((90, 60), np.float32))


def test_boxes_draw_only_their_frame_and_label() -> None:
    drawn = boxes(GREY, [Mark((20.0, 10.0, 60.0, 45.0), (200, 0, 0), ("no mask",))])
    assert tuple(drawn[54, 50]) == (200, 0, 0)
    np.testing.assert_array_equal(drawn[40:50, 30:70], GREY[40:50, 30:70])
    np.testing.assert_array_equal(drawn[:, :20], GREY[:, :20])


@pytest.mark.parametrize("shape", [(8, 8), (8, 500), (500, 8)])
def test_boxes_on_tiny_photos(shape: tuple[int, int]) -> None:
    photo = np.zeros((*shape, 3), np.uint8)
    box = (0.0, 0.0, float(shape[1]), float(shape[0]))
    assert boxes(photo, [Mark(box, (1, 2, 3), ("worn incorrectly",))]).shape == photo.shape


def test_fit_keeps_the_aspect() -> None:
    assert fit(GREY, 30).shape == (20, 30, 3)
    assert fit(GREY, 180).shape == (120, 180, 3)
    assert fit(np.zeros((8, 4000, 3), np.uint8), 100).shape == (1, 100, 3)


def where(drawn: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    return np.asarray((drawn == colour).all(axis=2))


def test_labels_keep_off_other_faces_where_there_is_room() -> None:
    photo = np.full((400, 600, 3), 90, np.uint8)
    upper, lower = (100.0, 60.0, 100.0, 120.0), (100.0, 200.0, 100.0, 120.0)
    marks = [Mark(upper, (200, 0, 0), ("1: one",)), Mark(lower, (0, 0, 200), ("2: two",))]
    drawn = boxes(photo, marks)
    for box, other in ((upper, (0, 0, 200)), (lower, (200, 0, 0))):
        x, y, w, h = map(int, box)
        assert not where(drawn, other)[y : y + h, x : x + w].any()
    assert where(drawn, (200, 0, 0))[:60].any()  # above its box


def test_among_many_faces_the_shortest_text_is_taken() -> None:
    photo = np.full((300, 300, 3), 90, np.uint8)
    row = [(float(10 + 30 * i), 100.0, 22.0, 28.0) for i in range(9)]
    texts = ("a very long text", "12")
    marks = [Mark(box, (i, 200, 0), texts) for i, box in enumerate(row)]
    drawn = boxes(photo, marks)
    for number, (x, _, w, _) in enumerate(row):
        columns = np.flatnonzero(where(drawn, (number, 200, 0)).any(axis=0))
        assert columns.min() >= x
        assert columns.max() <= x + w + 8
    alone = boxes(photo, marks[4:5])  # nobody beside it
    assert np.ptp(np.flatnonzero(where(alone, (4, 200, 0)).any(axis=0))) > 60


def test_hundreds_of_boxes_beyond_every_border() -> None:
    rng = np.random.default_rng(0)
    marks = [
        Mark((float(x), float(y), 30.0, 40.0), (9, 9, 9), ("1: no mask", "1"))
        for x, y in rng.uniform(-30, 200, (200, 2))
    ]
    assert boxes(np.zeros((180, 180, 3), np.uint8), marks).shape == (180, 180, 3)
    assert boxes(GREY, []).shape == GREY.shape
    with pytest.raises(ValueError, match="needs a text"):
        Mark((0, 0, 1, 1), (0, 0, 0), ())
