"""Read photos with COCO annotations: one JSON for many photos.

`annotations/instances_*.json` with folders of photos, or `_annotations.coco.json` beside the photos
of each split (Roboflow), or one JSON of any name.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from glassmask.lab.datasets.annotated import AnnotatedFace, AnnotatedPhoto, AnnotatedReader, Corners
from glassmask.lab.datasets.contents import Contents, read_head
from glassmask.lab.datasets.labels import LabelReader, clip
from glassmask.lab.datasets.reading import Problem, Reading
from glassmask.lab.datasets.split_names import split_by_names

MAX_BYTES: Final = 64_000_000
"""A larger JSON is not read: it would not fit into memory as objects."""

_NAME: Final = re.compile(r"(_annotations\.coco|instances.*|.*coco.*)\.json", re.IGNORECASE)
_LISTS: Final = re.compile(rb'"(?:images|annotations|categories)"\s*:\s*\[')
_NONE: Final = "not an annotation"


def find_coco(contents: Contents, labels: LabelReader) -> list[Path]:  # noqa: ARG001
    """The annotations of this kind: JSON by its name, or by how it begins."""
    return [
        path
        for path in contents.with_suffix(".json")
        if _NAME.fullmatch(path.name) or _LISTS.search(read_head(path, 64 * 1024))
    ]


def read_coco(contents: Contents, labels: LabelReader) -> Reading:
    """Read all faces; broken annotations, unknown words and missing photos are problems."""
    reader = AnnotatedReader(contents, labels)
    annotations = find_coco(contents, labels)
    for path in annotations:
        try:
            for found in _photos(contents, path, _load(path)):
                if isinstance(found, Problem):
                    reader.problems.append(found)
                else:
                    reader.read(found)
        except OSError as error:
            reader.problems.append(Problem(str(path), _NONE, error.strerror or str(error)))
    return reader.reading(annotations)


def _load(path: Path) -> Mapping[str, list[Any]]:
    """The three lists of a JSON.

    Raises:
        OSError: it can't be read, or is something else.
    """
    if path.stat().st_size > MAX_BYTES:
        raise OSError(f"over {MAX_BYTES // 1_000_000} MB")
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except RecursionError as error:
        raise OSError("nested too deeply") from error
    except ValueError as error:  # no UTF-8, no JSON, a number of thousands of digits
        raise OSError(f"no JSON in UTF-8: {error}") from error
    lists = {}
    for name in ("images", "annotations", "categories"):
        found = content.get(name) if isinstance(content, dict) else None
        if not isinstance(found, list):
            raise OSError(f"no list {name!r}")
        lists[name] = found
    return lists


def _photos(
    contents: Contents, path: Path, lists: Mapping[str, list[Any]]
) -> Iterator[AnnotatedPhoto | Problem]:
    names = {
        _key(item.get("id")): str(item.get("name", ""))
        for item in lists["categories"]
        if isinstance(item, dict)
    }
    faces: dict[Any, list[AnnotatedFace]] = defaultdict(list)
    crowded: set[int | str | None] = set()
    for number, item in enumerate(lists["annotations"], start=1):
        where = f"{path}, annotation {number}"
        if not isinstance(item, dict) or _key(item.get("image_id")) is None:
            yield Problem(where, _NONE, "it names no picture")
        elif item.get("iscrowd") in (1, True):
            crowded.add(_key(item["image_id"]))
            yield Problem(where, "a box of a crowd")
        else:
            category = _key(item.get("category_id"))
            word = names.get(category, str(category))
            face = AnnotatedFace(where, word, _corners(item.get("bbox")))
            faces[_key(item["image_id"])].append(face)
    for number, item in enumerate(lists["images"], start=1):
        where = f"{path}, image {number}"
        name = item.get("file_name") if isinstance(item, dict) else None
        key = _key(item.get("id")) if isinstance(item, dict) else None
        if not isinstance(name, str) or key is None:
            yield Problem(where, _NONE, "a picture without file_name or id")
            continue
        own = faces.pop(key, [])
        found = _photo(contents, path, where, name, item, tuple(own))
        if isinstance(found, AnnotatedPhoto):
            found = replace(found, complete=key not in crowded)
        yield found
    for key, left in faces.items():
        yield Problem(left[0].where, "no such picture", f"no image has the id {key!r}", len(left))


def _photo(
    contents: Contents,
    path: Path,
    where: str,
    name: str,
    item: Mapping[str, Any],
    faces: tuple[AnnotatedFace, ...],
) -> AnnotatedPhoto | Problem:
    try:
        picture = _picture(contents, path, name)
    except OSError as error:
        return Problem(where, "a file outside the folder", str(error))
    except ValueError as error:
        return Problem(where, "not plain which picture it is of", str(error))
    if picture is None:
        return Problem(where, "no such picture", clip(name))
    try:
        folders = (*contents.folders_of(picture), *contents.folders_of(path))
        split = split_by_names((*folders, path.stem))
    except ValueError as error:
        return Problem(where, "in several splits", str(error))
    return AnnotatedPhoto(where, picture, split, faces, _size(item))


def _size(item: Mapping[str, Any]) -> tuple[int, int] | None:
    """The photo's size by the JSON; some tools write none, or 0."""
    width, height = item.get("width"), item.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return None


def _picture(contents: Contents, path: Path, name: str) -> Path | None:
    """The picture that a JSON names, by the whole way to it if that leads to one.

    Raises:
        OSError: the name leads out of the dataset's folder.
        ValueError: several pictures fit alike.
    """
    way = name.replace("\\", "/")
    beside = posixpath.dirname(contents.relative(path))
    ways = {posixpath.normpath(posixpath.join(start, way)) for start in (beside, "images", "")}
    named = [picture for way in sorted(ways) if (picture := contents.named(way))]
    if len(named) == 1:
        return named[0]
    if ".." in way.split("/") and all(way.startswith("..") for way in ways):
        raise OSError(clip(name))
    return contents.find_picture(way, path)


def _key(value: Any) -> int | str | None:
    """An id that can be compared: some tools write numbers as text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 19 else value


def _corners(box: Any) -> Corners | None:
    if not isinstance(box, list) or len(box) != 4:
        return None
    if any(isinstance(side, bool) or not isinstance(side, int | float) for side in box):
        return None
    try:
        x, y, w, h = map(float, box)
    except OverflowError:
        return None
    return x, y, x + w, y + h
