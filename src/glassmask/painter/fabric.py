"""What a mask is made of: its colour and its relief at every place on the sheet."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.kinds import Look
from glassmask.painter.sheet import Floats, Sheet, rgb

_WRAP: Final = 0.93
"""Sine of the angle at which the sheet's edges turn away from the camera."""


def fabric(sheet: Sheet, look: Look) -> tuple[Floats, Floats]:
    """Colour and relief of a mask.

    Returns:
        albedo (h, w, 3), RGB in [0, 1], and relief (h, w): how far the sheet stands out
        towards the camera, over the face's width.
    """
    rng = np.random.default_rng([look.seed, 1])
    u, v = np.clip(sheet.u, -1.05, 1.05), np.clip(sheet.v, -0.05, 1.05)
    # The sheet goes round the face: equal steps of cloth shrink towards the edges.
    around = (np.arcsin(np.clip(u * _WRAP, -1, 1)) / np.arcsin(_WRAP)).astype(np.float32)
    # Body and wrinkles are smooth: every second pixel of them is enough.
    coarse = np.s_[::2, ::2]
    smooth = _body(u[coarse], v[coarse], look) + _wrinkles(around[coarse], v[coarse], look, rng)
    relief = np.asarray(cv2.resize(smooth, u.shape[::-1], interpolation=cv2.INTER_LINEAR))
    albedo = _pattern(around, v, look, rng)
    shade, bumps = _DETAIL[look.kind](around, v)
    relief = relief + bumps
    weave = _noise(around, v, 160, rng)
    albedo = albedo * rgb(shade * (1 + 0.012 * weave))
    if look.valve:
        albedo, relief = _valve(albedo, relief, around, v, look)
    return albedo.astype(np.float32, copy=False), relief.astype(np.float32, copy=False)


def _body(u: Floats, v: Floats, look: Look) -> Floats:
    """The large shape: round the face, standing off over nose and chin."""
    if look.kind == "cup":
        dome = 1 - 0.9 * u**2 - 0.75 * (2 * v - 1) ** 2
        return np.asarray(0.30 * np.sqrt(np.clip(dome, 0.05, 1)), np.float32)
    if look.kind == "ffp2":  # two flat sides that meet in a fold
        fold = np.sqrt(u**2 + 0.004)
        return np.asarray(-0.30 * fold - 0.10 * (v - 0.5) ** 2, np.float32)
    body = 0.27 * np.sqrt(1 - (_WRAP * np.clip(u, -1, 1)) ** 2)
    nose = 0.05 * np.exp(-((u / 0.22) ** 2)) * np.clip(1.1 - 1.3 * v, 0, 1)
    chin = -0.10 * np.clip(v - 0.72, 0, 1) ** 2
    return np.asarray(body + nose + chin, np.float32)


def _wrinkles(s: Floats, v: Floats, look: Look, rng: np.random.Generator) -> Floats:
    """Folds of loose cloth: from the corners inwards, and a soft unevenness everywhere."""
    soft = {"surgical": 1.0, "cloth": 1.1, "ffp2": 0.35, "cup": 0.1}[look.kind]
    depth = soft * (0.2 + 0.8 * look.slack)
    uneven = 0.006 * depth * _noise(s, v, 7, rng)
    folds = np.zeros_like(s)
    for side in (-1.0, 1.0):
        for _ in range(3):
            start, slope = rng.uniform(0.1, 0.9), rng.normal(0, 0.25)
            reach = rng.uniform(0.25, 0.7)
            inwards = 1 - side * s  # 0 at this edge
            line = start + (0.5 - start) * 0.5 * inwards + slope * inwards**2
            fade = np.clip(1 - inwards / reach, 0, 1)
            width = rng.uniform(0.02, 0.05)
            folds += fade * np.exp(-(((v - line) / width) ** 2))
    return np.asarray(uneven + 0.007 * depth * folds, np.float32)


