"""Fix splits that leak: groups that show the same become one group, on one side.

Each dataset may be split well by itself and still share photos with another. A mending says,
for every group that is found again elsewhere, which group it is part of and where all of that
belongs: to `test` if any of it was there, else to `val`, else to `train`. It names groups, not
files, so it holds for whatever is painted on the same faces, too. It also holds the boxes of scenes
that were looked at again (`datasets.boxes`).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from glassmask.errors import DatasetError
from glassmask.files import replacing
from glassmask.lab.datasets.boxes import BoxChanges, read_box_changes
from glassmask.lab.datasets.duplicates import Match, SplitPicture, merged_groups
from glassmask.lab.datasets.reading import SPLITS, is_text, numbered_rows
from glassmask.lab.datasets.records import FaceRecord

GROUPS: Final = "mended.csv"
BOXES: Final = "boxes.csv"
"""What a folder of what is mended holds."""

_COLUMNS: Final = ("group", "into", "split")


@dataclass(frozen=True, slots=True)
class Mending:
    """How groups are joined, and where they belong.

    Attributes:
        places: group -> (the group that it is part of, its split).
        boxes: dataset and file of a scene -> what changes in it.
    """

    places: Mapping[str, tuple[str, str]]
    boxes: BoxChanges = field(default_factory=dict)

    def apply(self, records: Iterable[FaceRecord]) -> tuple[FaceRecord, ...]:
        """The records in their mended groups and splits."""
        return tuple(self._mended(record) for record in records)

    def _mended(self, record: FaceRecord) -> FaceRecord:
        place = self.places.get(record.group)
        return record if place is None else replace(record, group=place[0], split=place[1])


def fix_leaks(records: Sequence[SplitPicture], matches: Sequence[Match]) -> Mending:
    """Join the groups that matches find to be the same; groups without a split stay alone.

    Args:
        records: faces and scenes.
        matches: of `find_matches` on them.
    """
    groups = merged_groups(records, matches)
    members: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for record, group in zip(records, groups, strict=True):
        if record.split in SPLITS:
            members[group][record.group].add(record.split)
    places = {}
    for group, parts in members.items():
        splits = set().union(*parts.values())
        if len(parts) > 1 or len(splits) > 1:
            split = max(splits, key=SPLITS.index)
            places.update(dict.fromkeys(parts, (group, split)))
    return Mending(MappingProxyType(places))


def write_mending(mending: Mending, path: Path) -> None:
    """Write a mending as CSV: group, into, split.

    Raises:
        DatasetError: a group is named after a file whose name is no text.
    """
    odd = [group for group in mending.places if not is_text(group)]
    if odd:
        raise DatasetError(f"{odd[0]!r}: no name in UTF-8, as tables want it: rename the file")
    with replacing(path) as partial, partial.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for group, place in sorted(mending.places.items()):
            writer.writerow([group, *place])


def read_mending(path: Path) -> Mending:
    """Read a mending: a table of groups, or a folder with `mended.csv` and `boxes.csv`.

    Raises:
        DatasetError: no such file, or not such a table.
    """
    if path.is_dir():
        return Mending(_read_places(path / GROUPS), read_box_changes(path / BOXES))
    return Mending(_read_places(path))


def _read_places(path: Path) -> Mapping[str, tuple[str, str]]:
    places = {}
    for number, row in numbered_rows(path, _COLUMNS, ", as `data fix-leaks` writes"):
        if not all(row.get(name) for name in _COLUMNS) or row["split"] not in SPLITS:
            raise DatasetError(f"{path}, line {number}: not a group, a group and a split")
        places[row["group"]] = (row["into"], row["split"])
    return MappingProxyType(places)
