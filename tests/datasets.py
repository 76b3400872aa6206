"""Small datasets in the layouts of the field, of pictures of noise, by seed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 64, 48
BOX = (10, 8, 40, 38)
"""Left, top, right, bottom of a face in a picture."""


def picture(path: Path, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Path:
    """Noise that is always the same for a name, in the format of its ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(zlib.crc32(path.name.encode()))
    noise = rng.integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


def voc(
    path: Path,
    faces: Sequence[tuple[str, Sequence[object]]],
    filename: str = "",
    size: tuple[int, int] | None = (WIDTH, HEIGHT),
) -> Path:
    """A PASCAL VOC annotation of faces: label and corners."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sides = ("xmin", "ymin", "xmax", "ymax")
    objects = ""
    for label, corners in faces:
        box = "".join(f"<{s}>{v}</{s}>" for s, v in zip(sides, corners, strict=True))
        objects += f"<object><name>{label}</name><bndbox>{box}</bndbox></object>"
    if size:
        objects += f"<size><width>{size[0]}</width><height>{size[1]}</height></size>"
    path.write_text(f"<annotation><filename>{filename}</filename>{objects}</annotation>")
    return path


def yolo(path: Path, *lines: str) -> Path:
    """A YOLO label file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def coco(
    path: Path,
    pictures: Mapping[str, Sequence[tuple[str, Sequence[float]]]],
    names: Sequence[str] = ("with_mask", "without_mask"),
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> Path:
    """A COCO JSON: file name -> its faces, label and (x, y, w, h)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [
        {"id": number, "file_name": name, "width": size[0], "height": size[1]}
        for number, name in enumerate(pictures)
    ]
    annotations = [
        {"id": 0, "image_id": number, "category_id": names.index(label), "bbox": list(box)}
        for number, faces in enumerate(pictures.values())
        for label, box in faces
    ]
    categories = [{"id": number, "name": name} for number, name in enumerate(names)]
    content = {"info": {}, "images": images, "annotations": annotations, "categories": categories}
    path.write_text(json.dumps(content))
    return path
