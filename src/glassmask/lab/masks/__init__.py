"""The painter: masks painted on faces. Imports NumPy, OpenCV and Pillow only, never torch."""

from glassmask.lab.masks.kinds import Look, draw_look
from glassmask.lab.masks.painter import Painted, PaintError, paint, paint_object
from glassmask.lab.masks.pairs import Pair, paint_pair
from glassmask.lab.masks.portrait import demo_photos, demo_portrait
from glassmask.lab.masks.regions import Region
from glassmask.lab.masks.wearing import Wearing, draw_wearing

__all__ = [
    "Look",
    "PaintError",
    "Painted",
    "Pair",
    "Region",
    "Wearing",
    "demo_photos",
    "demo_portrait",
    "draw_look",
    "draw_wearing",
    "paint",
    "paint_object",
    "paint_pair",
]
