"""Check photos: the path from a photo to its result. Only this file knows the order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.checked import Checked, Networks
from glassmask.errors import PhotoError
from glassmask.faces.face import Face
from glassmask.faces.find import FaceDetector
from glassmask.faces.finder import MIN_FACE
from glassmask.faces.framing import FramedFace, frame, whole_picture
from glassmask.judge import judge_face
from glassmask.networks.engines import EngineChoice, Precision
from glassmask.networks.wear import Network
from glassmask.photos import MAX_PIXELS, PhotoSource, read_photo
from glassmask.verdict import Verdict

BATCH: Final = 32
"""Crops that go through the network at once."""

_LARGEST_FACE: Final = 100
"""In longer sides of the photo. What a crop needs of memory grows with its face."""


class Checker:
    """Says how masks are worn in photos.

    A checker holds loaded networks; make one and use it for many photos. Threads may share it:
    each gets the answers that it would get alone. A child of `os.fork` may go on using it if no
    thread was checking at that moment. It can't be pickled: other processes make their own.

    Attributes:
        networks: what judges, for records and reports.
        network: the wear network.
        faces: finds faces.
        max_pixels: photos with more pixels are refused before they are decoded.
    """

    def __init__(
        self,
        *,
        engine: EngineChoice = "auto",
        precision: Precision = "f32",
        threads: int | None = None,
        network: str | os.PathLike[str] | None = None,
        finder: str | os.PathLike[str] | None = None,
        landmarks: str | os.PathLike[str] | None = None,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        """Load the networks.

        Args:
            engine: for the wear network; `auto` takes OpenVINO when it is installed, else ONNX
                Runtime. Finder and landmarks always run in ONNX Runtime.
            precision: `f32`, or `bf16` (OpenVINO only; faster on CPUs with bf16 units).
            threads: how many each network may use for one call, 1 or more; None: about one per
                core. 1 where many threads share the checker, or other work shares the machine.
            network: another wear network, an ONNX file with its manifest beside it; None: the
                shipped one.
            finder: another face finder; None: the shipped one.
            landmarks: another landmark network; None: the shipped one.
            max_pixels: refuse photos with more pixels than this, before they are decoded.

        Raises:
            NetworkError: a network or the engine can't be used.
        """
        self.network = Network(network, engine=engine, precision=precision, threads=threads)
        self.faces = FaceDetector(finder, landmarks, threads=threads)
        self.max_pixels = max_pixels
        self.networks = Networks(
            wear=str(self.network.manifest),
            finder=str(self.faces.finder.manifest),
            landmarks=str(self.faces.landmarker.manifest),
            engine=self.network.engine,
            precision=self.network.precision,
        )

    def check(
        self,
        photo: PhotoSource,
        *,
        name: str | None = None,
        whole: bool = False,
        min_face: float = MIN_FACE,
        max_faces: int | None = None,
    ) -> Checked:
        """Check one photo.

        Args:
            photo: a path, the bytes of a file, a PIL image, or RGB uint8 (H, W, 3).
            name: what the result calls the photo; None: its path, or "" where there is none.
            whole: take the photo as the picture of exactly one face. The finder then only says
                where its parts are: for the regions, and for what lies outside the photo.
            min_face: leave out faces whose box has a shorter side under this, in photo pixels.
            max_faces: keep the largest ones only, so many at most; None: all. Not for `whole`.

        Returns:
            One verdict per face, from left to right, with boxes in photo pixels after EXIF
            rotation; none where no face was found.

        Raises:
            PhotoError: the photo can't be used.
            NetworkError: the network gives values that are no numbers.
            ValueError: `min_face` is no length, or `max_faces` no count.
        """
        pixels = read_photo(photo, max_pixels=self.max_pixels)
        found = self._find(pixels, _Wanted(whole, min_face, max_faces))
        judged = tuple(self._judge_all(frame(pixels, face, self._size) for face in found))
        return self._checked(_name(photo, name), pixels.shape, judged, whole)

    def check_many(
        self,
        photos: Iterable[PhotoSource],
        *,
        whole: bool = False,
        min_face: float = MIN_FACE,
        max_faces: int | None = None,
    ) -> Iterator[Checked]:
        """Check photos in batches, lazily: at most `BATCH` photos are read ahead.

        Args:
            photos: each as for `check`.
            whole: as for `check`.
            min_face: as for `check`.
            max_faces: as for `check`.

        Yields:
            For each photo in turn what `check` returns. One that can't be used has an `error`
            and does not stop the others.

        Raises:
            NetworkError: the network gives values that are no numbers.
            ValueError: `min_face` is no length, or `max_faces` no count.
        """
        pending = iter(photos)
        wanted = _Wanted(whole, min_face, max_faces)
        while batch := list(self._next_batch(pending, wanted)):
            framed = [face for one in batch if isinstance(one, _Prepared) for face in one.faces]
            judged = self._judge_all(framed)
            for one in batch:
                if isinstance(one, Checked):
                    yield one
                else:
                    some = tuple(islice(judged, len(one.faces)))
                    yield self._checked(one.name, one.shape, some, whole)

    def find(
        self,
        photo: PhotoSource,
        *,
        min_face: float = MIN_FACE,
        max_faces: int | None = None,
        tiles: bool = True,
    ) -> tuple[Face, ...]:
        """Find the faces of a photo, from left to right; `judge` says how their masks are worn.

        Args:
            photo: as for `check`.
            min_face: as for `check`.
            max_faces: as for `check`.
            tiles: look again, closer, where faces are small: that can cost as much again and more
                in large photos.

        Raises:
            PhotoError: the photo can't be used.
            ValueError: `min_face` is no length, or `max_faces` no count.
        """
        pixels = read_photo(photo, max_pixels=self.max_pixels)
        return self.faces.find(pixels, min_face=min_face, max_faces=max_faces, tiles=tiles)

    def judge(self, photo: PhotoSource, faces: Sequence[Face]) -> tuple[Verdict, ...]:
        """Say how the masks of known faces are worn.

        Args:
            photo: as for `check`.
            faces: where they are, of `find`, or of `follow` without those that are lost.

        Returns:
            One verdict per face, in the order given.

        Raises:
            PhotoError: the photo can't be used.
            NetworkError: the network gives values that are no numbers.
            TypeError, ValueError: the faces are none, or far larger than the photo.
        """
        pixels = read_photo(photo, max_pixels=self.max_pixels)
        _require_faces(faces, pixels)
        return tuple(self._judge_all(frame(pixels, face, self._size) for face in faces))

    def follow(
        self, photo: PhotoSource, faces: Sequence[Face], *, min_face: float = MIN_FACE
    ) -> tuple[Face | None, ...]:
        """Look again for faces near where they were, by the landmark network alone.

        That costs a small part of `find`, and finds nobody new: for the frames in between.

        Args:
            photo: as for `check`.
            faces: where they were.
            min_face: as for `check`.

        Returns:
            One per face, in the order given; None where it is lost.

        Raises:
            PhotoError: the photo can't be used.
            TypeError, ValueError: the faces are none, or far larger than the photo; or `min_face`
                is no length.
        """
        pixels = read_photo(photo, max_pixels=self.max_pixels)
        _require_faces(faces, pixels)
        return self.faces.follow(pixels, faces, min_face=min_face)

    @property
    def _size(self) -> int:
        return self.network.manifest.input_size

    def _find(self, pixels: NDArray[np.uint8], wanted: _Wanted) -> tuple[Face, ...]:
        if wanted.whole:
            return (whole_picture(pixels, self.faces.find(pixels, min_face=wanted.min_face)),)
        return self.faces.find(pixels, min_face=wanted.min_face, max_faces=wanted.max_faces)

    def _checked(
        self, name: str, shape: tuple[int, ...], judged: tuple[Verdict, ...], whole: bool
    ) -> Checked:
        return Checked(name, shape[1], shape[0], judged, None, self.networks, whole)

    def _next_batch(
        self, photos: Iterator[PhotoSource], wanted: _Wanted
    ) -> Iterator[_Prepared | Checked]:
        """Prepare photos until they have enough faces for a batch; a bad one is done already."""
        count = 0
        for photo in islice(photos, BATCH):
            name = _name(photo, None)
            try:
                pixels = read_photo(photo, max_pixels=self.max_pixels)
            except PhotoError as error:
                yield Checked.failed(name, error, self.networks, whole=wanted.whole)
                continue
            found = self._find(pixels, wanted)
            framed = tuple(frame(pixels, face, self._size) for face in found)
            yield _Prepared(name, pixels.shape, framed)
            count += len(framed)
            if count >= BATCH:
                return

    def _judge_all(self, framed: Iterable[FramedFace]) -> Iterator[Verdict]:
        """Run the wear network on crops, a batch at a time, and judge each."""
        pending = iter(framed)
        while batch := list(islice(pending, BATCH)):
            logits, maps = self.network.run(np.stack([one.crop for one in batch]))
            for face, values, evidence in zip(batch, logits, maps, strict=True):
                yield judge_face(face, values, evidence, self.network.manifest)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which faces of a photo are wanted; its fields as `Checker.check` has them."""

    whole: bool
    min_face: float
    max_faces: int | None


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """A photo that was read, and its faces as the network will see them."""

    name: str
    shape: tuple[int, ...]
    faces: tuple[FramedFace, ...]


def _require_faces(faces: Sequence[Face], pixels: NDArray[np.uint8]) -> None:
    """Check that faces can be those of a photo (H, W, 3).

    Raises:
        TypeError: they are no faces.
        ValueError: one is far larger than the photo.
    """
    if not isinstance(faces, Sequence):
        raise TypeError(f"faces are a sequence of Face, got {type(faces).__name__}")
    for face in faces:
        if not isinstance(face, Face):
            advice = ": leave out those that are lost" if face is None else ""
            raise TypeError(f"faces are of type Face, got {type(face).__name__}{advice}")
    for face in faces:
        if max(face.box[2:]) > _LARGEST_FACE * max(pixels.shape):
            height, width = pixels.shape[:2]
            raise ValueError(f"a face of {face.box} is too large for {width} x {height} pixels")


def _name(photo: PhotoSource, name: str | None) -> str:
    if name is not None:
        return name
    return os.fspath(photo) if isinstance(photo, str | os.PathLike) else ""
