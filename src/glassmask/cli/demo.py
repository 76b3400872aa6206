"""`glassmask demo`: the demo portrait, with a mask drawn on it in every way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassmask.cli.terminal import stop
from glassmask.files import replacing


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the pictures.")],
) -> None:
    """Write the demo photos: one portrait, worn in the five ways the network tells apart."""
    from PIL import Image

    from glassmask.painter import demo_photos

    photos = demo_photos()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, photo in photos.items():
            picture = Image.fromarray(photo)
            with replacing(folder / f"{name}.png") as partial:
                picture.save(partial, "PNG")
    except OSError as error:
        stop(f"can't write to {folder}: {error.strerror or error}")
    typer.echo(f"{len(photos)} demo photos in {folder}")
