"""Explain the faces of photos: one call from photos to maps, pictures and files."""

from __future__ import annotations

import glob
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import MethodError, OutputError, PhotoError
from glassmask.faces.find import FaceDetector
from glassmask.faces.finder import MIN_FACE
from glassmask.files import require_writable, write_whole
from glassmask.formats import HEAD, OWN_MARK, is_own_drawing
from glassmask.lab.attribution.answers import has_answers, parse_request, verdict_targets
from glassmask.lab.attribution.attribute import attribute
from glassmask.lab.attribution.framed_faces import FramedFace, frame_faces
from glassmask.lab.attribution.method import Method
from glassmask.lab.attribution.photo_sheet import draw_sheet
from glassmask.lab.attribution.pictures import Palette
from glassmask.lab.attribution.registry import (
    make_method,
    method_options,
    methods_for,
    methods_with,
)
from glassmask.lab.attribution.result import Attribution, encode_arrays
from glassmask.lab.attribution.targets import Target, target_name
from glassmask.lab.judging.judge import Judge, predicted_classes
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.lab.tasks.judges import open_explained
from glassmask.output.draw import encode_png
from glassmask.output.names import FreeNames
from glassmask.photos import read_photo

ALL: Final = "all"
"""Every method that a network supports, side by side."""

FACES_PER_SHEET: Final = 12

_ABOVE: Final[Mapping[str, str]] = {"integrated-gradients": "gradient"}
"""Method -> the one that stands above it in a sheet, to compare."""


@dataclass(frozen=True, slots=True, eq=False)
class PhotoExplanation:
    """What methods say of the faces of one photo.

    Attributes:
        photo: as given.
        faces: from left to right; none where none was found.
        attributions: one per method, each of all faces; the last is the method asked for, unless
            that was `ALL`. None where there are no faces.
        classes: names of the network's logits.
        error: why the photo can't be read, or its files not be written; None for others.
        files: what was written.
    """

    photo: str
    faces: tuple[FramedFace, ...]
    attributions: tuple[Attribution, ...]
    classes: tuple[str, ...]
    error: PhotoError | OutputError | None = None
    files: tuple[Path, ...] = ()


def explain_photos(
    photos: Iterable[str | Path],
    out: Path | None = None,
    *,
    network: str | Path = "shipped",
    method: str = "evidence",
    target: str | None = None,
    whole: bool = False,
    min_face: float = MIN_FACE,
    layer: str | None = None,
    baselines: Sequence[str] = (),
    palette: Palette | None = None,
) -> Iterator[PhotoExplanation]:
    """Explain every face of each photo, one photo after the other.

    Args:
        photos: paths.
        out: folder of `NAME-METHOD.png`, `.npz` and `.json`; made if it is not there. None:
            nothing is written.
        network: a finished run's folder, a network file, or `shipped`.
        method: one of `METHODS`, or `ALL`.
        target: the class to explain, `THIS:THAT` for why THIS rather than THAT, `not:CLASS`;
            of a network of the five classes also `verdict`, or `question:nose` for what speaks
            for a yes to one of the four questions. None: the verdict where there is one, else the
            class that the network says.
        whole: each photo shows exactly one face: all of it is explained.
        min_face: faces whose shorter side is less are left out, in photo pixels.
        layer: for methods that take one; None: the network's last.
        baselines: for methods that take one or several; none: their usual one.
        palette: of the pictures; None: each method's own.

    Returns:
        An explanation per photo, in order, made when its turn comes. That of a photo that can't be
        read, or whose files can't be written, holds the `error`, and the others go on.

    Raises:
        MethodError: no such method, or it does not have these options, or not this network.
        TargetError: a class or a question that the network does not have.
        NetworkError, RunError, RecipeError, NetworkNameError: the network can't be opened.
        OSError: nothing can be written into the folder.

    Example:
        >>> (found,) = explain_photos(["me.jpg"], target="nose:correct")
        >>> found.attributions[0].maps.shape  # one face
        (1, 10, 10)
    """
    judge, explained = open_explained(str(network))
    explainer = _Explainer(
        judge=judge,
        network=explained,
        finder=None if whole else FaceDetector(),
        min_face=min_face,
        target=None if target is None else parse_request(target, judge.classes),
        methods=choose_methods(method, explained, layer, baselines),
    )
    if out is not None:
        require_writable(out)
    return _explain_each(photos, explainer, out, method, palette)


def choose_methods(
    name: str, network: PhotoNetwork, layer: str | None = None, baselines: Sequence[str] = ()
) -> list[Method]:
    """The methods of a sheet, from top to bottom.

    Args:
        name: one of `METHODS`, or `ALL`.
        network: what is explained.
        layer: for methods that take one.
        baselines: for methods that take one or several.

    Raises:
        MethodError: no such method, or options that none of them has.
    """
    names = methods_for(network) if name == ALL else [name]
    names = list(dict.fromkeys(n for one in names for n in (_ABOVE.get(one, one), one)))
    given: dict[str, Any] = {} if layer is None else {"layer": layer}
    if baselines:
        given |= {"baseline": baselines[0], "baselines": tuple(baselines)}
    settings = {
        one: {option: given[option] for option in method_options(one) if option in given}
        for one in names
    }
    used = {option for options in settings.values() for option in options}
    if layer is not None and "layer" not in used:
        raise MethodError(f"a layer is for {' and '.join(methods_with('layer'))}, not for {name}")
    if baselines and not used & {"baseline", "baselines"}:
        able = (*methods_with("baselines"), *methods_with("baseline"))
        raise MethodError(f"a baseline is for {' and '.join(able)}, not for {name}")
    for one, options in settings.items():
        if "baseline" in options and len(baselines) > 1:
            raise MethodError(f"{one} shows one baseline, not {len(baselines)}: give one")
    return [make_method(one, **options) for one, options in settings.items()]


