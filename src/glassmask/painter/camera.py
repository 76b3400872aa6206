"""The camera that took a photo: how sharp, noisy and compressed it is; and the same for paint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.rank import rank
from glassmask.painter.sheet import Floats, rgb

_ONE_HUE: Final = 5.0
"""How far, in steps of 255, the channels of a photo of one hue are from lines over its luma."""


@dataclass(frozen=True, slots=True)
class Camera:
    """What a camera does to what it sees.

    Attributes:
        blur: spread of a point, in pixels (standard deviation).
        noise: standard deviation of the noise, in steps of 255.
        quality: JPEG quality that gives as many block edges as the photo shows; None for none.
        tint: (3, 2) float32, if the photo has but one hue (grey, sepia): channel = a * luma + b.
    """

    blur: float
    noise: float
    quality: int | None
    tint: Floats | None

    def develop(
        self,
        scene: Floats,
        new: Floats,
        window_start: tuple[int, int],
        rng: np.random.Generator,
    ) -> NDArray[np.uint8]:
        """A scene as this camera would show it.

        Args:
            scene: (h, w, 3) RGB, about [0, 255].
            new: (h, w) in [0, 1], how much of each pixel is not from the photo yet: the rest
                has the camera's noise already.
            window_start: x and y of the scene in the photo: JPEG's blocks keep their grid.
            rng: the source of the noise.

        Returns:
            RGB uint8 (h, w, 3).
        """
        if self.tint is not None:
            luma = scene @ np.array([0.299, 0.587, 0.114], np.float32)
            scene = rgb(luma) * self.tint[:, 0] + self.tint[:, 1]
        if self.noise > 0.2:
            grain = rng.standard_normal(scene.shape[:2], np.float32)
            grain = cv2.GaussianBlur(grain, (3, 3), 0.6) * new
            scene = np.asarray(cv2.scaleAdd(rgb(grain), 1.4 * self.noise, scene), np.float32)
        # Rounds and saturates in one pass.
        bytes_ = cv2.addWeighted(scene, 1.0, scene, 0.0, 0.0, dtype=cv2.CV_8U)
        picture = np.asarray(bytes_, np.uint8)
        if self.quality is None:
            return picture
        x, y = window_start[0] % 8, window_start[1] % 8
        padded = cv2.copyMakeBorder(picture, y, 0, x, 0, cv2.BORDER_REPLICATE)
        options = [cv2.IMWRITE_JPEG_QUALITY, self.quality]
        packed = cv2.imencode(".jpg", padded[..., ::-1], options)[1]
        unpacked = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        opened: NDArray[np.uint8] = np.asarray(unpacked, np.uint8)[y:, x:, ::-1]
        return opened


SCREEN: Final = Camera(blur=0.4, noise=0.0, quality=None, tint=None)
"""No camera at all: what a drawing program puts on a photo."""


def read_camera(photo: NDArray[np.uint8]) -> Camera:
    """Read the camera from a part of its photo that shows the face: RGB uint8 (h, w, 3)."""
    grey = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.uint8)
    luma = grey.astype(np.float32)
    return Camera(
        blur=_blur(luma, grey),
        noise=_noise(luma),
        quality=_quality(luma),
        tint=_tint(photo[::3, ::3].reshape(-1, 3).astype(np.float32)),
    )


def _tint(pixels: Floats) -> Floats | None:
    """The one hue of RGB pixels (n, 3), as a line of each channel over luma; None for several."""
    luma = pixels @ np.array([0.299, 0.587, 0.114], np.float32)
    spread = float(((luma - luma.mean()) ** 2).mean())
    if spread < 1:
        return None  # nothing to read it from
    slopes = ((luma - luma.mean())[:, None] * pixels).mean(axis=0) / spread  # (3,)
    offsets = pixels.mean(axis=0) - slopes * luma.mean()
    rest = np.abs(pixels - luma[:, None] * slopes - offsets)
    if rank(rest, 0.95) > _ONE_HUE:
        return None
    return np.stack([slopes, offsets], axis=1).astype(np.float32)


def _blur(luma: Floats, grey: NDArray[np.uint8]) -> float:
    """From the sharpest edges: a step blurred by sigma rises at range / (sigma sqrt(2 pi))."""
    dx = cv2.Sobel(luma, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    dy = cv2.Sobel(luma, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    slope = cv2.magnitude(dx, dy)
    limit = rank(slope[::2, ::2], 0.97)
    if limit < 2:
        return 1.0  # nothing to read it from
    box = np.ones((7, 7), np.uint8)
    reach = cv2.subtract(cv2.dilate(grey, box), cv2.erode(grey, box))
    strong = slope >= limit
    sigma = rank(reach[strong] / slope[strong], 0.25) / np.sqrt(2 * np.pi)
    # Sobel itself blurs by about 0.9 px.
    return float(np.clip(np.sqrt(max(sigma**2 - 0.8, 0.16)), 0.4, 3.0))


def _noise(luma: Floats) -> float:
    """Immerkaer 1996, fast noise variance estimation, with the median against edges."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    response = np.abs(cv2.filter2D(luma, -1, kernel))
    return float(np.clip(rank(response[::2, ::2], 0.5) / (6 * 0.6745), 0, 12))


def _quality(luma: Floats) -> int | None:
    """From the steps across JPEG's block edges, against the steps between other pixels.

    The photo is taken to start on a block edge.
    """
    steps = np.abs(np.diff(luma, axis=1)).mean(axis=0)  # step i lies between columns i, i + 1
    if len(steps) < 24:
        return None
    edge = np.arange(len(steps)) % 8 == 7
    ratio = rank(steps[edge], 0.5) / max(rank(steps[~edge], 0.5), 0.1)
    if ratio < 1.02:
        return None
    return int(np.clip(np.interp(ratio, [1.02, 1.6], [88, 45]), 45, 88))
