"""Which format a dataset is in, and its reader: one call for all of them."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from glassmask.errors import DatasetError
from glassmask.lab.datasets.coco import MAX_BYTES, find_coco, read_coco
from glassmask.lab.datasets.contents import Contents, read_head
from glassmask.lab.datasets.folders import find_by_folder, read_folders
from glassmask.lab.datasets.labels import LabelReader
from glassmask.lab.datasets.maskedfacenet import find_maskedfacenet, read_maskedfacenet
from glassmask.lab.datasets.mending import read_mending
from glassmask.lab.datasets.reading import SPLIT_FILE, SPLITS, Reading
from glassmask.lab.datasets.tables import dataset_root, find_tables, read_table
from glassmask.lab.datasets.voc import find_voc, read_voc
from glassmask.lab.datasets.yolo import find_yolo, read_yolo


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how a dataset of it is known, and what reads it.

    Attributes:
        name: what it is called.
        layout: what its folder looks like, in a few words.
        find: the files that make a folder one of this format; none where it is another.
        read: its faces; only for a folder in which `find` finds some.
    """

    name: str
    layout: str
    find: Callable[[Contents, LabelReader], Sequence[Path]]
    read: Callable[[Contents, LabelReader], Reading]


FORMATS: Final = (
    Format("table", "faces.csv with the columns file and split", find_tables, read_table),
    Format("PASCAL VOC", "*.xml in Annotations/ or beside the photos", find_voc, read_voc),
    Format("YOLO", "labels/*.txt, images/ and data.yaml or classes.txt", find_yolo, read_yolo),
    Format("COCO", "a JSON of images, annotations and categories", find_coco, read_coco),
    Format("MaskedFace-Net", "CMFD/ and IMFD/", find_maskedfacenet, read_maskedfacenet),
    Format("folder per class", "with_mask/, without_mask/, …", find_by_folder, read_folders),
)
"""All formats, in the order in which a folder is tried."""

_BY_FOLDER: Final = ("MaskedFace-Net", "folder per class")
"""Formats of pictures without annotations, the first of which is taken."""


def read_datasets(
    folders: Iterable[Path],
    mending: Path | None = None,
    labels: Mapping[str, str] | None = None,
) -> Reading:
    """Read all faces of several datasets, in the order of the folders; one given twice, once.

    Args:
        folders: of the datasets, or their tables.
        mending: a table that mends splits which leak into each other.
        labels: what words of the datasets mean that are not known, or are to be read otherwise:
            `{"face_mask": "correct", "hat": "skip"}`. Meanings are `correct`, `incorrect`,
            `none`, `nose`, `chin`, `nose_and_mouth`, `elsewhere`, `skip`; case, spaces, hyphens
            and underscores of the words make no difference.

    Raises:
        DatasetError: a folder is of no known format or of several, a table is broken, or a
            meaning is none.
    """
    once = {os.path.realpath(folder): folder for folder in reversed([*folders])}
    words = LabelReader(labels)
    parts = [_with_split(f, _read(f, words)) for f in reversed(once.values())]
    reading = _with_unused_words(Reading.joined(parts), words)
    if mending is None:
        return reading
    return replace(reading, records=read_mending(mending).apply(reading.records))


def read_unsplit(folder: Path, labels: Mapping[str, str] | None = None) -> Reading:
    """Read the faces of a dataset in the splits that its folders or lists name, for another split.

    Args:
        folder: of the dataset, or its table.
        labels: see `read_datasets`.

    Raises:
        DatasetError: as `read_datasets`.
    """
    words = LabelReader(labels)
    return _with_unused_words(_read(folder, words), words)


def _read(folder: Path, words: LabelReader) -> Reading:
    contents = Contents(folder)
    return detect_format(contents, words).read(contents, words)


def _with_unused_words(reading: Reading, words: LabelReader) -> Reading:
    """With a problem for each word that was given a meaning and is in no dataset."""
    return replace(reading, problems=(*reading.problems, *words.unused_words()))


