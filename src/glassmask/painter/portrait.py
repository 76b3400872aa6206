"""The demo portrait: the head of the astronaut Eileen Collins (NASA, public domain)."""

from __future__ import annotations

from importlib import resources
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmask.faces.points import FacePoints
from glassmask.painter.kinds import Look
from glassmask.painter.painter import paint
from glassmask.painter.sheet import Cut
from glassmask.painter.wearing import Wearing

_LEFT, _TOP = 122, 6  # where the head lies in the photo that the points were placed in

# In that photo's pixels, in the order of `glassmask.faces.points`.
# fmt: off
_POINTS: Final = (
    (227.2, 69.3), (240.3, 70.2), (251.4, 72.4), (261.4, 76.7), (267.4, 82.9), (270.8, 90.4),
    (272.4, 98.1), (272.4, 107.7), (271.0, 116.7), (269.6, 125.9), (267.6, 135.8), (264.0, 145.9),
    (259.2, 154.1), (254.0, 160.2), (247.2, 165.9), (241.6, 170.0), (235.8, 173.7),
    (228.9, 176.2), (220.4, 176.7), (212.2, 175.3), (206.0, 172.1), (201.0, 167.8),
    (196.3, 163.1), (190.5, 156.9), (186.2, 150.4), (182.6, 141.8), (180.5, 131.4),
    (179.8, 121.5), (179.7, 112.2), (179.4, 103.2), (180.5, 93.7), (182.8, 86.2), (186.8, 79.1),
    (193.1, 73.6), (203.1, 70.2), (214.1, 69.0), (187.2, 91.1), (191.1, 87.4), (197.4, 85.7),
    (205.7, 86.5), (215.4, 88.2), (236.1, 89.0), (246.1, 88.2), (254.7, 88.3), (261.1, 90.6),
    (264.9, 94.8), (194.0, 101.1), (196.2, 99.5), (202.2, 97.7), (209.5, 100.0), (213.2, 103.8),
    (210.5, 104.2), (203.7, 104.4), (197.4, 103.1), (236.8, 105.1), (240.9, 101.7),
    (248.4, 100.0), (254.3, 102.4), (256.4, 104.3), (252.7, 106.0), (246.2, 106.8),
    (239.5, 105.8), (225.0, 100.4), (224.6, 105.9), (224.1, 111.1), (223.7, 115.8),
    (223.3, 120.8), (222.8, 127.0), (209.7, 124.3), (208.3, 125.3), (210.1, 130.0),
    (217.1, 133.3), (222.7, 134.3), (228.5, 133.9), (236.0, 131.3), (238.6, 126.8),
    (236.9, 125.8), (200.7, 139.2), (202.3, 138.3), (205.5, 138.3), (209.4, 138.5),
    (216.0, 138.9), (222.6, 140.1), (229.5, 139.6), (236.4, 139.8), (240.8, 140.1),
    (244.4, 140.3), (246.1, 141.3), (243.2, 145.3), (239.4, 149.1), (234.5, 152.6),
    (228.6, 154.7), (222.0, 155.2), (215.7, 154.1), (210.5, 151.5), (206.3, 147.6),
    (203.2, 143.4), (203.5, 140.1), (212.5, 140.6), (222.6, 142.2), (233.4, 141.5),
    (243.2, 141.9), (233.2, 148.6), (222.5, 150.0), (212.4, 147.6), (221.7, 159.5),
    (221.4, 163.9), (221.0, 169.5), (220.6, 173.9),
)
# fmt: on

DEMO_LOOK: Final = Look(
    kind="surgical",
    colour=(0.55, 0.74, 0.86),
    accent=(0.93, 0.94, 0.94),
    pattern="plain",
    valve=False,
    head_straps=False,
    cut=Cut(inset=0.05, peak=1.4, arch=2.6, stand_off=0.02),
    slack=0.0,
    under_glasses=True,
    seed=2,
)

DEMO_WEARINGS: Final = MappingProxyType(
    {
        "correct": Wearing("correct", 2.6, 8.2, 3.7, 6.8),
        "nose": Wearing("nose", 5.2, 8.4, 4.6, 7.0),
        "chin": Wearing("chin", 2.4, 7.08, 3.8, 6.3),
        "nose_and_mouth": Wearing("nose_and_mouth", 7.25, 8.4, 5.8, 7.3),
    }
)


def demo_portrait() -> tuple[NDArray[np.uint8], FacePoints]:
    """The head of the demo portrait, RGB uint8 (220, 210, 3), and its points."""
    file = resources.files("glassmask.painter").joinpath("portrait.png")
    with file.open("rb") as stream, Image.open(stream, formats=["PNG"]) as image:
        portrait = np.array(image, np.uint8)
    return portrait, FacePoints(np.array(_POINTS)).moved(-_LEFT, -_TOP)


def demo_photos() -> dict[str, NDArray[np.uint8]]:
    """Class -> the demo portrait worn so, RGB uint8 (220, 210, 3)."""
    portrait, points = demo_portrait()
    worn = {
        way: paint(portrait, points, wearing, DEMO_LOOK).picture
        for way, wearing in DEMO_WEARINGS.items()
    }
    return {"none": portrait, **worn}
