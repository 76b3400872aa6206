"""Masks drawn on faces. Imports NumPy, OpenCV and Pillow only, never torch."""

from glassmask.lab.masks.portrait import demo_portrait
from glassmask.lab.masks.sketch import FacePoints, sketch_mask

__all__ = ["FacePoints", "demo_portrait", "sketch_mask"]
