"""Every error that Glassmask raises on purpose. Catch `GlassmaskError` for all of them.

    GlassmaskError
    ├── PhotoError          a photo can't be used
    ├── NetworkError        a network file, or what runs it
    ├── SiteError           the website can't be written
    ├── OutputError         a result can't be written
    ├── VideoError          a film, camera or stream
    ├── PaintError          a face can't be painted
    └── LabError            training, judging, explaining
        ├── DatasetError        a folder of data
        │   └── MeshError           its landmarks
        ├── SplitError          splits that can't be made
        ├── PaintingError       a set that can't be painted
        ├── RecipeError         a recipe
        │   └── SamplingError       what it draws is not in the data
        ├── RunError            a run's folder
        ├── TensorFileError     a file of tensors
        ├── TrainingError       a training that can't go on
        ├── ExportError         an ONNX file that computes something else
        ├── NetworkNameError    no such network, by name or settings
        ├── ConversionError     no evidence head in a network
        ├── FoldingError        a network that folding would change
        ├── MethodError         an attribution method
        └── TargetError         a target that the logits do not have

A message is one line: what is wrong, with which input, and what to do. Errors of the caller's own
code (a wrong dtype or shape) are Python's `ValueError` and `TypeError`.
"""

from __future__ import annotations

from enum import StrEnum


class GlassmaskError(Exception):
    """The base of all errors that Glassmask raises on purpose."""


class ProblemKind(StrEnum):
    """Why a photo could not be checked, for programs: `Problem.kind`, and `error_kind` in JSON."""

    MISSING = "missing"  # no such file, or nothing there that matches
    UNREADABLE = "unreadable"  # a folder, a pipe, no permission, a failing disk
    UNSUPPORTED = "unsupported"  # no format, type or range of values that can be read
    BROKEN = "broken"  # empty, cut off or damaged
    TOO_LARGE = "too_large"  # over the limit of pixels, or of memory
    TOO_SMALL = "too_small"  # too few pixels to show a face


class PhotoError(GlassmaskError, ValueError):
    """A photo can't be used.

    Attributes:
        kind: why, for programs.
    """

    def __init__(self, line: str, kind: ProblemKind = ProblemKind.UNREADABLE) -> None:
        """Say what is wrong, in one line, and of which kind that is."""
        super().__init__(line, kind)
        self.kind = kind

    def __str__(self) -> str:
        return str(self.args[0])


class NetworkError(GlassmaskError, RuntimeError):
    """A network can't be used: its file, its manifest, its engine or its values."""


class SiteError(GlassmaskError, RuntimeError):
    """The website can't be written."""


class OutputError(GlassmaskError, RuntimeError):
    """A result can't be written."""


class VideoError(GlassmaskError, RuntimeError):
    """A film, camera or stream can't be opened, or can't go on."""


class PaintError(GlassmaskError, ValueError):
    """A face that can't be painted as asked."""


class LabError(GlassmaskError, ValueError):
    """The base of the lab's errors."""


class DatasetError(LabError):
    """A folder that holds no dataset that can be read."""


class MeshError(DatasetError):
    """A folder of faces with landmarks that is not as it must be."""


class SplitError(LabError):
    """Faces that can't be split as asked."""


class PaintingError(LabError):
    """A set of faces that can't be painted as asked."""


class RecipeError(LabError):
    """A recipe that can't be used; the message names the file and the key."""


class SamplingError(RecipeError):
    """The data do not hold what the recipe wants to draw."""


class RunError(LabError):
    """A run's folder that can't be used."""


class TensorFileError(LabError):
    """A file of tensors that can't be used."""


class TrainingError(LabError):
    """A training that can't go on; the message names the step."""


class ExportError(LabError):
    """An ONNX file that does not compute what the network does."""


class NetworkNameError(LabError):
    """No such network: its name, its pretrained weights, or a setting that it can't have."""


class ConversionError(LabError):
    """A network without an evidence head in it."""


class FoldingError(LabError):
    """A network that folding would change."""


class MethodError(LabError):
    """An attribution method that can't be used on this network."""


class TargetError(LabError):
    """A target that the network's logits do not have."""
