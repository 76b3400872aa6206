"""Things before the mouth that are no mask: hands, scarves, cups, phones, microphones, beards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.frame import Frame
from glassmask.painter.regions import Region, part_outline
from glassmask.painter.sheet import Floats, Window, coverage, window_around

_CLOTHES: Final = (
    (0.10, 0.10, 0.12),
    (0.32, 0.33, 0.36),
    (0.62, 0.60, 0.56),
    (0.86, 0.84, 0.80),
    (0.16, 0.22, 0.40),
    (0.48, 0.12, 0.16),
    (0.20, 0.32, 0.24),
    (0.62, 0.44, 0.26),
    (0.80, 0.78, 0.88),
)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something before the face.

    Attributes:
        window: the pixels it is described on.
        cover: (h, w) in [0, 1].
        albedo: (h, w, 3) RGB in [0, 1].
        relief: (h, w) how far it stands out, over the face's width.
        shadow: how dark its shadow is.
    """

    window: Window
    cover: Floats
    albedo: Floats
    relief: Floats
    shadow: float


def draw_thing(
    name: str, photo: NDArray[np.uint8], frame: Frame, white: NDArray[np.float32], seed: int
) -> Thing | None:
    """Draw a thing before a face; None where it would lie outside the photo.

    Args:
        name: one of `THINGS`.
        photo: RGB uint8 (H, W, 3).
        frame: the face.
        white: (3,) RGB in [0, 255] of a white sheet in this photo.
        seed: of all its chance.

    Raises:
        ValueError: an unknown name.
    """
    if name not in THINGS:
        raise ValueError(f"no object {name!r}; there are: {', '.join(THINGS)}")
    rng = np.random.default_rng([seed, 3])
    reach = {"scarf": 1.5, "beard": 0.1}.get(name, 0.9) * frame.width
    lower = frame.to_photo(
        np.array([[x, y] for x in (-0.3, 0.3) for y in (0.0, 0.5)]) * frame.width
        + np.array([frame.axis[6], frame.heights[5]])
    )
    around = np.concatenate([lower, part_outline(frame, Region.CHIN)])
    window = window_around(around, reach, (photo.shape[0], photo.shape[1]))
    if window is None:
        return None
    canvas = _Canvas(photo, frame, window, white, rng)
    cover, albedo, relief, shadow = THINGS[name](canvas)
    return Thing(
        window, cover, np.asarray(albedo, np.float32), np.asarray(relief, np.float32), shadow
    )


class _Canvas:
    """A window in upright coordinates around the mouth, in face widths."""

    def __init__(
        self,
        photo: NDArray[np.uint8],
        frame: Frame,
        window: Window,
        white: NDArray[np.float32],
        rng: np.random.Generator,
    ) -> None:
        self.photo, self.frame, self.window, self.rng, self.white = photo, frame, window, rng, white
        grid = np.stack(
            np.meshgrid(
                np.arange(window.x0, window.x1) + 0.5, np.arange(window.y0, window.y1) + 0.5
            ),
            axis=-1,
        )
        upright = frame.upright(grid) - (frame.axis[6], frame.heights[6])
        self.x, self.y = np.moveaxis(upright.astype(np.float32) / frame.width, -1, 0)
        self.soft = 1.0 / frame.width  # a pixel, in face widths

    def level(self, level: float) -> float:
        """The y of a level, as `y` counts."""
        return (self.frame.height(level) - float(self.frame.heights[6])) / self.frame.width

    def inside(self, distance: NDArray[np.floating]) -> Floats:
        """Cover from a signed distance (negative inside), in face widths."""
        return np.asarray(np.clip(0.5 - distance / self.soft, 0, 1), np.float32)

    def skin(self) -> NDArray[np.float32]:
        """The face's skin as albedo, (3,)."""
        cheeks = self.frame.points.xy
        low, high = cheeks.min(0).astype(int), cheeks.max(0).astype(int)
        patch = self.photo[max(0, low[1]) : high[1], max(0, low[0]) : high[0]][::3, ::3]
        pixels = patch.reshape(-1, 3).astype(np.float32)
        luma = pixels.mean(axis=1)
        middle = np.abs(luma - np.percentile(luma, 60)) < 25
        return np.asarray(
            np.clip(np.median(pixels[middle], axis=0) / self.white, 0.05, 0.95), np.float32
        )


_Drawn = tuple[Floats, NDArray[np.floating], NDArray[np.floating], float]


