"""The painter: masks painted on faces. Imports NumPy, OpenCV and Pillow only, never torch."""

from glassmask.errors import PaintError
from glassmask.painter.kinds import Look, draw_look
from glassmask.painter.painter import paint, paint_object
from glassmask.painter.pairs import Pair, paint_pair
from glassmask.painter.portrait import demo_photos, demo_portrait
from glassmask.painter.regions import Region
from glassmask.painter.truth import Painted
from glassmask.painter.wearing import Wearing, draw_wearing

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
