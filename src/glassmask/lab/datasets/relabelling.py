"""Correct the labels of training faces that were found wrong; never those of val or test.

A table names each face by dataset and file, says the label that it has and the one that it
should have, or `reject` for what nobody could say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from glassmask.errors import DatasetError
from glassmask.lab.datasets.reading import numbered_rows, see_names_tell
from glassmask.lab.datasets.records import FaceRecord
from glassmask.labels import Uncovered, Wear

REJECT: Final = "reject"
"""The label of faces that are left out."""

LABELS: Final[Mapping[str, tuple[Wear, Uncovered | None]]] = MappingProxyType(
    {
        **{wear.value: (wear, None) for wear in Wear},  # incorrect: none of the three reasons
        **{part.value: (Wear.INCORRECT, part) for part in Uncovered},
    }
)
"""Every other label and what it says."""

_COLUMNS: Final = ("dataset", "file", "was", "label")


@dataclass(frozen=True, slots=True)
class Relabelling:
    """What labels become.

    Attributes:
        labels: (dataset, file's name) -> (the label that it has, the one that it gets).
        path: of the table, for messages.
    """

    labels: Mapping[tuple[str, str], tuple[str, str]]
    path: Path

    def of(self, records: Iterable[FaceRecord]) -> list[FaceRecord]:
        """The records with right labels, which are certain; without those that are rejected.

        Raises:
            DatasetError: a face of the split `train` has neither the label that the table says
                it has nor the new one: the table is of other data; or two of them go by one name.
        """
        records, found = list(records), []
        see_names_tell(self.labels, [r for r in records if r.split == "train"], self.path)
        for record in records:
            known = self.labels.get((record.dataset, record.path.name))
            if known is None or record.split != "train":
                found.append(record)
                continue
            was, label = known
            if record.label not in known:
                raise DatasetError(
                    f"{self.path}: {record.path.name} of {record.dataset!r} is "
                    f"{record.label!r}, the table says {was!r}: it is of other data"
                )
            if label != REJECT:
                wear, uncovered = LABELS[label]
                found.append(replace(record, wear=wear, uncovered=uncovered, certain=True))
        return found


def read_relabelling(path: Path) -> Relabelling:
    """Read a table of `dataset, file, was, label`.

    Raises:
        DatasetError: no such file, not such a table, or a label that is none.
    """
    labels: dict[tuple[str, str], tuple[str, str]] = {}
    for number, row in numbered_rows(path, _COLUMNS):
        was, label = row["was"], row["label"]
        if was not in LABELS or (label not in LABELS and label != REJECT):
            raise DatasetError(
                f"{path}, line {number}: labels are {', '.join(LABELS)}, and {REJECT} for a new one"
            )
        key = (row["dataset"], row["file"])
        if key in labels:
            raise DatasetError(f"{path}, line {number}: {key[1]} is there twice")
        labels[key] = (was, label)
    return Relabelling(MappingProxyType(labels), path)
