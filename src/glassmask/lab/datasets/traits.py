"""What else is to be seen in a face's picture: glasses, a beard, a smile, as a table says.

A dataset's labels say how the mask is worn and nothing of what might make that hard to see. A
table of traits says it for faces that somebody looked at; other faces are in no figure of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from glassmask.errors import DatasetError
from glassmask.lab.datasets.reading import numbered_rows, require_unique_names
from glassmask.lab.datasets.records import FaceRecord

_COLUMNS = ("dataset", "file", "traits")


@dataclass(frozen=True, slots=True)
class Traits:
    """The traits of faces that were looked at.

    Attributes:
        names: every trait that occurs, by name.
        by_face: (dataset, file name) -> its traits; none is an answer, too.
        path: of the table, for messages.
    """

    names: tuple[str, ...]
    by_face: Mapping[tuple[str, str], frozenset[str]]
    path: Path

    def get(self, record: FaceRecord) -> frozenset[str] | None:
        """The traits of a face; None if nobody looked."""
        return self.by_face.get((record.dataset, record.path.name))

    def require_known(self, records: Sequence[FaceRecord]) -> None:
        """Check that somebody looked at any of these faces, and at one by each name.

        Raises:
            DatasetError: the table knows none of them, or two go by one name.
        """
        if all(self.get(record) is None for record in records):
            raise DatasetError(
                f"{self.path}: knows none of these faces: it names datasets' folders and files"
            )
        require_unique_names(self.by_face, records, self.path)


def read_traits(path: Path) -> Traits:
    """Read a table of traits: CSV with dataset, file, and traits with spaces between.

    Raises:
        DatasetError: no such file, not such a table, or a face that occurs twice.
    """
    seen: dict[tuple[str, str], frozenset[str]] = {}
    for number, row in numbered_rows(path, _COLUMNS):
        face = (row["dataset"] or "", row["file"] or "")
        if not all(face) or row["traits"] is None or face in seen:
            raise DatasetError(f"{path}, line {number}: not a dataset, a new file and its traits")
        seen[face] = frozenset(row["traits"].split())
    return Traits(tuple(sorted(frozenset().union(*seen.values()))), seen, path)
