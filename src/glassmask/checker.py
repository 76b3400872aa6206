"""Check photos: the path from a photo to its verdicts. Only this file knows the order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask import verdict as verdicts
from glassmask.evidence import Evidence, contrast, enlarge, region_shares, rival_of
from glassmask.faces.crop import Square, crop
from glassmask.faces.regions import mean_regions
from glassmask.labels import CLASSES, class_index, fold
from glassmask.network import Engine, Network, Precision
from glassmask.photos import MAX_PIXELS, PhotoSource, read_photo
from glassmask.verdict import Face, Verdict

BATCH: Final = 32
"""Crops that go through the network at once in `check_many`."""


class Checker:
    """Says how masks are worn in photos.

    A checker holds one loaded network; make one and use it for many photos. Every photo is
    taken as the picture of exactly one face.
    """

    def __init__(
        self,
        *,
        engine: Engine = "auto",
        precision: Precision = "f32",
        network: Path | None = None,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        """Load the network.

        Args:
            engine: `auto` takes OpenVINO when it is installed, else ONNX Runtime.
            precision: `f32`, or `bf16` (OpenVINO only; faster on CPUs with bf16 units).
            network: another network file, with its manifest beside it; None: the shipped one.
            max_pixels: refuse photos with more pixels than this, before they are decoded.

        Raises:
            NetworkError: the network or the engine can't be used.
        """
        self.network = Network(network, engine=engine, precision=precision)
        self.max_pixels = max_pixels

    def check(self, photo: PhotoSource) -> tuple[Verdict, ...]:
        """Check one photo.

        Args:
            photo: a path, the bytes of a file, a PIL image, or RGB uint8 (H, W, 3).

        Returns:
            One verdict a face, with boxes in photo pixels after EXIF rotation.

        Raises:
            PhotoError: the photo can't be used.
        """
        return next(self.check_many([photo]))

    def check_many(self, photos: Iterable[PhotoSource]) -> Iterator[tuple[Verdict, ...]]:
        """Check photos in batches, lazily; as `check`, for each photo in turn.

        Raises:
            PhotoError: a photo of the batch in turn can't be used.
        """
        pending = iter(photos)
        while batch := [self._prepare(photo) for photo in islice(pending, BATCH)]:
            logits, maps = self.network.run(np.stack([seen for _, _, seen in batch]))
            for (face, square, seen), own_logits, own_maps in zip(batch, logits, maps, strict=True):
                yield (self._judge(face, square, seen, own_logits, own_maps),)

    def _prepare(self, source: PhotoSource) -> tuple[Face, Square, NDArray[np.uint8]]:
        photo = read_photo(source, max_pixels=self.max_pixels)
        height, width = photo.shape[:2]
        face = Face((0.0, 0.0, float(width), float(height)))
        square = Square.around(face.box)
        return face, square, crop(photo, square, self.network.manifest.input_size)

    def _judge(
        self,
        face: Face,
        square: Square,
        seen: NDArray[np.uint8],
        logits: NDArray[np.float32],
        maps: NDArray[np.float32],
    ) -> Verdict:
        manifest = self.network.manifest
        probabilities = verdicts.probabilities_of(logits, manifest.temperature)
        wear, uncovered = verdicts.decide(probabilities)
        likely = verdicts.prediction_set(fold(probabilities), manifest.confidence)
        reason = verdicts.unsure_reason(seen, max(face.box[2:]), likely)
        name = CLASSES[class_index(wear, uncovered)]
        rival = rival_of(logits, name)
        difference = enlarge(contrast(maps, name, rival), len(seen))
        evidence = Evidence(
            maps=maps,
            logits=logits,
            biases=np.asarray(manifest.bias, np.float32),
            class_name=name,
            rival=rival,
            shares=region_shares(difference, mean_regions(len(seen))),
            square=square,
            crop_size=len(seen),
        )
        return Verdict(
            face=face,
            wear=wear,
            uncovered=uncovered,
            probabilities=MappingProxyType(dict(zip(CLASSES, probabilities.tolist(), strict=True))),
            unsure=reason is not None,
            unsure_reason=reason,
            prediction_set=likely,
            evidence=evidence,
        )
