"""Glassmask: how is a face mask worn, how sure is that, and what in the picture says so.

>>> import glassmask
>>> checker = glassmask.Checker()
>>> for verdict in checker.check("us.jpg"):
...     verdict.face.box, verdict.wear, verdict.uncovered, verdict.unsure
"""

from glassmask.checked import Checked, Networks, Problem
from glassmask.checker import Checker
from glassmask.errors import GlassmaskError, NetworkError, PhotoError, ProblemKind
from glassmask.evidence import Evidence
from glassmask.faces.face import Face
from glassmask.labels import Part, Question, Wear
from glassmask.output.annotate import annotate, heat_map
from glassmask.photos import read_photo
from glassmask.verdict import Answer, Reply, UnsureReason, Verdict
from glassmask.version import __version__

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
