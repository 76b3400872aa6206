"""The benchmarks by name."""

from __future__ import annotations

import ast
import importlib
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol, cast

from benchmarks.figures import Figures

BENCHMARKS: Final[Mapping[str, str]] = {
    "baseline": "benchmarks.baseline",
    "accuracy": "benchmarks.accuracy",
    "questions": "benchmarks.questions",
    "limits": "benchmarks.limits",
    "things": "benchmarks.things",
    "search": "benchmarks.recipes",
    "transfer": "benchmarks.recipes",
    "reproduction": "benchmarks.recipes",
    "audits": "benchmarks.audits",
    "finding": "benchmarks.finding",
    "placing": "benchmarks.placing",
    "turning": "benchmarks.turning",
    "steadiness": "benchmarks.steadiness",
    "peers": "benchmarks.peers",
    "leaks": "benchmarks.leaks",
    "exactness": "benchmarks.exactness",
    "speed": "benchmarks.timing.speed",
    "finding_speed": "benchmarks.timing.finding_speed",
    "frame_cost": "benchmarks.timing.frame_cost",
    "explanations": "benchmarks.timing.explanations",
    "training": "benchmarks.timing.training",
    "painting": "benchmarks.timing.painting",
    "website": "benchmarks.timing.website",
    "video": "benchmarks.video.agreement",
    "video_events": "benchmarks.video.events",
    "video_speed": "benchmarks.timing.video_speed",
}
"""Name -> module. A module may measure several; `options.benchmark` says which is asked for."""


class Benchmark(Protocol):
    """What a module offers."""

    def add_options(self, parser: ArgumentParser) -> None:
        """Add the command's own options."""

    def judged(self, options: Namespace) -> Mapping[str, Path]:
        """The files of weights that are judged, by the name under which their hashes are told."""

    def measure(self, options: Namespace) -> Figures:
        """Measure, telling on standard output what is found."""


def open_benchmark(name: str) -> Benchmark:
    """Import a benchmark."""
    return cast(Benchmark, importlib.import_module(BENCHMARKS[name]))


def summary(name: str) -> str:
    """The first line of its module's docstring, read without importing it: torch is slow."""
    file = Path(__file__).parents[1].joinpath(*BENCHMARKS[name].split(".")).with_suffix(".py")
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").splitlines()[0]
