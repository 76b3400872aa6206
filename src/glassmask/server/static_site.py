"""The website's files: those that were built into this package, with its networks beside them."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, Final

from glassmask.errors import SiteError
from glassmask.files import partial_name

NETWORKS: Final = ("finder", "landmarks", "wear")

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
"""What `serve` says with every file, beside the policy of its pages."""

_MARKS: Final = ("index.html", "sw.js")  # of a site that was built whole

_POLICY: Final = re.compile(r'"Content-Security-Policy" content="([^"]+)"')


def is_built() -> bool:
    """Whether the website is built into this package."""
    built = Path(str(resources.files("glassmask"))) / "site"
    return all((built / name).is_file() for name in _MARKS)


def write_site(folder: Path) -> int:
    """Write the website into a folder, for any host of static files.

    The folder is made, or its files replaced where it holds an earlier site and nothing besides.

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
    if not is_built():
        raise SiteError("the website is not built: run `make site` in the source folder")
    if folder.exists() and not _is_free(folder, {path.name for path in built.iterdir()}):
        raise SiteError(f"{folder}: holds something else than the website; give an empty folder")
    folder = Path(os.path.realpath(folder))
    # Beside the folder, or in it where it exists: it may be where a shell stands, or a disk.
    near = folder if folder.exists() else folder.parent
    near.mkdir(parents=True, exist_ok=True)
    fresh, old = (near / partial_name(f"glassmask-{kind}") for kind in ("new", "old"))
    try:
        shutil.copytree(built, fresh)
        (fresh / "networks").mkdir(exist_ok=True)
        for name in NETWORKS:
            manifest = json.loads((package / "weights" / f"{name}.json").read_text("utf-8"))
            target = fresh / "networks" / f"{name}-{manifest['sha256'][:12]}.onnx"
            shutil.copyfile(package / "weights" / f"{name}.onnx", target)
        if near is folder:
            _swap(folder, fresh, old)
        else:
            fresh.rename(folder)
    except shutil.Error as error:  # of many files, each with its reason
        raise OSError(0, str(error.args[0][0][-1])) from error
    finally:
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)
    return sum(path.is_file() for path in folder.rglob("*"))


def _swap(folder: Path, fresh: Path, old: Path) -> None:
    """Put what is in `fresh` into the folder, for all that is in it."""
    old.mkdir()
    for path in list(folder.iterdir()):
        if path not in (fresh, old):
            path.rename(old / path.name)
    for path in list(fresh.iterdir()):
        path.rename(folder / path.name)


def _is_free(folder: Path, own: set[str]) -> bool:
    """Whether a folder is empty, or holds an earlier site and nothing besides."""
    if not folder.is_dir():
        return False
    names = {path.name for path in folder.iterdir()}
    if not names:
        return True
    worker = folder / "sw.js"
    return (
        names <= own | {"networks"}
        and worker.is_file()
        and "glassmask" in worker.read_text("utf-8", errors="replace")
    )


def make_server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """A server of a folder for this machine alone; call `serve_forever` on it.

    Args:
        folder: holds the website.
        port: 0 takes a free one.

    Raises:
        OSError: the port is taken or not allowed, or the folder holds no site.
    """
    policy = _POLICY.search((folder / _MARKS[0]).read_text("utf-8"))
    headers = {**HEADERS, **({"Content-Security-Policy": policy[1]} if policy else {})}
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
        self._said = headers  # first: the base class answers while it is made
        super().__init__(*args, **kwargs)

    def end_headers(self) -> None:
        for name, value in self._said.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a page asks for dozens of files."""
