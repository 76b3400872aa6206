"""A mask that moves on a face: it slides, is taken off and put on, painted anew for each moment.

`painter.paint` promises that a picture shows its label, and pulls cloth over what must be hidden;
between two labels a mask shows neither, and would jump. So the painter's parts are put together
here without that, and whoever wants a label asks whether it is true.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import PaintError
from glassmask.faces.points import FacePoints
from glassmask.painter.compose import Layer, lay_over
from glassmask.painter.fabric import fabric
from glassmask.painter.glasses import glasses_frame
from glassmask.painter.kinds import Look
from glassmask.painter.light import Light, read_light
from glassmask.painter.painter import face_camera, face_frame
from glassmask.painter.regions import Region, bare_regions
from glassmask.painter.sheet import Window, coverage, hang
from glassmask.painter.straps import straps
from glassmask.painter.truth import Painted, check_truth
from glassmask.painter.wearing import Wearing, draw_wearing

AWAY: Final = 2.6
"""Face widths by which a mask that is taken off goes down, out of the picture."""

_TRIES: Final = 40


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mask is.

    Attributes:
        wearing: how it hangs.
        away: from 0, on the face, to 1, out of the picture.
    """

    wearing: Wearing
    away: float = 0.0

    def towards(self, other: Place, share: float) -> Place:
        """A place between this one and another."""
        start, end = astuple(self.wearing)[1:], astuple(other.wearing)[1:]
        levels = [a + share * (b - a) for a, b in zip(start, end, strict=True)]
        wearing = Wearing(self.wearing.way, *levels)
        return Place(wearing, self.away + share * (other.away - self.away))


class Dresser:
    """One face and one mask."""

    def __init__(self, photo: NDArray[np.uint8], points: FacePoints, look: Look) -> None:
        """Read light and camera from the photo, once: so they stay the same all over a film.

        Raises:
            PaintError: the face can't be painted on.
        """
        self._photo, self._points, self._look = photo, points, look
        self._frame = face_frame(photo, points)
        whole = Window(0, 0, photo.shape[1], photo.shape[0])
        self._camera = face_camera(photo, self._frame)
        self._bare = bare_regions(self._frame, whole)
        self._lit = read_light(photo, self._frame, whole)

    def paint(self, place: Place) -> NDArray[np.uint8]:
        """The photo with the mask there, RGB uint8 (H, W, 3)."""
        if place.away >= 1:
            return self._photo
        return self._painted(place).picture

    def draw(self, way: str, rng: np.random.Generator) -> Wearing:
        """Draw a wearing of a way that shows on this face what it says.

        Raises:
            PaintError: none does.
        """
        for _ in range(_TRIES):
            wearing = draw_wearing(way, rng)
            try:
                check_truth(self._painted(Place(wearing)), self._bare)
            except PaintError:
                continue
            return wearing
        raise PaintError(f"no mask is worn {way!r} on this face")

    def _painted(self, place: Place) -> Painted:
        layer, light = self._layer(place)
        if layer is None:
            return Painted(self._photo, self._bare, place.wearing.way)
        picture, regions = lay_over(
            self._photo,
            self._bare,
            self._frame,
            layer,
            light,
            self._camera,
            np.random.default_rng([self._look.seed, 2]),
        )
        return Painted(picture, regions, place.wearing.way)

    def _layer(self, place: Place) -> tuple[Layer | None, Light]:
        look, frame, photo = self._look, self._frame, self._photo
        sheet = hang(frame, place.wearing, look.cut, (photo.shape[0], photo.shape[1]))
        if sheet is None:
            raise PaintError("the mask lies outside the photo")
        window = sheet.window
        cloth = coverage(window, sheet.outline)
        if look.under_glasses and not place.away:
            glasses = glasses_frame(photo, frame, window)
            cloth = cloth if glasses is None else cloth * (1 - glasses)
        cords = straps(sheet, frame, look, place.wearing)
        light = self._light_in(window)
        scene = light.on(*fabric(sheet, look), frame.width)
        bare = cords * (cloth < 0.5) > 0  # cords on no cloth
        cord = np.array(look.accent, np.float32) * light.white * 0.92
        scene[bare] = light.gain[bare][:, None] * cord
        shadow = 0.3 + 0.2 * look.slack
        layer = Layer(window, np.maximum(cloth, cords), scene, Region.MASK, shadow)
        if not place.away:
            return layer, light
        gone = self._moved(layer, round(AWAY * place.away * frame.width))
        return gone, light if gone is None else self._light_in(gone.window)

    def _light_in(self, window: Window) -> Light:
        gain = self._lit.gain[window.y0 : window.y1, window.x0 : window.x1]
        return replace(self._lit, gain=gain)

    def _moved(self, layer: Layer, down: int) -> Layer | None:
        """A layer farther down, and a little aside; None where it is out of the picture."""
        aside = down // 6 * (1 if self._look.seed % 2 else -1)
        height, width = self._photo.shape[:2]
        old = layer.window
        x0, x1 = max(0, old.x0 + aside), min(width, old.x1 + aside)
        y0, y1 = old.y0 + down, min(height, old.y1 + down)
        if y1 - y0 < 8 or x1 - x0 < 8:
            return None
        part = np.s_[: y1 - y0, x0 - old.x0 - aside : x1 - old.x0 - aside]
        return replace(
            layer,
            window=Window(x0, y0, x1, y1),
            cover=np.ascontiguousarray(layer.cover[part]),
            scene=np.ascontiguousarray(layer.scene[part]),
            lift=min(0.08, 0.1 * down / self._frame.width),
        )
