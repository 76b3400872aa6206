"""Ctrl-C, from a command's first moment on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import indent

import pytest

pytestmark = pytest.mark.heavy

SLEEPS = "import pathlib, time\npathlib.Path(__file__).with_name('begun').touch()\ntime.sleep(60)\n"
TURNS_IT_INTO_ANOTHER = f"""
try:
{indent(SLEEPS, "    ")}
except KeyboardInterrupt as error:
    raise ImportError("the module's own words") from error
"""


@pytest.mark.parametrize(
    ("slow", "text", "words", "message"),
    [
        ("numpy", SLEEPS, ["--help"], "stopped"),  # all commands are being imported
        ("typer", TURNS_IT_INTO_ANOTHER, ["doctor"], "stopped"),  # as extensions do
        ("onnxruntime", SLEEPS, ["check", "photo.png"], "stopped"),  # one is running
        (
            "torch",
            SLEEPS,
            ["explain", "photo.png", "--out", "out"],
            "stopped; what was done is written",
        ),
    ],
)
def test_an_interrupt_while_something_is_imported_is_one_line(
    tmp_path: Path, slow: str, text: str, words: list[str], message: str
) -> None:
    package = tmp_path / "first" / slow
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(text)
    paths = [str(package.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    run = subprocess.Popen(
        [sys.executable, "-m", "glassmask", *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (package / "begun").exists():
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    assert run.communicate(timeout=30) == ("", f"error: {message}\n")
    assert run.returncode == 130
    assert not (tmp_path / "out").exists()
