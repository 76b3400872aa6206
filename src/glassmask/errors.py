"""Every error that Glassmask raises on purpose. Catch `GlassmaskError` for all of them.

    GlassmaskError
    ├── PhotoError          a photo can't be used
    ├── NetworkError        a network file, or what runs it
    ├── SiteError           the website can't be written
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
        ├── NetworkNameError    no network of this name
        ├── ConversionError     no evidence head in a network
        ├── FoldingError        a network that folding would change
        ├── MethodError         an attribution method
        └── TargetError         a target that the logits do not have

A message is one line: what is wrong, with which input, and what to do. Errors of the caller's own
code (a wrong dtype or shape) are Python's `ValueError` and `TypeError`.
"""

from __future__ import annotations


class GlassmaskError(Exception):
    """The base of all errors that Glassmask raises on purpose."""


class PhotoError(GlassmaskError, ValueError):
    """A photo can't be used."""


class NetworkError(GlassmaskError, RuntimeError):
    """A network can't be used: its file, its manifest, its engine or its values."""


class SiteError(GlassmaskError, RuntimeError):
    """The website can't be written."""


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
    """No network of this name, or no pretrained weights of it."""


class ConversionError(LabError):
    """A network without an evidence head in it."""


class FoldingError(LabError):
    """A network that folding would change."""


class MethodError(LabError):
    """An attribution method that can't be used on this network."""


class TargetError(LabError):
    """A target that the network's logits do not have."""
