"""What `import glassmask` offers is what it says that it offers, every name with its text."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import glassmask

SOURCE = Path(glassmask.__file__).parent

LIGHT = {"numpy", "cv2", "PIL"}
"""Of other people's packages, what the checker's class may load; engines wait for a checker."""


def exposed(module: ModuleType) -> list[str]:
    """What a module offers by its own words: all that it names, but for its modules."""
    return sorted(
        name
        for name, value in vars(module).items()
        if (not name.startswith("_") or name == "__version__") and not inspect.ismodule(value)
    )


def public_modules() -> list[str]:
    """Those that the package's docstring lists."""
    return re.findall(r"^ +(glassmask\.[a-z_.]+) {2,}\S", glassmask.__doc__ or "", re.MULTILINE)


def packages_with_exports() -> Iterator[str]:
    for path in SOURCE.rglob("__init__.py"):
        if path.parent != SOURCE and "__all__ = " in path.read_text("utf-8"):
            yield ".".join(("glassmask", *path.parent.relative_to(SOURCE).parts))


def origins() -> dict[str, ModuleType]:
    """Public name -> the module that type checkers and editors take it from."""
    tree = ast.parse((SOURCE / "__init__.py").read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    return {
        alias.asname or alias.name: importlib.import_module(node.module)
        for node in block.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def docstrings(module: ModuleType) -> dict[str, str | None]:
    """Name -> docstring as written, of the classes, functions and constants of a module."""
    texts: dict[str, str | None] = {}
    body = ast.parse(inspect.getsource(module)).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            texts[node.name] = ast.get_docstring(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name):
                told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                texts[target.id] = str(after.value.value) if told else None  # type: ignore[union-attr]
    return texts


def test_all_is_what_the_package_offers() -> None:
    top = [name.partition(".")[2] for name in public_modules() if name.count(".") == 1]
    assert dir(glassmask) == sorted([*glassmask.__all__, *top])
    names: dict[str, object] = {}
    exec("from glassmask import *", names)
    assert sorted(names.keys() - {"__builtins__"}) == sorted(glassmask.__all__)


def test_names_come_from_where_type_checkers_take_them_from() -> None:
    there = origins()
    assert there.keys() == set(glassmask.__all__) - {"__version__"}
    for name, module in there.items():
        assert getattr(glassmask, name) is getattr(module, name)


@pytest.mark.parametrize("name", public_modules())
def test_public_modules_are_there_without_an_import_of_their_own(name: str) -> None:
    script = f"import glassmask\nassert {name}.__name__ == {name!r}"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_what_is_not_there_is_an_attribute_error() -> None:
    for name in ("checkers", "__wrapped__", "_private"):
        with pytest.raises(AttributeError, match=f"module 'glassmask' has no attribute '{name}'"):
            getattr(glassmask, name)


@pytest.mark.parametrize("name", [name for name in glassmask.__all__ if name != "__version__"])
def test_every_name_has_its_text(name: str) -> None:
    assert docstrings(origins()[name])[name]


@pytest.mark.parametrize(
    "name", [n for n in glassmask.__all__ if dataclasses.is_dataclass(getattr(glassmask, n))]
)
def test_every_field_of_a_result_has_its_text(name: str) -> None:
    result = getattr(glassmask, name)
    attributes = (result.__doc__ or "").partition("Attributes:")[2]
    fields = [field.name for field in dataclasses.fields(result)]
    assert [field for field in fields if not re.search(rf"\b{field}\b.*:", attributes)] == []


def test_the_public_modules_are_listed() -> None:
    listed = public_modules()
    assert listed == sorted(listed)
    assert set(packages_with_exports()) <= set(listed)


@pytest.mark.parametrize("name", public_modules())
def test_public_modules_offer_what_they_say(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    if "__getattr__" in vars(module):  # imports what is asked for, when it is
        assert module.__all__
        assert [name for name in module.__all__ if not hasattr(module, name)] == []
    elif hasattr(module, "__all__"):
        assert sorted(module.__all__) == exposed(module)
    else:
        texts = docstrings(module)
        assert [name for name, text in texts.items() if not name.startswith("_") and not text] == []


def loaded_after(statement: str) -> dict[str, str]:
    """Module -> its file ("" for one that has none), of all that a statement loads."""
    script = f"{statement}\nimport sys\nfor name, module in list(sys.modules.items()):"
    script += "\n    print(name, getattr(module, '__file__', '') or '', sep='\\t')"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return dict(line.split("\t") for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import glassmask", set()),
        ("import glassmask.video", set()),  # PyAV waits until a source is opened
        ("from glassmask import Checker", LIGHT),
    ],
)
def test_importing_is_light(statement: str, allowed: set[str]) -> None:
    installed = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    bare, loaded = loaded_after("pass"), loaded_after(statement)
    others = {
        name.partition(".")[0]
        for name in loaded.keys() - bare.keys()
        if any(loaded[name].startswith(folder) for folder in installed)
        and not loaded[name].startswith(str(SOURCE))
    }
    assert others == allowed
    assert "glassmask" in loaded
    assert not [name for name in loaded if re.match(r"glassmask\.(lab|cli|server)\b", name)]


@pytest.mark.parametrize(
    "name", ["cli.app", "painter", "output", "server", "faces", "networks", "video.loop"]
)
def test_the_runtime_loads_no_torch(name: str) -> None:
    heavy = {"torch", "torchvision", "onnxruntime", "openvino", "scipy", "sklearn", "matplotlib"}
    loaded = loaded_after(f"import glassmask.{name}")
    assert f"glassmask.{name}" in loaded
    assert not heavy & loaded.keys()


def test_onnx_runtime_tells_nobody_and_leaves_no_file(tmp_path: Path) -> None:
    """Without what `glassmask` sets, it writes a file to the temporary folder when it is loaded."""
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    command = [sys.executable, "-c", "import glassmask, onnxruntime; glassmask.Checker()"]
    subprocess.run(command, env={**environment, "TMPDIR": str(tmp_path)}, check=True)
    assert list(tmp_path.iterdir()) == []
