"""Kinds of masks, and one drawn at random: everything about it but how it is worn."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from glassmask.painter.sheet import Cut

Colour = tuple[float, float, float]
"""RGB of the fabric in white light, each in [0, 1]."""

KINDS: Final = ("surgical", "cloth", "ffp2", "cup")
PATTERNS: Final = ("plain", "stripes", "checks", "dots", "camouflage", "mouth")
STYLES: Final = ("full", "maskedfacenet")
"""What is drawn from: every kind and colour; or one pale-blue surgical mask, as the templates
of MaskedFace-Net have it."""

_SHARES: Final = MappingProxyType({"surgical": 0.45, "cloth": 0.28, "ffp2": 0.2, "cup": 0.07})

_SURGICAL: Final[tuple[Colour, ...]] = (
    (0.62, 0.78, 0.90),
    (0.55, 0.74, 0.86),
    (0.70, 0.83, 0.92),
    (0.45, 0.68, 0.84),
    (0.94, 0.95, 0.96),
    (0.90, 0.92, 0.94),
    (0.60, 0.82, 0.76),
    (0.50, 0.72, 0.62),
    (0.93, 0.74, 0.80),
    (0.14, 0.14, 0.16),
    (0.24, 0.30, 0.48),
    (0.76, 0.70, 0.86),
)
_CLOTH: Final[tuple[Colour, ...]] = (
    (0.08, 0.08, 0.09),
    (0.12, 0.12, 0.13),
    (0.20, 0.21, 0.24),
    (0.45, 0.46, 0.48),
    (0.92, 0.91, 0.88),
    (0.16, 0.20, 0.36),
    (0.20, 0.33, 0.58),
    (0.55, 0.14, 0.18),
    (0.80, 0.22, 0.22),
    (0.18, 0.34, 0.24),
    (0.42, 0.50, 0.32),
    (0.84, 0.64, 0.26),
    (0.82, 0.52, 0.58),
    (0.46, 0.30, 0.48),
    (0.66, 0.58, 0.46),
)
_SKIN: Final[tuple[Colour, ...]] = (
    (0.91, 0.76, 0.66),
    (0.82, 0.63, 0.51),
    (0.66, 0.47, 0.36),
    (0.44, 0.30, 0.23),
)
_WHITE: Final[Colour] = (0.93, 0.94, 0.94)


@dataclass(frozen=True, slots=True)
class Look:
    """One mask, as it would look anywhere.

    Attributes:
        kind: one of `KINDS`.
        colour: of the fabric.
        accent: of pattern, valve and straps.
        pattern: one of `PATTERNS`.
        valve: whether a breathing valve sits on it.
        head_straps: held by straps round the head instead of loops round the ears.
        cut: how it is cut.
        slack: how loose and wrinkled it hangs, from 0 to 1.
        under_glasses: whether glasses sit over its upper edge.
        seed: of its wrinkles, its pattern and the noise of the picture.
    """

    kind: str
    colour: Colour
    accent: Colour
    pattern: str
    valve: bool
    head_straps: bool
    cut: Cut
    slack: float
    under_glasses: bool
    seed: int


def draw_look(rng: np.random.Generator, style: str = "full") -> Look:
    """Draw a mask.

    Raises:
        ValueError: an unknown style.
    """
    if style not in STYLES:
        raise ValueError(f"no style {style!r}; there are: {', '.join(STYLES)}")
    kind = "surgical"
    if style == "full":
        kind = str(rng.choice(list(_SHARES), p=list(_SHARES.values())))
    colour, accent, pattern = _SURGICAL[0], _WHITE, "plain"
    if style == "full":
        colour, accent, pattern = _dye(kind, rng)
    between = rng.uniform
    cuts = {
        "surgical": Cut(between(0.0, 0.18), between(1.2, 2.8), between(1.8, 2.6), 0.02),
        "cloth": Cut(between(0.0, 0.16), between(1.2, 3.0), between(1.6, 2.4), 0.015),
        "ffp2": Cut(between(0.06, 0.20), between(2.0, 3.6), between(1.2, 1.7), 0.05),
        "cup": Cut(between(0.18, 0.30), between(1.8, 2.8), between(1.8, 2.2), 0.05),
    }
    return Look(
        kind=kind,
        colour=colour,
        accent=accent,
        pattern=pattern,
        valve=kind in ("ffp2", "cup") and bool(rng.random() < 0.35),
        head_straps=kind == "cup" or (kind == "ffp2" and bool(rng.random() < 0.2)),
        cut=cuts[kind],
        slack=float(rng.beta(1.5, 2.5)),
        under_glasses=bool(rng.random() < 0.7),
        seed=int(rng.integers(2**31)),
    )


def _dye(kind: str, rng: np.random.Generator) -> tuple[Colour, Colour, str]:
    """Colour, accent and pattern of a kind."""
    if kind == "cloth":
        return _dyed_cloth(rng)
    if kind == "surgical":
        colour = _some(_SURGICAL, rng, [4, 3, 3, 2, 5, 3, 1, 1, 1, 2, 0.5, 0.5])
        accent = _WHITE if rng.random() < 0.85 else colour
    elif kind == "ffp2":
        colour = _WHITE if rng.random() < 0.75 else _CLOTH[int(rng.integers(3))]
        accent = colour
    else:
        colour = _WHITE
        accent = _some(((0.85, 0.72, 0.30), _WHITE, (0.35, 0.38, 0.42)), rng)
    return _shifted(colour, rng), accent, "plain"


def _dyed_cloth(rng: np.random.Generator) -> tuple[Colour, Colour, str]:
    draw = rng.random()
    if draw < 0.08:  # the colour of skin, plain or with a printed mouth
        colour = _shifted(_some(_SKIN, rng), rng)
        return colour, colour, "mouth" if rng.random() < 0.4 else "plain"
    if draw < 0.45:  # black, mostly
        colour = _shifted(_CLOTH[int(rng.integers(3))], rng)
        return colour, colour, "plain"
    colour, accent = _shifted(_some(_CLOTH, rng), rng), _shifted(_some(_CLOTH, rng), rng)
    if draw < 0.65:
        return colour, colour, "plain"
    return colour, accent, str(rng.choice(PATTERNS[1:], p=[0.22, 0.22, 0.24, 0.22, 0.10]))


def _some(
    colours: tuple[Colour, ...], rng: np.random.Generator, weights: list[float] | None = None
) -> Colour:
    chances = None if weights is None else np.array(weights) / np.sum(weights)
    return colours[int(rng.choice(len(colours), p=chances))]


def _shifted(colour: Colour, rng: np.random.Generator) -> Colour:
    """A shade beside a colour: no two fabrics are alike."""
    r, g, b = np.clip(np.array(colour) * np.exp(rng.normal(0, 0.05, 3)), 0.03, 0.97)
    return float(r), float(g), float(b)
