"""`glassmask site`: the website, for any host or for this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from glassmask.cli.terminal import stop


def site(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="Where to write the website, for any static host."),
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve it on this machine, until you press Ctrl-C.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where to serve; 0 takes a free port.")
    ] = 8000,
) -> None:
    """Write the website, or serve it: check photos in a browser, where they stay."""
    from glassmask.errors import SiteError
    from glassmask.server.static_site import write_site

    if folder is None and not serve:
        stop("say where to write the website, or --serve it: glassmask site DIR")
    try:
        if folder is not None:
            count = write_site(folder)
            typer.echo(f"{count} files in {folder}: put them on any static host (docs/site.md)")
        if serve and folder is not None:
            _serve(folder, port)
        elif serve:
            with tempfile.TemporaryDirectory(prefix="glassmask-") as kept:
                write_site(Path(kept))
                _serve(Path(kept), port)
    except SiteError as error:
        stop(str(error))
    except OSError as error:
        stop(f"can't write to {folder or 'a temporary folder'}: {error.strerror or error}")


def _serve(folder: Path, port: int) -> None:
    from glassmask.server.static_site import make_server

    try:
        server = make_server(folder, port)
    except OSError as error:
        stop(f"can't serve on port {port}: {error.strerror or error}; give another --port")
    with server:
        typer.echo(f"http://localhost:{server.server_port} (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            typer.echo("")
