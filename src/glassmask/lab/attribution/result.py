"""What an attribution is, at the photos' size too, and as files."""

from __future__ import annotations

import dataclasses
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.files import write_whole
from glassmask.formats import OWN_MARK
from glassmask.lab.attribution.method import Method, method_settings
from glassmask.lab.attribution.pictures import Palette, make_row, sheet
from glassmask.lab.attribution.targets import Target
from glassmask.output.draw import encode_png


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """What a method says of each photo's target.

    Attributes:
        method: the method, with its settings.
        photos: uint8 (N, H, W, 3) RGB, as the network saw them.
        targets: N of them: what of each photo's answer is explained.
        values: float32 (N,): the targets' logits, or differences of two.
        maps: float32 (N, h, w): the maps on the method's own grid, nothing scaled.
        error: float32 (N,): how far a map's sum is from what it must be, in logits; None for
            methods that promise no sum.
        expected_sum: float32 (N,): what the sum must be, in logits; None likewise.
        steps: int64 (N,): gradients along a path; None for methods without one.
        layer: where the maps were taken; None for maps of pixels.
        versions: of what computed it.
    """

    method: Method
    photos: NDArray[np.uint8]
    targets: tuple[Target, ...]
    values: NDArray[np.float32]
    maps: NDArray[np.float32]
    error: NDArray[np.float32] | None
    expected_sum: NDArray[np.float32] | None
    steps: NDArray[np.int64] | None
    layer: str | None
    versions: Mapping[str, str]

    def __post_init__(self) -> None:
        number = len(self.photos)
        if self.photos.dtype != np.uint8 or self.photos.ndim != 4 or self.photos.shape[3] != 3:
            raise ValueError(f"photos are uint8 (N, H, W, 3), got {self.photos.shape}")
        if self.maps.dtype != np.float32 or self.maps.ndim != 3:
            raise ValueError(f"maps are float32 (N, h, w), got {self.maps.dtype} {self.maps.shape}")
        if {number} != {len(self.maps), len(self.targets), len(self.values)}:
            raise ValueError("photos, maps, targets and values differ in number")

    def at_photo(self) -> NDArray[np.float32]:
        """The maps at the photos' size: float32 (N, H, W), bilinear with half-pixel centres."""
        height, width = self.photos.shape[1:3]
        large = [
            cv2.resize(raw, (width, height), interpolation=cv2.INTER_LINEAR) for raw in self.maps
        ]
        return np.asarray(np.stack(large), np.float32)

    def pictures(self, palette: Palette | None = None) -> list[NDArray[np.uint8]]:
        """For each photo a row of photo, map and overlay (gradients: overlay, map), RGB uint8."""
        at_photo = self.at_photo()
        return [
            sheet([make_row(photo, values, self.method, palette)])
            for photo, values in zip(self.photos, at_photo, strict=True)
        ]

    def manifest(self, row: int) -> dict[str, Any]:
        """What the map of one photo is, for JSON."""
        target = self.targets[row]
        return {
            "method": self.method.name,
            "settings": method_settings(self.method),
            "target": target if isinstance(target, int) else dataclasses.asdict(target),
            "value": float(self.values[row]),
            "layer": self.layer,
            "completeness_error": None if self.error is None else float(self.error[row]),
            "promised_sum": None if self.expected_sum is None else float(self.expected_sum[row]),
            "steps": None if self.steps is None else int(self.steps[row]),
            "shape": list(self.maps.shape[1:]),
            "versions": dict(self.versions),
        }

    def save(
        self,
        folder: str | os.PathLike[str],
        names: Sequence[str] | None = None,
        palette: Palette | None = None,
    ) -> list[Path]:
        """Write for each photo `NAME-METHOD.npz` (`raw`, `at_photo`), `.png` and `.json`.

        Args:
            folder: made if it is not there.
            names: of the photos; None: their numbers from 0.
            palette: of the pictures; None: the method's own.

        Returns:
            The files.

        Raises:
            OSError: a file can't be written.
            ValueError: not as many names as photos, or two that are the same.
        """
        names = [str(row) for row in range(len(self.photos))] if names is None else names
        if len(names) != len(self.photos) or len(set(names)) != len(names):
            raise ValueError(f"{len(self.photos)} photos need as many names, all different")
        written = []
        parts = zip(names, self.maps, self.at_photo(), self.pictures(palette), strict=True)
        for row, (name, raw, at_photo, picture) in enumerate(parts):
            contents = {
                "npz": encode_arrays({"raw": raw, "at_photo": at_photo}),
                "png": encode_png(picture, OWN_MARK),
                "json": (json.dumps(self.manifest(row), indent=2) + "\n").encode(),
            }
            for ending, content in contents.items():
                path = Path(folder) / f"{name}-{self.method.name}.{ending}"
                write_whole(path, content)
                written.append(path)
        return written


def encode_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays by their names as a compressed NPZ file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()
