"""The files of a photo's explanation: sheets to look at, arrays, and what they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassmask.files import write_whole
from glassmask.lab.attribution.framed_faces import FramedFace
from glassmask.lab.attribution.photo_sheet import draw_sheet
from glassmask.lab.attribution.pictures import Palette
from glassmask.lab.attribution.registry import ALL, METHODS
from glassmask.lab.attribution.result import Attribution, encode_arrays
from glassmask.lab.attribution.targets import target_name
from glassmask.output.draw import encode_png
from glassmask.output.drawing_names import DrawingNames, drawing_mark

FACES_PER_SHEET: Final = 12


class ExplanationFolder:
    """A folder of `NAME-METHOD.png`, `.npz` and `.json`, named by `DrawingNames`.

    Attributes:
        path: of the folder.
    """

    def __init__(
        self, folder: Path, method: str, palette: Palette | None, *, on_photo: bool
    ) -> None:
        """Write nothing yet.

        Args:
            folder: made with the first photo.
            method: what was asked for: one of `METHODS`, or `ALL`.
            palette: of the pictures; None: each method's own.
            on_photo: a sheet begins with the photo, its faces boxed.
        """
        kinds = [ALL, *METHODS]
        maps = [f"-{kind}{end}" for kind, end in product(METHODS, (".npz", ".json"))]
        self._names = DrawingNames(folder, [f"-{kind}.png" for kind in kinds], maps)
        self.path, self._method = folder, method
        self._palette, self._on_photo = palette, on_photo

    def write(
        self,
        path: str,
        photo: NDArray[np.uint8],
        faces: Sequence[FramedFace],
        attributions: Sequence[Attribution],
        classes: Sequence[str],
    ) -> Iterator[Path]:
        """Write what was asked for, and name each file when it is written.

        Args:
            path: of the photo.
            photo: RGB uint8 (H, W, 3).
            faces: of the photo, one or more.
            attributions: each of all faces; the last is the method asked for, unless that is `ALL`.
            classes: names of the network's logits.

        Raises:
            OSError: a file can't be written.
        """
        mark, every = drawing_mark(path, photo), self._method == ALL
        sheets = _Sheets(photo, faces, classes, self._palette, self._on_photo, mark)
        leading = attributions[0 if every else -1]
        first, *others = sheets.draw(attributions, leading)
        # The sheet comes first: it takes the name, against whoever writes here at the same time.
        name = self._names.write(path, mark, f"-{self._method}.png", first)
        yield self.path / f"{name}-{self._method}.png"
        yield from self._write_sheets(f"{name}-{self._method}", others, 2)
        for one in attributions:
            stem = f"{name}-{one.method.name}"
            if every:
                yield from self._write_sheets(stem, sheets.draw([one], one))
            if every or one.method.name == self._method:
                yield from _write_maps(self.path, stem, faces, one, classes)

    def _write_sheets(self, stem: str, sheets: Iterable[bytes], number: int = 1) -> Iterator[Path]:
        for count, content in enumerate(sheets, number):
            path = self.path / f"{stem}{f'-{count}' if count > 1 else ''}.png"
            write_whole(path, content)
            yield path


@dataclass(frozen=True, slots=True)
class _Sheets:
    """Draws a photo's explanation; its fields as `draw_sheet` has them, and the files' comment."""

    photo: NDArray[np.uint8]
    faces: Sequence[FramedFace]
    classes: Sequence[str]
    palette: Palette | None
    on_photo: bool
    mark: bytes

    def draw(self, shown: Sequence[Attribution], leading: Attribution) -> Iterator[bytes]:
        """PNG files of some faces each: one or more."""
        for first in range(0, len(self.faces), FACES_PER_SHEET):
            picture = draw_sheet(
                self.photo,
                self.faces,
                shown,
                self.classes,
                self.palette,
                leading=leading,
                rows=range(first, min(first + FACES_PER_SHEET, len(self.faces))),
                on_photo=self.on_photo,
            )
            yield encode_png(picture, self.mark)


def _write_maps(
    folder: Path,
    stem: str,
    faces: Sequence[FramedFace],
    attribution: Attribution,
    classes: Sequence[str],
) -> Iterator[Path]:
    """Write `STEM.npz` and `STEM.json` of one method's maps of a photo's faces.

    The arrays: `raw` (F, h, w), `at_crop` (F, S, S), `squares` (F, 4) as x, y, side and quarter
    turns, `boxes` (F, 4) as x, y, w, h in photo pixels, and `values`, with `error` and `steps`
    where there are.
    """
    arrays: dict[str, NDArray[Any]] = {
        "raw": attribution.maps,
        "at_crop": attribution.at_photo(),
        "squares": np.array([astuple(face.square) for face in faces]),
        "boxes": np.array([face.box for face in faces]),
        "values": attribution.values,
    }
    optional = {"error": attribution.error, "steps": attribution.steps}
    arrays.update({name: values for name, values in optional.items() if values is not None})
    manifests: list[Mapping[str, Any]] = [
        {**attribution.manifest(row), "target": target_name(target, classes)}
        for row, target in enumerate(attribution.targets)
    ]
    contents = {
        folder / f"{stem}.npz": encode_arrays(arrays),
        folder / f"{stem}.json": (json.dumps({"faces": manifests}, indent=2) + "\n").encode(),
    }
    for path, content in contents.items():
        write_whole(path, content)
        yield path
