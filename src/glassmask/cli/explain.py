"""`glassmask explain`: which part of each face made a network say so, by any method."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glassmask.cli.terminal import INTERRUPTED, complain, need_lab, progress_bar, see_writable, stop
from glassmask.faces.finder import MIN_FACE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from glassmask.faces.find import FaceFinder
    from glassmask.lab.attribution import Method, Target
    from glassmask.lab.attribution.pictures import Palette
    from glassmask.lab.judging.judge import Judge
    from glassmask.lab.networks.photo_network import PhotoNetwork


def explain(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PHOTO…", help="Photos, folders (with all below), or globs."),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the files; made if it is not there.")
    ],
    method: Annotated[
        Literal["evidence", "grad-cam", "integrated-gradients", "gradient", "occlusion", "all"],
        typer.Option(help="all puts every method that the network allows side by side."),
    ] = "evidence",
    target: Annotated[
        str | None,
        typer.Option(
            metavar="CLASS",
            help="The class to explain, or THIS:THAT for why THIS rather than THAT. Default: "
            "what the network says.",
        ),
    ] = None,
    network: Annotated[
        str,
        typer.Option(help="The folder of a finished run, a network file, or 'shipped'."),
    ] = "shipped",
    whole: Annotated[
        bool, typer.Option("--whole", help="Each photo shows exactly one face: explain all of it.")
    ] = False,
    min_face: Annotated[
        float,
        typer.Option(
            min=1, metavar="PX", help="Leave out faces whose shorter side is less, in photo pixels."
        ),
    ] = MIN_FACE,
    layer: Annotated[
        str | None,
        typer.Option(help="Layer for grad-cam, by its name in the network. Default: the last."),
    ] = None,
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            help="Where integrated-gradients begins and what occlusion shows: black, white, blur "
            "or mean. May be repeated for integrated-gradients: the mean of their maps."
        ),
    ] = None,
    palette: Annotated[
        Literal["auto", "inferno", "green"],
        typer.Option(
            help="inferno reads without colour vision too; auto is green for gradients only."
        ),
    ] = "auto",
) -> None:
    """Explain every face of each photo: NAME-METHOD.png, .npz and .json in DIR.

    Exit code 0: all photos were explained; 1: some could not be read or show no face (the others
    are done); 2: the command could not start or write.
    """
    try:
        from glassmask.errors import (
            MethodError,
            NetworkError,
            NetworkNameError,
            RecipeError,
            RunError,
            TargetError,
        )
        from glassmask.faces.find import FaceFinder
        from glassmask.lab.attribution.targets import read_target
        from glassmask.lab.tasks.judges import open_explained
    except ModuleNotFoundError as error:
        need_lab(error)
    from glassmask.cli.inputs import find_inputs
    from glassmask.errors import PhotoError
    from glassmask.output.names import FreeNames
    from glassmask.photos import read_photo

    inputs, names, failed = find_inputs(paths), FreeNames(), 0
    try:
        judge, explained = open_explained(network)
        work = _Work(
            judge=judge,
            network=explained,
            finder=None if whole else FaceFinder(),
            min_face=min_face,
            target=None if target is None else read_target(target, judge.classes),
            methods=_methods(method, explained, layer, tuple(baseline or ())),
            palette=None if palette == "auto" else palette,
            out=out,
        )
        see_writable(out)
        with progress_bar("explaining", len(inputs)) as advance:
            for done, item in enumerate(inputs, 1):
                try:
                    if item.error is not None:
                        raise item.error
                    work.explain(read_photo(item.path), names.of(item.path), together=method)
                except PhotoError as error:
                    complain(f"{item.path}: {error}")
                    failed += 1
                advance(done)
    except (
        NetworkError,
        NetworkNameError,
        RunError,
        RecipeError,
        MethodError,
        TargetError,
    ) as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename or out}: {error.strerror or error}")
    except KeyboardInterrupt:
        stop("stopped; what was done is written", INTERRUPTED)
    if failed:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is done with every photo."""

    judge: Judge
    network: PhotoNetwork
    finder: FaceFinder | None
    min_face: float
    target: Target | None
    methods: Sequence[Method]
    palette: Palette | None
    out: Path

    def explain(self, photo: NDArray[np.uint8], name: str, together: str) -> None:
        """Explain a photo's faces, and write what was found.

        Args:
            photo: RGB uint8 (H, W, 3).
            name: what its files are called.
            together: the method that was asked for; the sheet of it shows all `methods`.

        Raises:
            PhotoError: no face is in it.
        """
        import numpy as np

        from glassmask.errors import PhotoError
        from glassmask.lab.attribution import attribute
        from glassmask.lab.attribution.in_photo import (
            FACES_A_SHEET,
            faces_in,
            picture_of,
            write_maps,
            write_picture,
        )
        from glassmask.lab.judging.judge import said_classes

        seen = faces_in(photo, self.judge, self.finder, self.min_face)
        if not seen:
            raise PhotoError("no face was found; --whole takes the photo as one face")
        crops, classes = np.stack([face.crop for face in seen]), self.judge.classes
        # Unless told otherwise, of what `glassmask check` would say.
        said = said_classes(self.judge.logits(crops), self.judge.temperature)
        target = said if self.target is None else self.target
        found = [attribute(self.network, crops, target, some) for some in self.methods]
        for one in found:
            if together in (one.method.name, "all"):
                write_maps(self.out, f"{name}-{one.method.name}", seen, one, classes)
        sheets = {together: (found, found[0] if together == "all" else found[-1])}
        if together == "all":
            sheets |= {one.method.name: ([one], one) for one in found}
        for kind, (shown, leading) in sheets.items():
            for first in range(0, len(seen), FACES_A_SHEET):
                faces = range(first, min(first + FACES_A_SHEET, len(seen)))
                picture = picture_of(
                    photo,
                    seen,
                    shown,
                    classes,
                    self.palette,
                    leading=leading,
                    shown=faces,
                    on_photo=self.finder is not None,
                )
                number = f"-{first // FACES_A_SHEET + 1}" if first else ""
                write_picture(self.out / f"{name}-{kind}{number}.png", picture)


def _methods(
    name: str, network: PhotoNetwork, layer: str | None, baselines: tuple[str, ...]
) -> list[Method]:
    """The methods of a sheet: Integrated Gradients have the gradient above them.

    Raises:
        MethodError: settings that a method does not have.
    """
    from glassmask.errors import ConversionError, MethodError
    from glassmask.lab.attribution import (
        Evidence,
        GradCAM,
        Gradient,
        IntegratedGradients,
        Occlusion,
    )

    if layer is not None and name not in ("grad-cam", "all"):
        raise MethodError(f"--layer is for grad-cam, not for {name}")
    if baselines and name not in ("integrated-gradients", "occlusion", "all"):
        raise MethodError(f"--baseline is for integrated-gradients and occlusion, not for {name}")
    if len(baselines) > 1 and name in ("occlusion", "all"):
        raise MethodError(
            "occlusion shows one baseline: give one, or --method integrated-gradients"
        )
    path = IntegratedGradients(baselines) if baselines else IntegratedGradients()
    hiding = Occlusion(baselines[0]) if baselines else Occlusion()
    single: dict[str, list[Method]] = {
        "evidence": [Evidence()],
        "grad-cam": [GradCAM(layer)],
        "integrated-gradients": [Gradient(), path],
        "gradient": [Gradient()],
        "occlusion": [hiding],
    }
    if name in single:
        return single[name]
    methods: list[Method] = [GradCAM(layer), Gradient(), path, hiding]
    with suppress(ConversionError):
        network.with_evidence()
        methods.insert(0, Evidence())
    return methods