@dataclass(frozen=True, slots=True)
class _Explainer:
    """What is done with every photo; its fields as `explain_photos` has them."""

    judge: Judge
    network: PhotoNetwork
    finder: FaceDetector | None
    min_face: float
    target: Target | None
    methods: Sequence[Method]

    def explain(self, name: str, photo: NDArray[np.uint8]) -> PhotoExplanation:
        """Explain a photo's faces, RGB uint8 (H, W, 3)."""
        faces = frame_faces(photo, self.judge, self.finder, self.min_face)
        if not faces:
            return PhotoExplanation(name, (), (), self.judge.classes)
        crops = np.stack([face.crop for face in faces])
        target = self._said(crops) if self.target is None else self.target
        attributions = [attribute(self.network, crops, target, method) for method in self.methods]
        return PhotoExplanation(name, tuple(faces), tuple(attributions), self.judge.classes)

    def _said(self, crops: NDArray[np.uint8]) -> Sequence[Target]:
        """What `glassmask check` would say and show of each crop."""
        logits, temperature = self.judge.logits(crops), self.judge.temperature
        if has_answers(self.judge.classes):
            return verdict_targets(logits, temperature)
        return predicted_classes(logits, temperature)


def _explain_each(
    photos: Iterable[str | Path],
    explainer: _Explainer,
    out: Path | None,
    method: str,
    palette: Palette | None,
) -> Iterator[PhotoExplanation]:
    names = FreeNames()
    for path in map(str, photos):
        try:
            photo = read_photo(path)
            explanation = explainer.explain(path, photo)
        except PhotoError as error:
            yield PhotoExplanation(path, (), (), explainer.judge.classes, error)
            continue
        if out is not None and explanation.faces:
            whole = explainer.finder is None
            name = _free_name(names, path, out)
            writer = _Writer(explanation, photo, out, name, palette, on_photo=not whole)
            explanation = _written(explanation, writer.write(method), out)
        yield explanation


def _free_name(names: FreeNames, path: str, folder: Path) -> str:
    """A name for a photo's files, under which no picture of someone else stands."""
    while True:
        name = names.take(path)
        taken = folder.glob(f"{glob.escape(name)}-*.png")
        if all(is_own_drawing(_head(picture)) for picture in taken):
            return name


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _written(explanation: PhotoExplanation, files: Iterator[Path], out: Path) -> PhotoExplanation:
    """The explanation with the files that were written of it, and why the others were not."""
    written, error = [], None
    try:
        for path in files:
            written.append(path)  # noqa: PERF402 what comes before an error counts
    except OSError as problem:
        error = OutputError(f"can't write to {out}: {problem.strerror or problem}")
    return replace(explanation, files=tuple(written), error=error)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes a photo's explanation; nothing of a photo that could not be explained."""

    explanation: PhotoExplanation
    photo: NDArray[np.uint8]
    folder: Path
    name: str
    palette: Palette | None
    on_photo: bool

    def write(self, method: str) -> Iterator[Path]:
        """Write the maps and the sheets of what was asked for, and name the files."""
        attributions = self.explanation.attributions
        for one in attributions:
            if method in (one.method.name, ALL):
                yield from write_maps(
                    self.folder, f"{self.name}-{one.method.name}", self.explanation, one
                )
        yield from self._write_sheets(
            method, attributions, attributions[0 if method == ALL else -1]
        )
        for one in attributions if method == ALL else ():
            yield from self._write_sheets(one.method.name, [one], one)

    def _write_sheets(
        self, kind: str, shown: Sequence[Attribution], leading: Attribution
    ) -> Iterator[Path]:
        faces = self.explanation.faces
        for first in range(0, len(faces), FACES_PER_SHEET):
            picture = draw_sheet(
                self.photo,
                faces,
                shown,
                self.explanation.classes,
                self.palette,
                leading=leading,
                rows=range(first, min(first + FACES_PER_SHEET, len(faces))),
                on_photo=self.on_photo,
            )
            number = f"-{first // FACES_PER_SHEET + 1}" if first else ""
            path = self.folder / f"{self.name}-{kind}{number}.png"
            write_whole(path, encode_png(picture, OWN_MARK))
            yield path


def write_maps(
    folder: Path, stem: str, explanation: PhotoExplanation, attribution: Attribution
) -> list[Path]:
    """Write `STEM.npz` and `STEM.json` of one method's maps of a photo's faces.

    The arrays: `raw` (F, h, w), `at_crop` (F, S, S), `squares` (F, 4) as x, y, side and quarter
    turns, `boxes` (F, 4) as x, y, w, h in photo pixels, and `values`, with `error` and `steps`
    where there are.

    Raises:
        OSError: a file can't be written.
    """
    faces = explanation.faces
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
        {**attribution.manifest(row), "target": target_name(target, explanation.classes)}
        for row, target in enumerate(attribution.targets)
    ]
    contents = {
        folder / f"{stem}.npz": encode_arrays(arrays),
        folder / f"{stem}.json": (json.dumps({"faces": manifests}, indent=2) + "\n").encode(),
    }
    for path, content in contents.items():
        write_whole(path, content)
    return list(contents)
