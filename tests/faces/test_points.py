from __future__ import annotations

import numpy as np
import pytest

from glassmask.faces.points import MESH_INDICES, MESH_POINTS, PARTS, FacePoints
from glassmask.painter import demo_portrait


def test_the_points_are_a_subset_of_the_mesh_each_listed_once() -> None:
    assert len(set(MESH_INDICES)) == len(MESH_INDICES) <= 130
    assert min(MESH_INDICES) >= 0
    assert max(MESH_INDICES) < MESH_POINTS


def test_cut_from_a_mesh() -> None:
    mesh = np.stack([np.arange(468.0), -np.arange(468.0)], axis=1)
    points = FacePoints.from_mesh(mesh.astype(np.float16))
    assert points.part("bridge")[:, 0].tolist() == [168, 6, 197, 195, 5, 4]
    assert points.part("chin")[0].tolist() == [18, -18]
    joined = np.concatenate([points.part(part) for part in PARTS])
    np.testing.assert_array_equal(joined, points.xy)


def test_parts_lie_where_their_names_say() -> None:
    _, points = demo_portrait()
    part = {name: points.part(name).mean(axis=0) for name in PARTS}
    assert part["left_eye"][0] < part["bridge"][0] < part["right_eye"][0]
    assert part["left_brow"][1] < part["left_eye"][1] < part["nostrils"][1]
    assert part["nostrils"][1] < part["lips"][1] < part["chin"][1]
    outline = points.part("outline")
    assert outline[18, 1] == outline[:, 1].max()
    assert outline[8, 0] > part["bridge"][0] > outline[28, 0]


def test_points_can_not_be_changed() -> None:
    _, points = demo_portrait()
    with pytest.raises(ValueError, match="read-only"):
        points.xy[0, 0] = 1
    np.testing.assert_allclose(points.moved(3, -2).xy - points.xy, np.tile([3, -2], (109, 1)))


@pytest.mark.parametrize(
    ("xy", "message"),
    [
        (np.zeros((108, 2)), r"face points are \(109, 2\), got \(108, 2\)"),
        (np.full((109, 2), np.nan), "finite"),
    ],
)
def test_wrong_points(xy: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FacePoints(xy)
    with pytest.raises(ValueError, match=r"a FaceMesh is \(468, 2\)"):
        FacePoints.from_mesh(np.zeros((467, 2)))
