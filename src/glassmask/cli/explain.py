"""`glassmask explain`: which part of each face made a network say so, by any method."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from glassmask.cli.inputs import find_inputs
from glassmask.cli.lab import lab_command
from glassmask.cli.options import MaxFaces, MinFace
from glassmask.cli.terminal import USAGE, complain, progress_bar, stop
from glassmask.errors import OutputError
from glassmask.faces.finder import MIN_FACE

_NO_FACE = "no face was found; --whole takes the photo as one face"


def explain(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PHOTO", help="Photos, folders (searched recursively) or globs."),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the files; made if it is not there.")
    ],
    method: Annotated[
        str,
        typer.Option(
            help="evidence, grad-cam, integrated-gradients, gradient or occlusion; all puts every "
            "method that the network allows side by side."
        ),
    ] = "evidence",
    target: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            help="What speaks for a yes: mask, nose, mouth or chin, or of another network one of "
            "its classes; THIS:THAT for why THIS rather than THAT, not:THIS, or verdict. Default: "
            "the verdict, as check shows it, or of classes the one that the network says.",
        ),
    ] = None,
    network: Annotated[
        str,
        typer.Option(help="The folder of a finished run, a network file, or 'shipped'."),
    ] = "shipped",
    whole: Annotated[
        bool, typer.Option("--whole", help="Each photo shows exactly one face: explain all of it.")
    ] = False,
    min_face: MinFace = MIN_FACE,
    max_faces: MaxFaces = None,
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
    failed, unwritten = 0, False
    with lab_command(out, interrupted="stopped; what was done is written"):
        from glassmask.lab import explain_photos

        inputs, search = find_inputs(paths)
        if any(item.path == "-" for item in inputs):
            stop("standard input is not read here: give a file")
        for item in inputs:
            if item.error is not None:
                complain(f"{item.path}: {item.error}")
                failed += 1
        explanations = explain_photos(
            [item.path for item in inputs if item.error is None],
            out,
            network=network,
            method=method,
            target=target,
            whole=whole,
            min_face=min_face,
            max_faces=max_faces,
            layer=layer,
            baselines=baseline or (),
            palette=None if palette == "auto" else palette,
        )
        with progress_bar("explaining", len(inputs)) as advance:
            for done, explanation in enumerate(explanations, failed + 1):
                reason = explanation.error or ("" if explanation.faces else _NO_FACE)
                if reason:
                    complain(f"{explanation.photo}: {reason}")
                    unwritten = unwritten or isinstance(reason, OutputError)
                    failed += 1
                advance(done)
        if search.summary is not None:
            complain(search.summary)
    if failed:
        raise typer.Exit(USAGE if unwritten else 1)
