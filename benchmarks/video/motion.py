"""How things move in films: smoothly, by seed, never twice the same way; and a camera's noise."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

_GRAINS: Final = 7  # pictures of noise that take turns, each moved by chance


class Drift:
    """A value in [-1, 1] that wanders: three waves of periods that don't fit one another."""

    def __init__(self, rng: np.random.Generator, period: tuple[float, float]) -> None:
        """Draw one.

        Args:
            rng: draws it.
            period: shortest and longest of the slowest wave, in seconds.
        """
        base = rng.uniform(*period)
        self._waves = [
            (share, 2 * math.pi / (base * part), rng.uniform(0, 2 * math.pi))
            for share, part in ((0.62, 1.0), (0.26, 0.61), (0.12, 0.37))
        ]

    def at(self, time: float) -> float:
        """Its value at a time, in seconds."""
        return sum(share * math.sin(pace * time + start) for share, pace, start in self._waves)


def smooth_step(share: float) -> float:
    """From 0 to 1, slowly at both ends."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


class Noise:
    """The noise of a camera: another one on each frame."""

    def __init__(self, rng: np.random.Generator, size: tuple[int, int], strength: float) -> None:
        """Draw it.

        Args:
            rng: draws it.
            size: width and height of the film.
            strength: standard deviation, in steps of 255.
        """
        self._rng, (width, height) = rng, size
        self._grains = rng.normal(0, strength, (_GRAINS, height, width)).astype(np.float32)

    def on(self, picture: NDArray[np.float32], number: int) -> NDArray[np.uint8]:
        """A picture (H, W, 3), about [0, 255], with the noise of a frame, as uint8."""
        grain = self._grains[number % _GRAINS]
        grain = np.roll(grain, tuple(self._rng.integers(0, 64, 2)), (0, 1))
        picture += grain[..., None]
        return np.clip(picture, 0, 255, out=picture).astype(np.uint8)
