"""Check photos: the path from a photo to its verdicts. Only this file knows the order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask import verdict as verdicts
from glassmask.errors import PhotoError
from glassmask.evidence import Evidence, contrast, enlarge, region_shares, rival_of
from glassmask.faces.crop import Box, Square, crop
from glassmask.faces.face import Face
from glassmask.faces.find import FaceFinder
from glassmask.faces.finder import MIN_FACE
from glassmask.faces.regions import mean_points, mean_regions, regions_of
from glassmask.labels import CLASSES, class_index, fold_wears
from glassmask.networks.engines import EngineChoice, Precision
from glassmask.networks.wear import Network
from glassmask.photos import MAX_PIXELS, PhotoSource, read_photo
from glassmask.verdict import Verdict

BATCH: Final = 32
"""Crops that go through the network at once."""

CROP_MARGIN: Final = 1.8
"""Side of a found face's crop, in longer sides of its box."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What the network sees of one face: the crop (S, S, 3) and the square it shows."""

    face: Face
    square: Square
    crop: NDArray[np.uint8]


class Checker:
    """Says how masks are worn in photos.

    A checker holds loaded networks; make one and use it for many photos. Threads may share it,
    and each gets the answer to its own photo. A child of `os.fork` may go on using it if no
    thread was checking at that moment; other processes make their own.
    """

    def __init__(
        self,
        *,
        engine: EngineChoice = "auto",
        precision: Precision = "f32",
        network: str | os.PathLike[str] | None = None,
        finder: str | os.PathLike[str] | None = None,
        landmarks: str | os.PathLike[str] | None = None,
        max_pixels: int = MAX_PIXELS,
        whole: bool = False,
        min_face: float = MIN_FACE,
    ) -> None:
        """Load the networks.

        Args:
            engine: for the wear network; `auto` takes OpenVINO when it is installed, else ONNX
                Runtime. Finder and landmarks always run in ONNX Runtime.
            precision: `f32`, or `bf16` (OpenVINO only; faster on CPUs with bf16 units).
            network: another wear network, with its manifest beside it; None: the shipped one.
            finder: another face finder, likewise.
            landmarks: another landmark network, likewise.
            max_pixels: refuse photos with more pixels than this, before they are decoded.
            whole: take every photo as the picture of exactly one face. The finder then only
                helps to say in which region the evidence lies.
            min_face: leave out faces whose box has a shorter side under this, in photo pixels.

        Raises:
            NetworkError: a network or the engine can't be used.
        """
        self.network = Network(network, engine=engine, precision=precision)
        self.faces = FaceFinder(finder, landmarks)
        self.max_pixels = max_pixels
        self.whole = whole
        self.min_face = min_face

    def check(self, photo: PhotoSource) -> tuple[Verdict, ...]:
        """Check one photo.

        Args:
            photo: a path, the bytes of a file, a PIL image, or RGB uint8 (H, W, 3).

        Returns:
            One verdict a face, from left to right, with boxes in photo pixels after EXIF
            rotation; none where no face was found.

        Raises:
            PhotoError: the photo can't be used.
            NetworkError: the network gives values that are no numbers.
        """
        result = next(self.check_many([photo]))
        if isinstance(result, PhotoError):
            raise result
        return result

    def check_many(
        self, photos: Iterable[PhotoSource]
    ) -> Iterator[tuple[Verdict, ...] | PhotoError]:
        """Check photos in batches, lazily: at most `BATCH` photos are read ahead.

        Args:
            photos: each as for `check`.

        Yields:
            For each photo in turn what `check` returns, or the `PhotoError` that it raises: one
            bad photo does not stop the others.
        """
        pending = iter(photos)
        while batch := self._some(pending):
            judged = self._judge_all([s for item in batch if isinstance(item, tuple) for s in item])
            for item in batch:
                yield tuple(islice(judged, len(item))) if isinstance(item, tuple) else item

    def _some(self, photos: Iterator[PhotoSource]) -> list[tuple[_Seen, ...] | PhotoError]:
        """Prepare photos until they have enough faces for a batch."""
        batch: list[tuple[_Seen, ...] | PhotoError] = []
        faces = 0
        for photo in islice(photos, BATCH):
            seen = self._prepare(photo)
            batch.append(seen)
            faces += len(seen) if isinstance(seen, tuple) else 0
            if faces >= BATCH:
                break
        return batch

    def _prepare(self, source: PhotoSource) -> tuple[_Seen, ...] | PhotoError:
        try:
            photo = read_photo(source, max_pixels=self.max_pixels)
        except PhotoError as error:
            return error
        size = self.network.manifest.input_size
        seen = []
        faces = self.faces.find(photo, min_face=self.min_face)
        for face in (_whole(photo, faces),) if self.whole else faces:
            square = Square.around(face.box, 1.0 if self.whole else CROP_MARGIN)
            seen.append(_Seen(face, square, crop(photo, square, size)))
        return tuple(seen)

    def _judge_all(self, seen: Sequence[_Seen]) -> Iterator[Verdict]:
        """Run the wear network on crops, a batch at a time, and judge each."""
        for first in range(0, len(seen), BATCH):
            some = seen[first : first + BATCH]
            logits, maps = self.network.run(np.stack([s.crop for s in some]))
            yield from map(self._judge, some, logits, maps)

    def _judge(
        self,
        seen: _Seen,
        logits: NDArray[np.float32],
        maps: NDArray[np.float32],
    ) -> Verdict:
        manifest = self.network.manifest
        probabilities = verdicts.probabilities_of(logits, manifest.temperature)
        wear, uncovered = verdicts.decide(probabilities)
        likely = verdicts.prediction_set(fold_wears(probabilities), manifest.confidence)
        reason = verdicts.unsure_reason(seen.crop, max(seen.face.box[2:]), likely)
        name = CLASSES[class_index(wear, uncovered)]
        rival = rival_of(logits, name)
        difference = enlarge(contrast(maps, name, rival), len(seen.crop))
        evidence = Evidence(
            maps=maps,
            logits=logits,
            biases=np.asarray(manifest.bias, np.float32),
            class_name=name,
            rival=rival,
            shares=region_shares(difference, self._regions(seen)),
            square=seen.square,
            crop_size=len(seen.crop),
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

    def _regions(self, seen: _Seen) -> NDArray[np.uint8]:
        """The regions of a crop (S, S): by the face's landmarks, else by an average face."""
        size = len(seen.crop)
        if seen.face.landmarks is not None:
            return regions_of(seen.face.landmarks, seen.square, size)
        if self.whole:
            return mean_regions(size)
        return regions_of(mean_points(seen.face.box), seen.square, size)


def _whole(photo: NDArray[np.uint8], found: Sequence[Face]) -> Face:
    """The whole picture as one face, with the landmarks of the only one found in it."""
    height, width = photo.shape[:2]
    box: Box = (0.0, 0.0, float(width), float(height))
    return Face(box, landmarks=found[0].landmarks if len(found) == 1 else None)
