"""A process of its own for each state of the code that is timed; they take turns."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def open_worker(code: str, source: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process that runs `code` on the package in `source`.

    Args:
        code: says `ready`, then a line for each line that it is given.
        source: folder of the package, `src` of some state.
        arguments: of the code.

    Raises:
        OSError: the code ends, or says something else first.
    """
    # What a user has: no limits of threads from this shell.
    limits = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    environment = {name: value for name, value in os.environ.items() if name not in limits}
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**environment, "PYTHONPATH": str(source)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise OSError(f"the code in {source} can't be timed")
        try:
            yield process
        finally:
            process.stdin.close()


def ask(worker: subprocess.Popen[str]) -> str:
    """What a worker says after one more turn: a line.

    Raises:
        OSError: it has ended.
    """
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write("\n")
    worker.stdin.flush()
    if not (line := worker.stdout.readline()):
        raise OSError("the process that is timed has ended")
    return line
