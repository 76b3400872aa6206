"""Whether explanations are true: the figures of several audits, out of what `audit` wrote.

    python -m benchmarks audits shipped=AUDIT 'shipped, blue=AUDIT' resnet50=AUDIT ...

Each AUDIT is an `audit.json`, or a folder that holds one (`make audit`). The tables of
docs/audit.md want `shipped`, `resnet50` and `inception_resnet_v1`, each plain and `, blue` (on
masks in MaskedFace-Net's style), and `shipped, val`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Figures
from benchmarks.frame import shipped_weights
from glassmask.errors import LabError

REGIONS: Final = (
    "forehead",
    "eyes",
    "nose",
    "mouth",
    "chin",
    "cheeks",
    "neck",
    "background",
    "border",
)
SEGMENTS: Final = ("background", "face", "mask")
WEARS: Final = ("correct", "incorrect", "none")
COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "area": ("localisation, after", "area"),
    "hit": ("localisation, after", "hit"),
    "hit, nose": ("localisation, after", "hit, nose"),
    "hit, chin": ("localisation, after", "hit, chin"),
    "hit, nose_and_mouth": ("localisation, after", "hit, nose_and_mouth"),
    "mass": ("localisation, after", "mass"),
    "stays": ("locality, mean", "stays"),
    "goes": ("locality, mean", "goes"),
    "stays, blur": ("locality, blur", "stays"),
    "goes, blur": ("locality, blur", "goes"),
    "road": ("faithfulness, mean", "road"),
    "deletion": ("faithfulness, mean", "deletion"),
    "insertion": ("faithfulness, mean", "insertion"),
    "like head": ("sanity", "head"),
    "like all": ("sanity", "all"),
    "sum off": ("completeness", "relative"),
    "shift": ("stability", "shift"),
    "noise": ("stability", "noise"),
    "jpeg": ("stability", "JPEG"),
    **{f"segment {name}": ("parts, MaskedFace-Net", name) for name in SEGMENTS},
    **{f"region {name}": ("regions, all", name) for name in REGIONS},
    **{f"background {wear}": (f"regions, {wear}", "background") for wear in WEARS},
}
"""Column -> the audit's test, and its column."""
CHECKS: Final = ("faithful", "learnt", "complete", "stable")
METHOD: Final = "evidence"
"""The method whose verdict is told."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The audits by their names."""
    parser.add_argument("audits", nargs="+", metavar="NAME=AUDIT", help="audits by their names")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The shipped wear network; audits of runs name theirs by hash themselves."""
    return shipped_weights("wear")


def measure(options: argparse.Namespace) -> Figures:
    """Gather the figures.

    Raises:
        LabError: what is given is no audit.
    """
    found: dict[str, Figures] = {}
    for argument in options.audits:
        name, equals, path = argument.partition("=")
        if not equals:
            raise LabError(f"{argument}: give audits as NAME=AUDIT")
        found[name] = read_audit(Path(path))
        print(f"{name}: {found[name]}", flush=True)
    return found


def read_audit(path: Path) -> Figures:
    """The figures of one audit, by map and column.

    Raises:
        LabError: there is none, or not one of this version.
    """
    file = path / "audit.json" if path.is_dir() else path
    try:
        audit = json.loads(file.read_text(encoding="utf-8"))
        tables: Mapping[str, Mapping[str, Mapping[str, Any]]] = audit["tables"]
        maps = {
            name: {
                column: tables[test][name][key]
                for column, (test, key) in COLUMNS.items()
                if key in tables.get(test, {}).get(name, {})
            }
            for name in dict.fromkeys(name for rows in tables.values() for name in rows)
        }
        pairs, count = audit["rightly"], audit["rightly"]["count"]
        return {
            "network": audit["network"],
            "pairs": {**pairs, "hits": round((pairs["value"] or 0) * count)},
            "area": maps["random"].get("area", {}).get("value"),
            "background": audit["areas"].get("background"),
            "verdict": {check: audit["verdicts"][METHOD].get(check) for check in CHECKS},
            "maps": maps,
        }
    except OSError as error:
        raise LabError(f"{file}: no audit can be read there ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise LabError(f"{file}: no audit of this version: {error!r}") from error
