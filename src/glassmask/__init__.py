"""Glassmask: how is a face mask worn, how sure is that, and what in the picture says so.

>>> import glassmask
>>> checker = glassmask.Checker()
>>> for verdict in checker.check("us.jpg"):
...     verdict.face.box, verdict.wear, verdict.uncovered, verdict.unsure

Public beside the names here, and only these (those of the lab with the extra `lab`):

    glassmask.errors            every error, in one tree
    glassmask.lab               what the lab's commands do, one function each
    glassmask.lab.attribution   which part of a photo made a network say so
    glassmask.lab.datasets      folders of labelled faces
    glassmask.lab.networks      networks that end in an evidence head
    glassmask.painter           masks painted on faces, with the truth of every pixel
    glassmask.video             films, cameras and streams, with people followed (extra `video`)

All of them are imported when they are first used: `import glassmask` imports nothing heavy.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from glassmask.lazy import import_name
from glassmask.version import __version__

if TYPE_CHECKING:
    from glassmask.checked import Checked, Networks, Problem
    from glassmask.checker import Checker
    from glassmask.errors import GlassmaskError, NetworkError, PhotoError, ProblemKind
    from glassmask.evidence import Evidence
    from glassmask.faces.face import Face
    from glassmask.labels import Part, Question, Wear
    from glassmask.output.annotate import annotate, heat_map
    from glassmask.photos import read_photo
    from glassmask.verdict import Answer, Reply, UnsureReason, Verdict

# ONNX Runtime (Linux wheels from 1.29 on) tells its makers of every process that loads it, and
# writes a file to the temporary folder, unless this is set before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__all__ = [
    "Answer",
    "Checked",
    "Checker",
    "Evidence",
    "Face",
    "GlassmaskError",
    "NetworkError",
    "Networks",
    "Part",
    "PhotoError",
    "Problem",
    "ProblemKind",
    "Question",
    "Reply",
    "UnsureReason",
    "Verdict",
    "Wear",
    "__version__",
    "annotate",
    "heat_map",
    "read_photo",
]

_MODULES: Final = {
    "Answer": "glassmask.verdict",
    "Checked": "glassmask.checked",
    "Checker": "glassmask.checker",
    "Evidence": "glassmask.evidence",
    "Face": "glassmask.faces.face",
    "GlassmaskError": "glassmask.errors",
    "NetworkError": "glassmask.errors",
    "Networks": "glassmask.checked",
    "Part": "glassmask.labels",
    "PhotoError": "glassmask.errors",
    "Problem": "glassmask.checked",
    "ProblemKind": "glassmask.errors",
    "Question": "glassmask.labels",
    "Reply": "glassmask.verdict",
    "UnsureReason": "glassmask.verdict",
    "Verdict": "glassmask.verdict",
    "Wear": "glassmask.labels",
    "annotate": "glassmask.output.annotate",
    "heat_map": "glassmask.output.annotate",
    "read_photo": "glassmask.photos",
}


def __getattr__(name: str) -> Any:
    value = globals()[name] = import_name(__name__, _MODULES, name)
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "errors", "lab", "painter", "video"])
