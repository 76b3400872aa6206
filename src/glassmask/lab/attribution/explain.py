"""Explain the faces of photos: one call from photos to maps, pictures and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import MethodError, OutputError, PhotoError
from glassmask.faces.find import FaceDetector
from glassmask.faces.finder import MIN_FACE
from glassmask.files import require_writable
from glassmask.lab.attribution.answers import parse_request, said_targets
from glassmask.lab.attribution.attribute import attribute
from glassmask.lab.attribution.explanation_files import ExplanationFolder
from glassmask.lab.attribution.framed_faces import FramedFace, frame_faces
from glassmask.lab.attribution.method import Method
from glassmask.lab.attribution.pictures import Palette
from glassmask.lab.attribution.registry import (
    ALL,
    make_method,
    method_options,
    methods_for,
    methods_with,
)
from glassmask.lab.attribution.result import Attribution
from glassmask.lab.attribution.targets import Target
from glassmask.lab.judging.judge import Judge
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.lab.tasks.judges import open_explained
from glassmask.photos import read_photo

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
    max_faces: int | None = None,
    layer: str | None = None,
    baselines: Sequence[str] = (),
    palette: Palette | None = None,
) -> Iterator[PhotoExplanation]:
    """Explain every face of each photo, one photo after the other.

    Args:
        photos: paths.
        out: folder of `NAME-METHOD.png`, `.npz` and `.json`; made if it is not there. They replace
            those of an earlier run of the same photo alone; another photo of its name gets
            `NAME-2`. None: nothing is written.
        network: a finished run's folder, a network file, or `shipped`.
        method: one of `METHODS`, or `ALL`.
        target: what to explain: a question or class of the network, `THIS:THAT` for why THIS
            rather than THAT, `not:THIS`; where it answers the questions also `verdict`, and of a
            network of the five classes `question:nose` for what speaks for a yes to one of them.
            None: the verdict where there is one, else the class that the network says.
        whole: each photo shows exactly one face: all of it is explained.
        min_face: faces whose shorter side is less are left out, in photo pixels.
        max_faces: of each photo the largest ones only, so many at most; None: all.
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
        >>> (found,) = explain_photos(["me.jpg"], target="nose")  # is it uncovered: what says yes
        >>> found.attributions[0].maps.shape  # one face
        (1, 10, 10)
    """
    judge, explained = open_explained(str(network))
    explainer = _Explainer(
        judge=judge,
        network=explained,
        finder=None if whole else FaceDetector(),
        min_face=min_face,
        max_faces=max_faces,
        target=None if target is None else parse_request(target, judge.outputs),
        methods=choose_methods(method, explained, layer, baselines),
    )
    if out is None:
        return _explain_each(photos, explainer, None)
    require_writable(out)
    return _explain_each(
        photos, explainer, ExplanationFolder(out, method, palette, on_photo=not whole)
    )


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
    max_faces: int | None
    target: Target | None
    methods: Sequence[Method]

    def explain(self, name: str, photo: NDArray[np.uint8]) -> PhotoExplanation:
        """Explain a photo's faces, RGB uint8 (H, W, 3)."""
        faces = frame_faces(photo, self.judge, self.finder, self.min_face, self.max_faces)
        if not faces:
            return PhotoExplanation(name, (), (), self.judge.outputs)
        crops = np.stack([face.crop for face in faces])
        target = self._said(crops) if self.target is None else self.target
        attributions = [attribute(self.network, crops, target, method) for method in self.methods]
        return PhotoExplanation(name, tuple(faces), tuple(attributions), self.judge.outputs)

    def _said(self, crops: NDArray[np.uint8]) -> Sequence[Target]:
        """What `glassmask check` would say and show of each crop."""
        return said_targets(self.judge, self.judge.scores(crops), self.judge.temperature)


def _explain_each(
    photos: Iterable[str | Path], explainer: _Explainer, folder: ExplanationFolder | None
) -> Iterator[PhotoExplanation]:
    for path in map(str, photos):
        try:
            photo = read_photo(path)
            explanation = explainer.explain(path, photo)
        except PhotoError as error:
            yield PhotoExplanation(path, (), (), explainer.judge.outputs, error)
            continue
        if folder is not None and explanation.faces:
            faces, attributions = explanation.faces, explanation.attributions
            files = folder.write(path, photo, faces, attributions, explanation.classes)
            explanation = _written(explanation, files, folder.path)
        yield explanation


def _written(explanation: PhotoExplanation, files: Iterator[Path], out: Path) -> PhotoExplanation:
    """The explanation with the files that were written of it, and why the others were not."""
    written, error = [], None
    try:
        for path in files:
            written.append(path)  # noqa: PERF402 what comes before an error counts
    except OSError as problem:
        error = OutputError(f"can't write to {out}: {problem.strerror or problem}")
    return replace(explanation, files=tuple(written), error=error)
