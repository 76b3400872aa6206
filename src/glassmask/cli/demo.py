"""`glassmask demo`: the demo portrait, with a mask drawn on it in every way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassmask.cli.terminal import stop
from glassmask.files import write_whole


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the pictures.")],
) -> None:
    """Write the demo photos: one portrait, with a mask worn in five ways."""
    from glassmask.output.draw import encode_png
    from glassmask.painter import demo_photos

    photos = demo_photos()
    try:
        for name, photo in photos.items():
            _require_demo(folder / f"{name}.png", photo.shape[1::-1])
        for name, photo in photos.items():
            write_whole(folder / f"{name}.png", encode_png(photo))
    except OSError as error:
        stop(f"can't write to {folder}: {error.strerror or error}")
    typer.echo(f"{len(photos)} demo photos in {folder}")


def _require_demo(path: Path, size: tuple[int, ...]) -> None:
    """Refuse to replace a file that is no demo photo: one of another size, or no picture.

    Raises:
        FileExistsError: it is someone else's.
    """
    from PIL import Image, UnidentifiedImageError

    if not path.exists():
        return
    try:
        with Image.open(path, formats=["PNG"]) as image:
            own = image.size == size
    except (UnidentifiedImageError, Image.DecompressionBombError):
        own = False
    if not own:
        raise FileExistsError(17, f"{path.name} there is no demo photo: give another folder")
