"""Datasets as lists of faces, and the decoded pictures behind them."""

from glassmask.errors import DatasetError
from glassmask.lab.datasets.cache import PictureCache
from glassmask.lab.datasets.folds import fold_numbers
from glassmask.lab.datasets.formats import read_datasets
from glassmask.lab.datasets.reading import Problem, Reading
from glassmask.lab.datasets.records import (
    Answers,
    FaceRecord,
    Reason,
    measurable,
    require_measurable,
)
from glassmask.lab.datasets.traits import Traits, read_traits

__all__ = [
    "Answers",
    "DatasetError",
    "FaceRecord",
    "PictureCache",
    "Problem",
    "Reading",
    "Reason",
    "Traits",
    "fold_numbers",
    "measurable",
    "read_datasets",
    "read_traits",
    "require_measurable",
]
