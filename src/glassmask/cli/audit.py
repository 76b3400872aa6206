"""`glassmask audit`: are a network's explanations true?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from glassmask.cli.options import Datasets, Mending
from glassmask.cli.terminal import INTERRUPTED, complain, need_lab, progress_bar, see_writable, stop


def audit(
    network: Annotated[
        str,
        typer.Argument(help="The folder of a finished run, a network file, or 'shipped'."),
    ],
    data: Datasets,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the report; made if it is not there.")
    ],
    mending: Mending = None,
    split: Annotated[
        str, typer.Option(help="Audit on faces of this split, which the network never saw.")
    ] = "val",
    faces: Annotated[
        int,
        typer.Option(
            min=2, help="How many faces and pairs at most; fewer are quicker and less sure."
        ),
    ] = 150,
    method: Annotated[
        list[str] | None,
        typer.Option(help="Audit this method only; may be repeated. Default: all it allows."),
    ] = None,
    precision: Annotated[
        Literal["f32", "bf16"],
        typer.Option(
            help="Of the gradients of integrated-gradients; bf16 is quicker on CPUs with AMX."
        ),
    ] = "f32",
    gallery: Annotated[
        int, typer.Option(min=0, help="How many best, median and worst pairs to show.")
    ] = 3,
) -> None:
    """Measure every method's explanations: report.html and audit.json.

    --data takes folders of labelled faces, of MaskedFace-Net with its segments, and of painted
    pairs (`glassmask data paint --pairs`), which alone can say whether an explanation points
    right. The report shows faces: treat it as you would the photos.
    """
    try:
        from glassmask.errors import (
            DatasetError,
            MethodError,
            NetworkError,
            NetworkNameError,
            RecipeError,
            RunError,
        )
        from glassmask.lab.audit.audit import audit as measure
        from glassmask.lab.audit.audit import methods_of
        from glassmask.lab.audit.baselines import BASELINES
        from glassmask.lab.audit.material import find_material
        from glassmask.lab.audit.page import write_audit
        from glassmask.lab.audit.sizes import Sizes
        from glassmask.lab.audit.verdicts import in_one_line, verdict_of
        from glassmask.lab.tasks.judges import open_explained
    except ModuleNotFoundError as error:
        need_lab(error)
    try:
        judge, explained = open_explained(network)
        methods = methods_of(explained, method or (), precision)
        material = find_material(data, mending, split)
        if not material:
            stop(f"no faces of split {split!r} in {', '.join(map(str, data))}")
        if not material.pairs:
            complain("no painted pairs among --data: nothing can say whether a map points right")
        see_writable(out)
        sizes = Sizes.of(faces, gallery)
        subjects = material.only(sizes).cut(judge, complain)
        if not (subjects.pairs or subjects.faces or subjects.segmented):
            stop("none of the pictures can be read")
        with progress_bar("auditing", len(methods) + len(BASELINES)) as advance:

            def tell(done: int, name: str) -> None:
                advance(done)
                complain(f"measuring {name}")

            found = measure(judge, explained, subjects, methods, sizes, tell)
        write_audit(found, out, f" of {split}")
    except (
        DatasetError,
        MethodError,
        NetworkError,
        NetworkNameError,
        RecipeError,
        RunError,
    ) as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename or out}: {error.strerror or error}")
    except KeyboardInterrupt:
        stop("stopped", INTERRUPTED)
    for name in found.methods:
        typer.echo(in_one_line(name, verdict_of(found, name)))
    typer.echo(f"the report: {out / 'report.html'}")
