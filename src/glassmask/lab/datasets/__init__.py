"""Datasets as tables of faces, and the decoded pictures behind them."""

from glassmask.lab.datasets.cache import PictureCache
from glassmask.lab.datasets.folds import fold_numbers
from glassmask.lab.datasets.records import FaceRecord
from glassmask.lab.datasets.tables import read_tables

__all__ = ["FaceRecord", "PictureCache", "fold_numbers", "read_tables"]
