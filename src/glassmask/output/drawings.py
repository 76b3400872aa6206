"""Annotated photos, each a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.checked import Checked
from glassmask.files import require_writable
from glassmask.output.annotate import annotate
from glassmask.output.draw import encode_jpeg, fit
from glassmask.output.drawing_names import DrawingNames, drawing_mark

Photo = NDArray[np.uint8]


class AnnotateSink:
    """A folder of photos with boxes, labels and heat maps, named by `DrawingNames`."""

    keeps_going = True  # each photo is a file of its own

    _QUALITY: Final = 92
    _LONGEST: Final = 16_000  # pixels; JPEG itself ends at 65 500
    _ENDING: Final = ".jpg"

    def __init__(self, folder: Path) -> None:
        """See that the folder can be written; it is made with the first photo.

        Raises:
            OSError: it can't.
        """
        self.target = str(folder)
        require_writable(folder)
        self._names = DrawingNames(folder, [self._ENDING])

    def write(self, checked: Checked, pixels: Photo | None) -> None:
        """Write one annotated photo as `<name>.jpg`; another of that name as `<name>-2.jpg`."""
        if pixels is None:
            return
        drawn = annotate(pixels, checked)
        if max(drawn.shape) > self._LONGEST:
            drawn = fit(drawn, self._LONGEST)
        mark = drawing_mark(checked.photo, pixels)
        content = encode_jpeg(drawn, self._QUALITY, mark)
        self._names.write(checked.photo, mark, self._ENDING, content)

    def close(self) -> None:
        """Nothing to finish: each photo is written whole."""

    def abort(self) -> None:
        """Nothing to remove: each photo is written whole."""
