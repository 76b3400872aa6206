"""What `import glassmask` brings, and what it must not."""

from __future__ import annotations

import subprocess
import sys

import glassmask


def loaded_after(statement: str) -> set[str]:
    script = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_the_public_names() -> None:
    assert all(hasattr(glassmask, name) for name in glassmask.__all__)
    assert glassmask.__all__ == sorted(glassmask.__all__)


def test_importing_is_light() -> None:
    modules = loaded_after("import glassmask")
    heavy = {"torch", "onnxruntime", "openvino", "rich", "typer", "scipy", "skimage"}
    assert not heavy & modules


def test_the_command_line_loads_no_torch() -> None:
    assert "torch" not in loaded_after("import glassmask.cli.app")


def test_drawing_masks_loads_no_torch() -> None:
    assert "torch" not in loaded_after("from glassmask.painter import paint")
