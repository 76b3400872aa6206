"""`glassmask doctor`: what a bug report should say about this installation."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from glassmask.cli.cpu import read_cpu

if TYPE_CHECKING:  # a broken NumPy must not be the end of the doctor
    from glassmask.networks.engines import Engine

_FEATURES: Final = {
    "avx2": {"avx2"},
    "avx512": {"avx512f"},
    "amx": {"amx_tile"},
    "bf16": {"avx512_bf16", "amx_bf16", "bf16"},
}
"""What matters for speed -> the kernel's names for it, any of which suffices."""

_ENGINES: Final[Mapping[Engine, str]] = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}

_REQUIREMENT: Final = re.compile(r"([A-Za-z0-9._-]+).*?(?:;.*extra\s*==\s*['\"](\w+)['\"].*)?")

_NOT_KNOWN: Final = "not known"


def doctor() -> None:
    """Say what is installed, what the CPU can do, and whether each network opens: for bug reports.

    It names no host, no user and no file outside the package. Exit code 1: a network does not open.
    """
    from glassmask.version import __version__

    typer.echo(f"glassmask {__version__}")
    _print("system", {**_system(), **_cpu()})
    _print("engines", {_ENGINES[name]: _version(name, extra=name) for name in _ENGINES})
    _print("packages", _packages())
    networks = dict(_networks())
    _print("networks", {name: line for name, (_, line) in networks.items()})
    _print("website", {"site": _site()})
    if not all(opens for opens, _ in networks.values()):
        raise typer.Exit(1)


def _print(title: str, lines: Mapping[str, str]) -> None:
    from glassmask.output.names import printable

    width = max(map(len, lines))
    typer.echo(f"\n{title}")
    for name, line in lines.items():
        typer.echo(f"  {name:<{width}}  {printable(_without_paths(line))}")


def _without_paths(line: str) -> str:
    """A line without the folders that this package and this person's files lie in."""
    package = str(resources.files("glassmask"))
    for folder, name in ((package, "glassmask"), (str(Path.home()), "~")):
        line = line.replace(folder, name) if len(folder) > 1 else line
    return line


def _system() -> dict[str, str]:
    python = f"{platform.python_version()} ({platform.python_implementation()})"
    machine = f"{platform.system()} {platform.release()} ({platform.machine()})"
    return {"Python": python, "platform": machine}


def _cpu() -> dict[str, str]:
    """The CPU's model, number and features, as far as the system tells them."""
    model, flags = read_cpu()
    features = ", ".join(
        name if names & flags else f"no {name}" for name, names in _FEATURES.items()
    )
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    cores = f"{os.cpu_count() or _NOT_KNOWN}"
    return {
        "CPU": model or platform.processor() or _NOT_KNOWN,
        "cores": cores if usable is None else f"{cores}, {usable} of them for this process",
        "features": features if flags else _NOT_KNOWN,
    }


def _version(package: str, *, extra: str = "") -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        what = f"glassmask[{extra}]" if extra in _requirements() else "glassmask"
        return f"not installed: pip install '{what}'"


def _requirements() -> dict[str, list[str]]:
    """The packages that this one needs, by extra; "" is for those that it always needs."""
    try:
        lines = metadata.requires("glassmask") or []
    except metadata.PackageNotFoundError:  # run from its source
        return {}
    by_extra: dict[str, list[str]] = {}
    for line in lines:
        if found := _REQUIREMENT.fullmatch(line):
            by_extra.setdefault(found[2] or "", []).append(found[1])
    return by_extra


def _packages() -> dict[str, str]:
    """The versions of what each extra needs, or what is missing."""
    requirements = _requirements()
    if not requirements:
        return {"glassmask": "not installed as a package: run from its source"}
    lines = {}
    for extra, names in requirements.items():
        if extra != "test":  # for those who change Glassmask, not for those who use it
            lines[f"[{extra}]" if extra else "required"] = _installed(names, extra)
    return lines


def _installed(names: list[str], extra: str) -> str:
    versions, missing = [], []
    for name in names:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if not missing:
        return ", ".join(versions)
    what = f"glassmask[{extra}]" if extra else "glassmask"
    lack = "not installed" if not versions else f"{', '.join(missing)} missing"
    return f"{lack}: pip install '{what}'"


def _networks() -> Iterator[tuple[str, tuple[bool, str]]]:
    """Each shipped network in each engine that it runs in: whether it opens, and a line."""
    for name in ("finder", "landmarks"):
        yield f"{name}, {_ENGINES['onnxruntime']}", _try(partial(_open, name, "onnxruntime"))
    for engine, title in _ENGINES.items():
        if engine == "onnxruntime" or not _version(engine).startswith("not installed"):
            yield f"wear, {title}", _try(partial(_open, "wear", engine))


def _try(opened: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, f"{opened()} opens"
    except Exception as error:  # a doctor reports whatever is wrong, a broken package too
        return False, f"error: {' '.join(str(error).split()) or type(error).__name__}"


def _open(name: str, engine: Engine) -> str:
    """Open a shipped network, which tries it once, and give its name, version and hash."""
    from glassmask.faces.finder import Finder
    from glassmask.faces.landmarks import Landmarker
    from glassmask.networks.wear import Network

    if name == "finder":
        return str(Finder().manifest)
    if name == "landmarks":
        return str(Landmarker().manifest)
    return str(Network(engine=engine).manifest)


def _site() -> str:
    from glassmask.server.static_site import is_built

    return "built in" if is_built() else "not built in: run `make site` in the source folder"