def _capsule(
    c: _Canvas, start: tuple[float, float], end: tuple[float, float], radius: float
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Signed distance to a rounded stick, and how far it stands out."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max(dx * dx + dy * dy, 1e-6)
    t = np.clip(((c.x - start[0]) * dx + (c.y - start[1]) * dy) / length, 0, 1)
    far = np.hypot(c.x - start[0] - t * dx, c.y - start[1] - t * dy)
    taper = radius * (1 - 0.15 * t)
    return far - taper, np.sqrt(np.clip(taper**2 - far**2, 0, None))


def _hand(c: _Canvas) -> _Drawn:
    """A hand over the mouth: four fingers beside each other, and the back of the hand."""
    rng, side = c.rng, 1.0 if c.rng.random() < 0.5 else -1.0
    turn = rng.uniform(-0.45, 0.30)
    across = np.array([np.cos(turn), np.sin(turn)]) * (-side, 1)
    along = np.array([-across[1], across[0]]) * -side
    root = np.array([side * rng.uniform(0.20, 0.34), rng.uniform(0.02, 0.10)])
    radius = rng.uniform(0.055, 0.07)
    cover = np.zeros_like(c.x)
    relief = np.zeros_like(c.x)
    wrist = root + np.array([side * 0.30, 0.75])
    pieces = [_capsule(c, (float(wrist[0]), float(wrist[1])), (root[0], root[1] + 0.1), 0.19)]
    for number, length in enumerate((0.36, 0.46, 0.44, 0.34)):
        start = root + along * (number - 1.5) * radius * 1.9
        end = start + across * length * rng.uniform(0.95, 1.15)
        pieces.append(_capsule(c, tuple(start - across * 0.05), tuple(end), radius))
    for distance, height in pieces:
        cover = np.maximum(cover, c.inside(distance))
        relief = np.maximum(relief, height)
    gaps = np.clip(relief / (0.6 * radius), 0, 1)
    albedo = c.skin() * (0.72 + 0.28 * gaps)[..., None]
    return cover.astype(np.float32), albedo, 0.8 * relief, 0.4


def _scarf(c: _Canvas) -> _Drawn:
    """A scarf or collar pulled up over the mouth, or the nose."""
    rng = c.rng
    top = c.level(rng.uniform(3.6, 6.2))
    fall = rng.uniform(0.5, 1.3)  # it goes round the face, down to the neck
    edge = top + fall * c.x**2 + 0.015 * np.sin(c.x * rng.uniform(8, 16) + rng.random())
    edge += rng.uniform(-0.12, 0.12) * c.x
    below = c.y - edge
    half = 0.47 + 0.30 * np.clip(c.y, 0, 1) ** 1.5
    cover = c.inside(np.maximum(-below, np.abs(c.x) - half))
    folds = np.zeros_like(c.x)
    for _ in range(5):
        at, slope = rng.uniform(0.03, 0.7), rng.normal(0, 0.35)
        folds += np.exp(-(((below - at - slope * c.x) / rng.uniform(0.03, 0.07)) ** 2))
    colour = np.array(_CLOTHES[int(rng.integers(len(_CLOTHES)))]) * np.exp(rng.normal(0, 0.08, 3))
    step = rng.uniform(0.010, 0.022)
    knit = 1 + 0.10 * np.sin(2 * np.pi * c.x / step) * np.sin(2 * np.pi * below / step)
    relief = 0.03 * folds + 0.25 * np.sqrt(np.clip(1 - (c.x / (half + 0.05)) ** 2, 0, 1))
    return cover, np.clip(colour, 0.03, 0.95) * knit[..., None], relief, 0.4


def _cup(c: _Canvas) -> _Drawn:
    """A cup held to the mouth."""
    rng = c.rng
    radius, height = rng.uniform(0.17, 0.24), rng.uniform(0.35, 0.55)
    x = c.x - rng.uniform(-0.05, 0.05)
    top = c.level(6.5) - rng.uniform(0.0, 0.12)
    y = c.y - top
    half = radius * (1 - 0.25 * np.clip(y / height, 0, 1))
    bow = 0.22 * np.sqrt(np.clip(half**2 - x**2, 0, None))  # the rim is a flat ellipse
    cover = c.inside(np.maximum(np.abs(x) - half, np.maximum(-y - bow, y - height - bow)))
    colour = np.array(_CLOTHES[int(rng.integers(len(_CLOTHES)))])
    colour = np.array([0.93, 0.92, 0.90]) if rng.random() < 0.4 else colour
    band = (np.abs(y / height - 0.5) < 0.2) & (rng.random() < 0.5)
    print_ = rng.uniform(0.1, 0.9, 3)
    albedo = np.where(band[..., None], print_, colour)
    inner = (y < bow * 0.6) & (y > -bow)
    albedo = np.where(inner[..., None], albedo * 0.75, albedo)
    return cover, albedo, np.sqrt(np.clip(half**2 - x**2, 0, None)), 0.4


def _phone(c: _Canvas) -> _Drawn:
    """A phone held before the mouth."""
    rng = c.rng
    turn = rng.uniform(-0.5, 0.5) + (np.pi / 2 if rng.random() < 0.4 else 0.0)
    dx, dy = c.x - rng.uniform(-0.08, 0.08), c.y - rng.uniform(-0.02, 0.12)
    x, y = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    half_w, half_h, round_ = rng.uniform(0.17, 0.21), rng.uniform(0.34, 0.42), 0.035
    qx, qy = np.abs(x) - half_w + round_, np.abs(y) - half_h + round_
    far = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0)) + np.minimum(np.maximum(qx, qy), 0)
    cover = c.inside(far - round_)
    body = np.array(_CLOTHES[int(rng.choice([0, 0, 1, 3, 4, 8]))])
    albedo = np.broadcast_to(body, (*c.x.shape, 3)).copy()
    for number in range(int(rng.integers(1, 4))):  # the cameras on its back
        lens = np.hypot(x + half_w - 0.06, y + half_h - 0.06 - 0.075 * number)
        albedo[lens < 0.028] = 0.04
        albedo[(lens >= 0.028) & (lens < 0.034)] = 0.5
    return cover, albedo, 0.01 * np.clip(-(far - round_) / 0.02, 0, 1), 0.35


