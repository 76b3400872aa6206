"""What the system tells of its CPU."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

CPU_INFO: Final = Path("/proc/cpuinfo")


def read_cpu() -> tuple[str | None, frozenset[str]]:
    """The model of the first CPU and the kernel's names for its features.

    Returns:
        None and no names, as far as the system does not tell.
    """
    told: dict[str, str] = {}
    with contextlib.suppress(OSError):  # a system without this file
        for line in CPU_INFO.read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            told.setdefault(name.strip(), value.strip())
    flags = told.get("flags") or told.get("Features") or ""
    return told.get("model name"), frozenset(flags.split())