def detect_format(contents: Contents, labels: LabelReader) -> Format:
    """The format of a dataset. A table settles it, whatever else lies there.

    Raises:
        DatasetError: the folder does not exist, or is of none, or of several.
    """
    folder = contents.folder
    if not folder.exists():
        raise DatasetError(f"{folder}: no such folder")
    table, *others = FORMATS
    if table.find(contents, labels):
        return table
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no folder of a dataset and no table (CSV)")
    found = {known: files for known in others if (files := known.find(contents, labels))}
    by_folder = [known for known in found if known.name in _BY_FOLDER]
    annotated = [known for known in found if known not in by_folder]
    for known in by_folder[1:]:
        found.pop(known)
    if by_folder and annotated:
        kept = by_folder[0]
        annotations = [path for known in annotated for path in found[known]]
        found[kept] = _not_annotated(contents, found[kept], annotations)
        if not found[kept]:
            found.pop(kept)
    if len(found) == 1:
        return next(iter(found))
    raise DatasetError(_several(contents, found) if found else _unknown(contents))


def _not_annotated(
    contents: Contents, pictures: Sequence[Path], annotations: Sequence[Path]
) -> list[Path]:
    """Those of pictures in class folders that can't be meant by annotations in the same dataset.

    An annotation means the only picture of its name, with all that lie beside that (those without
    faces have no annotation), and those of the folder that it lies in.
    """
    named = {path.stem for path in annotations}
    lists = [read_head(path, MAX_BYTES) for path in annotations if path.suffix.lower() == ".json"]
    counts = Counter(path.stem for path in contents.pictures)

    def is_named(picture: Path) -> bool:
        quoted = f'{picture.name}"'.encode(errors="replace")
        return picture.stem in named or any(quoted in text for text in lists)

    holding = {f for path in annotations for f in path.parents if contents.folder in f.parents}
    annotated = {p.parent for p in pictures if is_named(p) and counts[p.stem] == 1}
    return [p for p in pictures if p.parent not in annotated and holding.isdisjoint(p.parents)]


def _several(contents: Contents, found: Mapping[Format, Sequence[Path]]) -> str:
    parts = [
        f"{known.name} ({len(files)} files, for instance {contents.relative(files[0])})"
        for known, files in found.items()
    ]
    return (
        f"{contents.folder}: holds datasets of several formats, and one is wanted: "
        f"{', '.join(parts)}; give the folder of one of them, or move the others out"
    )


def _unknown(contents: Contents) -> str:
    endings = Counter(path.suffix.lower() or "no ending" for path in contents.files)
    counted = [f"{count} {ending}" for ending, count in endings.most_common(6)]
    places = Counter(" / ".join(contents.folders_of(path)) or "." for path in contents.pictures)
    pictures = [f"{count} in {place!r}" for place, count in places.most_common(6)]
    single = len(contents.files) == 1
    found = f"{', '.join(counted)} file" + "s" * (not single) if counted else "no files"
    found = f"there {'is' if single else 'are'} {found}"
    if pictures:
        found += f" (pictures: {', '.join(pictures)}{', …' if len(places) > 6 else ''})"
    known = "; ".join(f"{known.name} ({known.layout})" for known in FORMATS)
    return (
        f"{contents.folder}: no dataset of a known format; {found}. "
        f"What is read: {known}. "
        "Folders of classes with other names are read if one is given a meaning, as yes=correct"
    )


def _with_split(folder: Path, reading: Reading) -> Reading:
    """Apply the folder's split file, if it has one."""
    root = dataset_root(folder)
    path = root / SPLIT_FILE
    if not path.is_file():
        return reading
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows = {row.get("file"): row for row in csv.DictReader(lines)}
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: not a CSV table in UTF-8: {error}") from error
    records = []
    for record in reading.records:
        row = rows.get(record.path.relative_to(root).as_posix())
        if row is None:
            raise DatasetError(f"{path}: {record.path} is not in it; split it again")
        if row.get("split") not in SPLITS:
            raise DatasetError(f"{path}: {record.path}: split is {row.get('split')!r}")
        records.append(replace(record, split=row["split"], group=row.get("group") or record.group))
    return replace(reading, records=tuple(records))