def _microphone(c: _Canvas) -> _Drawn:
    """A microphone before the mouth, its handle going down."""
    rng = c.rng
    at = (rng.uniform(-0.08, 0.08), c.level(6.9) + rng.uniform(-0.02, 0.05))
    radius = rng.uniform(0.11, 0.17)
    end = (at[0] + rng.uniform(-0.3, 0.3), at[1] + 0.8)
    ball, height = _capsule(c, at, at, radius)
    handle, low = _capsule(c, (at[0], at[1] + radius * 0.6), end, radius * 0.45)
    cover = np.maximum(c.inside(ball), c.inside(handle))
    mesh = 1 + 0.35 * np.sin(c.x * 2 * np.pi / 0.02) * np.sin(c.y * 2 * np.pi / 0.02)
    grey = rng.choice([0.08, 0.12, 0.45])
    albedo = np.where((ball < 0)[..., None], (grey * mesh)[..., None], 0.07)
    return cover, np.repeat(albedo, 3 // albedo.shape[2], axis=2), np.maximum(height, low), 0.35


def _beard(c: _Canvas) -> _Drawn:
    """Hair on jaw and upper lip: many short strokes, dense at the chin."""
    rng, frame, window = c.rng, c.frame, c.window
    jaw = frame.points.part("outline")[10:27]
    cheek = frame.to_photo(
        np.array(
            [
                [frame.axis[5] + s * 0.36 * frame.width, frame.height(5.2)]
                for s in (-1.0, -0.5, 0.5, 1.0)
            ]
        )
    )
    area = coverage(window, np.concatenate([jaw, cheek]))
    area *= 1 - coverage(window, part_outline(frame, Region.MOUTH))
    area *= 1 - coverage(window, part_outline(frame, Region.NOSE))
    height, width = window.shape
    strokes = np.zeros((height, width), np.uint8)
    count = int(rng.uniform(500, 1100))
    length = 0.05 * frame.width
    where = np.argwhere(area > 0.5)
    if len(where):
        starts = where[rng.integers(len(where), size=count)][:, ::-1]
        turns = rng.normal(np.pi / 2, 0.5, count)
        ends = starts + np.stack([np.cos(turns), np.sin(turns)], 1) * length
        lines = [np.array([a, b], np.int32) for a, b in zip(starts, ends, strict=True)]
        cv2.polylines(strokes, lines, False, 255, max(1, round(frame.width / 110)), cv2.LINE_AA)
    soft = cv2.GaussianBlur(area, (0, 0), max(0.8, 0.03 * frame.width))
    density = rng.uniform(0.35, 0.75)
    hair = np.clip(strokes.astype(np.float32) / 255 * 0.8 + density * 0.6, 0, 0.95)
    cover = hair * soft
    dark = np.array(((0.06, 0.05, 0.04), (0.16, 0.10, 0.06), (0.35, 0.33, 0.31))[rng.integers(3)])
    albedo = np.broadcast_to(dark, (height, width, 3)) * np.exp(
        0.3 * rng.standard_normal((height, width, 1))
    )
    return np.asarray(cover, np.float32), albedo, np.zeros((height, width)), 0.0


THINGS: Final[MappingProxyType[str, Callable[[_Canvas], _Drawn]]] = MappingProxyType(
    {
        "hand": _hand,
        "scarf": _scarf,
        "cup": _cup,
        "phone": _phone,
        "microphone": _microphone,
        "beard": _beard,
    }
)
"""Name -> what draws it."""
