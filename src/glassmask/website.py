"""The website's files: those that were built into this package, with its networks beside them."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import sys
from collections.abc import Mapping
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, Final

NETWORKS: Final = ("finder", "landmarks", "wear")

HEADERS: Final = {
    # The first two let the networks use several threads.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
"""What `serve` says with every file, and what a host may say too."""

_MARKS: Final = ("index.html", "sw.js")  # a folder that holds both holds an earlier site


class SiteError(RuntimeError):
    """The website can't be written; the message is one line: why, and what to do."""


def write_site(folder: Path) -> int:
    """Write the website into a folder, for any host of static files.

    The folder is made, or replaced where it holds an earlier site; never half of it.

    Args:
        folder: where to; its parent exists or is made.

    Returns:
        How many files it has.

    Raises:
        SiteError: the site is not built into this package, or the folder holds something else.
        OSError: it can't be written.
    """
    package = Path(str(resources.files("glassmask")))
    built = package / "site"
    if not all((built / name).is_file() for name in _MARKS):
        raise SiteError("the website is not built: run `make site` in the source folder")
    if folder.exists() and (
        not folder.is_dir() or (any(folder.iterdir()) and not _is_site(folder))
    ):
        raise SiteError(f"{folder}: holds something else than the website; give an empty folder")
    folder = Path(os.path.realpath(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = (
        folder.with_name(f".{folder.name}.{os.getpid()}.{kind}") for kind in ("new", "old")
    )
    try:
        shutil.copytree(built, fresh)
        (fresh / "networks").mkdir(exist_ok=True)
        for name in NETWORKS:
            manifest = json.loads((package / "weights" / f"{name}.json").read_text("utf-8"))
            target = fresh / "networks" / f"{name}-{manifest['sha256'][:12]}.onnx"
            shutil.copyfile(package / "weights" / f"{name}.onnx", target)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except shutil.Error as error:  # of many files, each with its reason
        raise OSError(0, str(error.args[0][0][-1])) from error
    finally:
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)
    return sum(path.is_file() for path in folder.rglob("*"))


def server_of(
    folder: Path, port: int, headers: Mapping[str, str] = HEADERS
) -> http.server.ThreadingHTTPServer:
    """A server of a folder for this machine alone; call `serve_forever` on it.

    Args:
        folder: holds the website.
        port: 0 takes a free one.
        headers: said with every file; without the first two the networks use one thread.

    Raises:
        OSError: the port is taken or not allowed.
    """
    return _Server(("127.0.0.1", port), partial(_Handler, headers, directory=str(folder)))


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that hung up; of all else, what the base class says."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 - as the base class has it
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".onnx": "application/octet-stream",
        ".webp": "image/webp",
    }

    def __init__(self, headers: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        self._said = headers
        super().__init__(*args, **kwargs)

    def end_headers(self) -> None:
        for name, value in self._said.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a page asks for dozens of files."""


def _is_site(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _MARKS)
