"""Things at mouth and chin that are no mask: hands, scarves, cups, phones, microphones, beards."""

from __future__ import annotations

import cv2
import numpy as np

from glassmask.painter.canvas import CLOTHES, Canvas, Thing, capsule
from glassmask.painter.regions import Region, part_outline
from glassmask.painter.sheet import coverage


def hand(c: Canvas) -> Thing:
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
    pieces = [capsule(c, (float(wrist[0]), float(wrist[1])), (root[0], root[1] + 0.1), 0.19)]
    for number, length in enumerate((0.36, 0.46, 0.44, 0.34)):
        start = root + along * (number - 1.5) * radius * 1.9
        end = start + across * length * rng.uniform(0.95, 1.15)
        pieces.append(capsule(c, tuple(start - across * 0.05), tuple(end), radius))
    for distance, height in pieces:
        cover = np.maximum(cover, c.inside(distance))
        relief = np.maximum(relief, height)
    gaps = np.clip(relief / (0.6 * radius), 0, 1)
    albedo = c.skin() * (0.72 + 0.28 * gaps)[..., None]
    return c.thing(cover.astype(np.float32), albedo, 0.8 * relief, 0.4)


def scarf(c: Canvas) -> Thing:
    """A scarf or collar pulled up over the mouth, or the nose."""
    return _wrap(c, c.level(c.rng.uniform(3.6, 6.2)), c.rng.uniform(0.5, 1.3))


def collar(c: Canvas) -> Thing:
    """A scarf, collar or polo neck that ends at the chin: what a mask under it looks like."""
    return _wrap(c, c.level(c.rng.uniform(7.3, 8.3)), c.rng.uniform(-0.7, 0.9))


def _wrap(c: Canvas, top: float, fall: float) -> Thing:
    """Cloth round the neck, from an edge down; at the face's sides it lies `fall` lower."""
    rng = c.rng
    edge = top + fall * c.x**2 + 0.015 * np.sin(c.x * rng.uniform(8, 16) + rng.random())
    edge += rng.uniform(-0.12, 0.12) * c.x
    below = c.y - edge
    half = 0.47 + 0.30 * np.clip(c.y, 0, 1) ** 1.5
    cover = c.inside(np.maximum(-below, np.abs(c.x) - half))
    folds = np.zeros_like(c.x)
    for _ in range(5):
        at, slope = rng.uniform(0.03, 0.7), rng.normal(0, 0.35)
        folds += np.exp(-(((below - at - slope * c.x) / rng.uniform(0.03, 0.07)) ** 2))
    colour = np.array(CLOTHES[int(rng.integers(len(CLOTHES)))]) * np.exp(rng.normal(0, 0.08, 3))
    step = rng.uniform(0.010, 0.022)
    knit = 1 + 0.10 * np.sin(2 * np.pi * c.x / step) * np.sin(2 * np.pi * below / step)
    relief = 0.03 * folds + 0.25 * np.sqrt(np.clip(1 - (c.x / (half + 0.05)) ** 2, 0, 1))
    return c.thing(cover, np.clip(colour, 0.03, 0.95) * knit[..., None], relief, 0.4)


def cup(c: Canvas) -> Thing:
    """A cup held to the mouth."""
    rng = c.rng
    radius, height = rng.uniform(0.17, 0.24), rng.uniform(0.35, 0.55)
    x = c.x - rng.uniform(-0.05, 0.05)
    top = c.level(6.5) - rng.uniform(0.0, 0.12)
    y = c.y - top
    half = radius * (1 - 0.25 * np.clip(y / height, 0, 1))
    bow = 0.22 * np.sqrt(np.clip(half**2 - x**2, 0, None))  # the rim is a flat ellipse
    cover = c.inside(np.maximum(np.abs(x) - half, np.maximum(-y - bow, y - height - bow)))
    colour = np.array(CLOTHES[int(rng.integers(len(CLOTHES)))])
    colour = np.array([0.93, 0.92, 0.90]) if rng.random() < 0.4 else colour
    band = (np.abs(y / height - 0.5) < 0.2) & (rng.random() < 0.5)
    print_ = rng.uniform(0.1, 0.9, 3)
    albedo = np.where(band[..., None], print_, colour)
    inner = (y < bow * 0.6) & (y > -bow)
    albedo = np.where(inner[..., None], albedo * 0.75, albedo)
    return c.thing(cover, albedo, np.sqrt(np.clip(half**2 - x**2, 0, None)), 0.4)


def phone(c: Canvas) -> Thing:
    """A phone held before the mouth."""
    rng = c.rng
    turn = rng.uniform(-0.5, 0.5) + (np.pi / 2 if rng.random() < 0.4 else 0.0)
    dx, dy = c.x - rng.uniform(-0.08, 0.08), c.y - rng.uniform(-0.02, 0.12)
    x, y = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    half_w, half_h, round_ = rng.uniform(0.17, 0.21), rng.uniform(0.34, 0.42), 0.035
    qx, qy = np.abs(x) - half_w + round_, np.abs(y) - half_h + round_
    far = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0)) + np.minimum(np.maximum(qx, qy), 0)
    cover = c.inside(far - round_)
    body = np.array(CLOTHES[int(rng.choice([0, 0, 1, 3, 4, 8]))])
    albedo = np.broadcast_to(body, (*c.x.shape, 3)).copy()
    for number in range(int(rng.integers(1, 4))):  # the cameras on its back
        lens = np.hypot(x + half_w - 0.06, y + half_h - 0.06 - 0.075 * number)
        albedo[lens < 0.028] = 0.04
        albedo[(lens >= 0.028) & (lens < 0.034)] = 0.5
    return c.thing(cover, albedo, 0.01 * np.clip(-(far - round_) / 0.02, 0, 1), 0.35)


def microphone(c: Canvas) -> Thing:
    """A microphone before the mouth, its handle going down."""
    rng = c.rng
    at = (rng.uniform(-0.08, 0.08), c.level(6.9) + rng.uniform(-0.02, 0.05))
    radius = rng.uniform(0.11, 0.17)
    end = (at[0] + rng.uniform(-0.3, 0.3), at[1] + 0.8)
    ball, height = capsule(c, at, at, radius)
    handle, low = capsule(c, (at[0], at[1] + radius * 0.6), end, radius * 0.45)
    cover = np.maximum(c.inside(ball), c.inside(handle))
    mesh = 1 + 0.35 * np.sin(c.x * 2 * np.pi / 0.02) * np.sin(c.y * 2 * np.pi / 0.02)
    grey = rng.choice([0.08, 0.12, 0.45])
    albedo = np.where((ball < 0)[..., None], (grey * mesh)[..., None], 0.07)
    albedo = np.repeat(albedo, 3 // albedo.shape[2], axis=2)
    return c.thing(cover, albedo, np.maximum(height, low), 0.35)


def beard(c: Canvas) -> Thing:
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
    return c.thing(np.asarray(cover, np.float32), albedo, np.zeros((height, width)), 0.0)
