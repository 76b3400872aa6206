"""Check photos: the path from a photo to its verdicts. Only this file knows the order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask import verdict as verdicts
from glassmask.evidence import Evidence, contrast, enlarge, region_shares, rival_of
from glassmask.faces.crop import Square, crop
from glassmask.faces.regions import mean_regions
from glassmask.labels import CLASSES, class_index, fold
from glassmask.network import Engine, Network, Precision
from glassmask.photos import MAX_PIXELS, PhotoError, PhotoSource, read_photo
from glassmask.verdict import Face, Verdict

BATCH: Final = 32
"""Crops that go through the network at once in `check_many`."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What the network sees of one face: the crop (S, S, 3) and the square it shows."""

    face: Face
    square: Square
    crop: NDArray[np.uint8]


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
        network: str | os.PathLike[str] | None = None,
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
        result = next(self.check_many([photo]))
        if isinstance(result, PhotoError):
            raise result
        return result

    def check_many(
        self, photos: Iterable[PhotoSource]
    ) -> Iterator[tuple[Verdict, ...] | PhotoError]:
        """Check photos in batches, lazily.

        Args:
            photos: each as for `check`.

        Yields:
            For each photo in turn what `check` returns, or the `PhotoError` that it raises: one
            bad photo does not stop the others.
        """
        pending = iter(photos)
        while batch := [self._prepare(photo) for photo in islice(pending, BATCH)]:
            seen = [item for item in batch if not isinstance(item, PhotoError)]
            size = self.network.manifest.input_size
            crops = np.array([s.crop for s in seen], np.uint8).reshape(-1, size, size, 3)
            logits, maps = self.network.run(crops)
            judged = iter(map(self._judge, seen, logits, maps))
            for item in batch:
                yield item if isinstance(item, PhotoError) else (next(judged),)

    def _prepare(self, source: PhotoSource) -> _Seen | PhotoError:
        try:
            photo = read_photo(source, max_pixels=self.max_pixels)
        except PhotoError as error:
            return error
        height, width = photo.shape[:2]
        face = Face((0.0, 0.0, float(width), float(height)))
        square = Square.around(face.box)
        return _Seen(face, square, crop(photo, square, self.network.manifest.input_size))

    def _judge(
        self,
        seen: _Seen,
        logits: NDArray[np.float32],
        maps: NDArray[np.float32],
    ) -> Verdict:
        manifest = self.network.manifest
        probabilities = verdicts.probabilities_of(logits, manifest.temperature)
        wear, uncovered = verdicts.decide(probabilities)
        likely = verdicts.prediction_set(fold(probabilities), manifest.confidence)
        reason = verdicts.unsure_reason(seen.crop, max(seen.face.box[2:]), likely)
        name = CLASSES[class_index(wear, uncovered)]
        rival = rival_of(logits, name)
        size = len(seen.crop)
        difference = enlarge(contrast(maps, name, rival), size)
        evidence = Evidence(
            maps=maps,
            logits=logits,
            biases=np.asarray(manifest.bias, np.float32),
            class_name=name,
            rival=rival,
            shares=region_shares(difference, mean_regions(size)),
            square=seen.square,
            crop_size=size,
        )
        return Verdict(
            face=seen.face,
            wear=wear,
            uncovered=uncovered,
            probabilities=dict(zip(CLASSES, probabilities.tolist(), strict=True)),
            unsure=reason is not None,
            unsure_reason=reason,
            prediction_set=likely,
            evidence=evidence,
        )
