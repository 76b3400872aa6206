"""Lay something over a photo as if it had been there: shadow, soft edge, the camera's marks."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.camera import Camera
from glassmask.painter.frame import Frame
from glassmask.painter.light import Light
from glassmask.painter.regions import Region
from glassmask.painter.sheet import Floats, Window, coverage, rgb


@dataclass(frozen=True, slots=True)
class Layer:
    """What is laid over the photo in a window.

    Attributes:
        window: which part of the photo.
        cover: (h, w) in [0, 1]: how much of each pixel it covers.
        scene: (h, w, 3) RGB, about [0, 255]: how it looks, lit.
        region: what it is: `Region.MASK` or `Region.OBJECT`.
        shadow: how dark its shadow on the face is, in [0, 1].
        lift: how far from the face it is held, over the face's width; 0 lies on it.
    """

    window: Window
    cover: Floats
    scene: Floats
    region: Region
    shadow: float
    lift: float = 0.0


def lay_over(
    photo: NDArray[np.uint8],
    bare: NDArray[np.uint8],
    frame: Frame,
    layer: Layer,
    light: Light,
    camera: Camera,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Lay a layer over a photo, RGB uint8 (H, W, 3), of which `bare` is the region map.

    Returns:
        The picture, RGB uint8 (H, W, 3), and its region map, uint8 (H, W). Outside the layer
        and its shadow every pixel is the photo's own.
    """
    window = layer.window
    own = window.of(photo)
    size = (0, 0)
    cover = np.asarray(cv2.GaussianBlur(layer.cover, size, camera.blur), np.float32)
    cover[cover < 0.02] = 0
    scene = cv2.GaussianBlur(layer.scene, size, camera.blur)
    dark = _shadow(layer, frame, light, cover)
    touched = (cover > 0) | (dark > 0)
    mixed = scene * rgb(cover)
    mixed += own * rgb((1 - dark) * (1 - cover))
    shown = camera.develop(mixed, cover, (window.x0, window.y0), rng)
    done = own.copy()
    cv2.copyTo(shown, touched.view(np.uint8), done)

    picture = photo.copy()
    picture[window.y0 : window.y1, window.x0 : window.x1] = done
    regions = bare.copy()
    here = window.of(regions)
    differs = np.asarray(cv2.absdiff(done, own), np.uint8)
    changed = (differs[..., 0] | differs[..., 1] | differs[..., 2]) > 0
    here[changed & (here != Region.MASK)] = Region.SHADOW  # a mask in shadow is a mask
    here[cover >= 0.5] = layer.region
    return picture, regions


def _shadow(layer: Layer, frame: Frame, light: Light, cover: Floats) -> Floats:
    """The soft shadow that the layer throws on face and neck: (h, w) in [0, 1]."""
    if not layer.shadow:
        return np.zeros_like(cover)
    reach = max(0.022, layer.lift) * frame.width
    shift = np.array(
        [[1, 0, -0.6 * light.towards[0] * reach], [0, 1, 0.7 * reach]], dtype=np.float64
    )
    height, width = cover.shape
    thrown = cv2.warpAffine(cover, shift, (width, height), flags=cv2.INTER_LINEAR)
    thrown = cv2.GaussianBlur(thrown, (0, 0), max(0.8, 0.7 * reach))
    dark = layer.shadow * thrown * (1 - cover) * coverage(layer.window, _body(frame))
    dark[dark < 0.012] = 0
    return np.asarray(dark, np.float32)


def _body(frame: Frame) -> NDArray[np.float64]:
    """Where a shadow can fall: the face and the neck below it, (n, 2) in photo pixels."""
    outline = frame.outline
    right, left = outline[11], outline[25]  # the corners of the jaw
    pull = 0.12 * (right - left) * (1, 0)
    depth = np.array([0.0, frame.heights[9] - right[1]])
    neck = np.array([right - pull + depth, left + pull + depth * (1, 1)])
    return frame.to_photo(np.concatenate([outline[:13], neck, outline[24:]]))
