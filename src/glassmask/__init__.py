"""Glassmask: how is a face mask worn, how sure is that, and what in the picture says so.

>>> import glassmask
>>> checker = glassmask.Checker()
>>> for verdict in checker.check("us.jpg"):
...     verdict.face.box, verdict.wear, verdict.uncovered, verdict.unsure
"""

from glassmask.checker import Checker
from glassmask.errors import GlassmaskError, NetworkError, PhotoError
from glassmask.evidence import Evidence
from glassmask.faces.face import Face
from glassmask.labels import CLASSES, Uncovered, Wear
from glassmask.photos import read_photo
from glassmask.verdict import UnsureReason, Verdict
from glassmask.version import __version__

__all__ = [
    "CLASSES",
    "Checker",
    "Evidence",
    "Face",
    "GlassmaskError",
    "NetworkError",
    "PhotoError",
    "Uncovered",
    "UnsureReason",
    "Verdict",
    "Wear",
    "__version__",
    "read_photo",
]
