"""Read photos with PASCAL VOC annotations, one XML per photo.

In PASCAL VOC's own folders (`Annotations/`, `JPEGImages/`, and `ImageSets/Main/*.txt` for the
splits), in those of Kaggle's "Face Mask Detection" (`annotations/`, `images/`), or beside the
photos (as Roboflow exports); in one folder per split or in none.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from glassmask.lab.datasets.annotated import AnnotatedFace, AnnotatedPhoto, AnnotatedReader, Corners
from glassmask.lab.datasets.contents import Contents, read_head
from glassmask.lab.datasets.labels import LabelReader, clip
from glassmask.lab.datasets.reading import MAX_ANNOTATION_BYTES, Problem, Reading
from glassmask.lab.datasets.split_names import (
    ListedSplits,
    is_split_list,
    read_split_lists,
    split_by_names,
)

_ROOT: Final = re.compile(rb"<annotation[\s>]")
"""With attributes, too: LabelImg writes `verified="yes"`."""

_LISTS: Final = "imagesets"
_FOLDERS: Final = frozenset({"annotations", "annotation", "xml", "xmls"})


def find_voc(contents: Contents, labels: LabelReader) -> list[Path]:  # noqa: ARG001
    """The annotations of this kind: XML that says so, or lies where annotations do."""
    pictures = {path.with_suffix("") for path in contents.pictures}
    return [
        path
        for path in contents.with_suffix(".xml")
        if path.with_suffix("") in pictures
        or not _FOLDERS.isdisjoint(_lower(contents, path))
        or _ROOT.search(read_head(path).replace(b"\0", b""))  # in UTF-16, too
    ]


def read_voc(contents: Contents, labels: LabelReader) -> Reading:
    """Read all faces; broken annotations, unknown words and missing photos are problems."""
    reader = AnnotatedReader(contents, labels)
    annotations = find_voc(contents, labels)
    lists = [p for p in contents.files if p.suffix == ".txt" and _LISTS in _lower(contents, p)]
    listed, problems = read_split_lists([path for path in lists if is_split_list(path)])
    reader.problems += problems
    for annotation in annotations:
        found = _photo(contents, annotation, listed)
        if isinstance(found, Problem):
            reader.problems.append(found)
        else:
            reader.read(found)
    return reader.reading((*annotations, *lists))


def _lower(contents: Contents, path: Path) -> list[str]:
    return [name.casefold() for name in contents.folders_of(path)]


def _photo(contents: Contents, annotation: Path, listed: ListedSplits) -> AnnotatedPhoto | Problem:
    root = _parse(annotation)
    if isinstance(root, Problem):
        return root
    name = (root.findtext("filename") or "").strip()
    # The file's own name comes first: copies and converted sets keep an old <filename>.
    names = [annotation.stem, name] if name else [annotation.stem]
    if Path(name).stem == annotation.stem:
        names = [name]
    try:
        found = (contents.find_picture(name, annotation) for name in names)
        picture = next(filter(None, found), None)
    except ValueError as error:
        return Problem(str(annotation), "not plain which picture it is of", str(error))
    if picture is None:
        return Problem(str(annotation), "no such picture", clip(name or annotation.stem))
    try:
        folders = (*contents.folders_of(picture), *contents.folders_of(annotation))
        split = split_by_names((*listed.get(picture.stem, ()), *folders))
    except ValueError as error:
        return Problem(str(annotation), "in several splits", str(error))
    faces = tuple(
        AnnotatedFace(
            f"{annotation}, object {number}", (face.findtext("name") or "").strip(), _corners(face)
        )
        for number, face in enumerate(root.iter("object"), start=1)
    )
    return AnnotatedPhoto(str(annotation), picture, split, faces, _size(root))


def _parse(annotation: Path) -> Element | Problem:
    kind = "not an annotation"
    try:
        if annotation.stat().st_size > MAX_ANNOTATION_BYTES:
            return Problem(str(annotation), kind, f"over {MAX_ANNOTATION_BYTES // 1_000_000} MB")
        root = ElementTree.parse(annotation).getroot()
    except DefusedXmlException:
        return Problem(str(annotation), kind, "it defines entities")
    except (ParseError, OSError, LookupError, ValueError) as error:
        return Problem(str(annotation), kind, str(error))
    if root is None or root.tag != "annotation":
        tag = "empty" if root is None else f"of {clip(root.tag)!r}"
        return Problem(str(annotation), kind, f"it is {tag}")
    return root


def _size(root: Element) -> tuple[int, int] | None:
    """The photo's size by the annotation; some tools write none, or 0."""
    try:
        width, height = (float(root.findtext(f"size/{side}") or 0) for side in ("width", "height"))
        return (int(width), int(height)) if width > 0 and height > 0 else None
    except (ValueError, OverflowError):
        return None


def _corners(face: Element) -> Corners | None:
    sides = ("xmin", "ymin", "xmax", "ymax")
    try:
        x0, y0, x1, y1 = (float(face.findtext(f"bndbox/{side}") or "nan") for side in sides)
    except ValueError:
        return None
    return x0, y0, x1, y1