def _surgical(s: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Three pleats, a stitched hem all round, a metal strip over the nose."""
    shade, bumps = np.ones_like(s), np.zeros_like(s)
    for at in (0.30, 0.50, 0.70):
        line = at + 0.03 * (at - 0.45) * (1 - s**2)
        below = v - line
        shade *= 1 - 0.16 * np.exp(-((below / 0.014) ** 2))
        bumps += 0.007 * np.exp(-(((below + 0.035) / 0.03) ** 2))  # the fold lies over the next
    hem = np.minimum(np.minimum(v, 1 - v) * 1.0, (1 - np.abs(s)) * 0.7)
    shade *= 1 - 0.07 * np.exp(-(((hem - 0.055) / 0.010) ** 2))
    strip = np.clip((0.34 - np.abs(s)) * 40, 0, 1)
    bumps += 0.005 * strip * np.exp(-(((v - 0.075) / 0.022) ** 2))
    return shade.astype(np.float32), bumps.astype(np.float32)


def _cloth(s: Floats, v: Floats) -> tuple[Floats, Floats]:
    """A seam down the middle and a stitched hem."""
    shade = 1 - 0.10 * np.exp(-((s / 0.012) ** 2))
    hem = np.minimum(np.minimum(v, 1 - v), (1 - np.abs(s)) * 0.7)
    shade *= 1 - 0.08 * np.exp(-(((hem - 0.045) / 0.010) ** 2))
    bumps = 0.006 * np.exp(-((s / 0.10) ** 2))
    return np.asarray(shade, np.float32), np.asarray(bumps, np.float32)


def _ffp2(s: Floats, v: Floats) -> tuple[Floats, Floats]:
    """A welded rim, embossed lines along it, a metal strip, the fold itself."""
    hem = np.minimum(np.minimum(v, 1 - v), (1 - np.abs(s)) * 0.6)
    shade = 1 - 0.07 * np.exp(-(((hem - 0.04) / 0.008) ** 2))
    shade *= 1 - 0.05 * np.exp(-(((hem - 0.075) / 0.008) ** 2))
    shade *= 1 - 0.08 * np.exp(-((s / 0.010) ** 2))
    side = np.exp(-(((np.abs(s) - 0.80) / 0.012) ** 2))
    shade *= 1 - 0.05 * side
    strip = np.clip((0.32 - np.abs(s)) * 40, 0, 1)
    bumps = 0.005 * strip * np.exp(-(((v - 0.10) / 0.02) ** 2))
    return np.asarray(shade, np.float32), np.asarray(bumps, np.float32)


def _cup(s: Floats, v: Floats) -> tuple[Floats, Floats]:
    """A pressed rim round the dome and ribs across it."""
    ring = np.sqrt(s**2 + (2 * v - 1) ** 2 * 0.92)
    shade = 1 - 0.10 * np.exp(-(((ring - 0.86) / 0.025) ** 2))
    ribs = sum(np.exp(-(((v - at) / 0.02) ** 2)) for at in (0.35, 0.62))
    fade = np.clip((0.7 - np.abs(s)) * 6, 0, 1)
    strip = np.clip((0.30 - np.abs(s)) * 40, 0, 1) * np.exp(-(((v - 0.09) / 0.025) ** 2))
    shade = shade * (1 - 0.25 * strip)
    return np.asarray(shade, np.float32), np.asarray(0.005 * ribs * fade, np.float32)


_DETAIL: Final[MappingProxyType[str, Callable[[Floats, Floats], tuple[Floats, Floats]]]] = (
    MappingProxyType({"surgical": _surgical, "cloth": _cloth, "ffp2": _ffp2, "cup": _cup})
)


def _pattern(s: Floats, v: Floats, look: Look, rng: np.random.Generator) -> Floats:
    """The cloth's colour before light: (h, w, 3)."""
    base, accent = np.array(look.colour, np.float32), np.array(look.accent, np.float32)
    if look.pattern == "plain":
        return np.broadcast_to(base, (*s.shape, 3))
    x, y = s * 1.2, v  # about square on the cloth
    size = rng.uniform(0.05, 0.16)
    if look.pattern == "stripes":
        turn = rng.choice([0.0, np.pi / 2, np.pi / 4])
        wave = np.sin(2 * np.pi * (x * np.cos(turn) + y * np.sin(turn)) / size)
        part = _soft(wave, 0.15)
    elif look.pattern == "checks":
        waves = [_soft(np.sin(2 * np.pi * way / size), 0.15) for way in (x, y)]
        part = np.asarray((waves[0] + waves[1]) / 2, np.float32)
    elif look.pattern == "dots":
        row = np.floor(y / size)
        across = (x / size + 0.5 * (row % 2)) % 1 - 0.5
        part = _soft(rng.uniform(0.18, 0.36) - np.hypot(across, (y / size) % 1 - 0.5), 0.05)
    elif look.pattern == "camouflage":
        part = _soft(_noise(s, v, 9, rng) - 0.2, 0.08)
        dark = _soft(_noise(s, v, 9, rng) - 0.6, 0.08)[..., None]
        return np.asarray(
            (base + (accent - base) * rgb(part)) * (1 - 0.6 * dark),
            np.float32,
        )
    else:  # a printed mouth, where the wearer's would be
        lip = np.array([0.70, 0.24, 0.26], np.float32)
        middle = 0.56 + 0.05 * np.clip(1 - (s / 0.4) ** 2, 0, 1)  # a smile
        outer = _soft(0.075 * np.sqrt(np.clip(1 - (s / 0.42) ** 2, 0, 1)) - abs(v - middle), 0.01)
        inner = _soft(0.030 * np.sqrt(np.clip(1 - (s / 0.34) ** 2, 0, 1)) - abs(v - middle), 0.01)
        mouth = base * (1 - outer[..., None]) + lip * outer[..., None]
        return np.asarray(mouth * (1 - inner[..., None]) + 0.92 * inner[..., None], np.float32)
    return np.asarray(base + (accent - base) * rgb(part), np.float32)


def _valve(
    albedo: Floats, relief: Floats, s: Floats, v: Floats, look: Look
) -> tuple[Floats, Floats]:
    """A round breathing valve, beside the fold or in the middle of the dome."""
    at = 0.0 if look.kind == "cup" else (0.42 if look.seed % 2 else -0.42)
    far = np.hypot((s - at) * 1.15, (v - 0.52) * 0.95)
    disc = _soft(0.17 - far, 0.01)[..., None]
    grooves = 1 - 0.18 * _soft(np.sin(far * 180) - 0.3, 0.3) * (far < 0.13)
    rim = 0.016 * np.exp(-(((far - 0.15) / 0.02) ** 2)) + 0.02 * disc[..., 0]
    plastic = np.array(look.accent, np.float32) * 0.95 * grooves[..., None]
    return (
        np.asarray(albedo * (1 - disc) + plastic * disc, np.float32),
        np.asarray(relief + rim, np.float32),
    )


def _noise(s: Floats, v: Floats, cells: int, rng: np.random.Generator) -> Floats:
    """Smooth noise of about unit spread, fixed to the cloth, `cells` bumps across."""
    tile = (rng.random((cells + 4, cells + 4), np.float32) - 0.5) * np.float32(np.sqrt(12))
    at = cv2.remap(
        tile,
        (s + 1) / 2 * cells + 1.5,
        v * cells + 1.5,
        cv2.INTER_CUBIC if cells < 40 else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(at, np.float32)


def _soft(inside: NDArray[np.floating], edge: float) -> Floats:
    """1 where positive, 0 where negative, with a soft edge."""
    return np.asarray(np.clip(inside / edge + 0.5, 0, 1), np.float32)
