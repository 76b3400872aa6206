"""Small folders of faces and of scenes, all made of the demo portrait."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassmask.faces.points import MESH_INDICES
from glassmask.painter import demo_photos, demo_portrait

PORTRAIT, FACE = demo_portrait()
POINTS = np.array(FACE.xy)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """A folder of three bare faces, one a split, and one of as many painted on them."""
    faces, painted = tmp_path / "faces", tmp_path / "painted"
    box = {"face_x": 56, "face_y": 60, "face_w": 92, "face_h": 120}
    worn = demo_photos()["correct"]
    mesh = np.zeros((3, 468, 2), np.float16)
    mesh[:, list(MESH_INDICES)] = POINTS
    tables: dict[Path, list[dict[str, object]]] = {faces: [], painted: []}
    for number, split in enumerate(("train", "val", "test")):
        for folder, picture, wear in ((faces, PORTRAIT, "none"), (painted, worn, "correct")):
            (folder / "images").mkdir(parents=True, exist_ok=True)
            file = f"images/{number if folder is faces else 7 - number}.png"
            Image.fromarray(picture - number).save(folder / file)
            row = {"file": file, "split": split, "person": f"p{number}", "wear": wear, **box}
            tables[folder].append(
                row | ({"photo": f"images/{number}.png"} if wear != "none" else {})
            )
    np.savez(faces / "mesh468.npz", mesh=mesh)
    for folder, name in ((faces, "faces.csv"), (painted, "painted.csv")):
        with (folder / name).open("w", newline="") as lines:
            writer = csv.DictWriter(lines, list(tables[folder][0]))
            writer.writeheader()
            writer.writerows(tables[folder])
    return [faces, painted]


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    """A folder of three scenes, one a split, each the demo portrait; and of one cut face."""
    folder = tmp_path / "real"
    folder.mkdir()
    face = {"face_x": 50, "face_y": 48, "face_w": 104, "face_h": 128}
    common = {"source": "demo", "wear": "correct", "uncovered": "", **face}
    rows: list[dict[str, object]] = []
    for number, split in enumerate(("train", "val", "test")):
        file = f"{split}.png"
        Image.fromarray(demo_photos()["correct"] + np.uint8(number)).save(folder / file)
        rows.append({"file": file, "split": split, "group": split, "width": 210, "height": 220})
    cut = {"file": "cut.png", "split": "train", "group": "cut", "certain": 1, **common}
    Image.fromarray(demo_photos()["nose"]).save(folder / "cut.png")
    tables = {
        "scenes.csv": [row | common for row in rows],
        "faces.csv": [cut | {"original_face_px": 104, "width": 210, "height": 220}],
    }
    for name, table in tables.items():
        with (folder / name).open("w", newline="") as lines:
            writer = csv.DictWriter(lines, list(table[0]))
            writer.writeheader()
            writer.writerows(table)
    return folder
