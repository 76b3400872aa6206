"""The report: one self-contained HTML page with every photo, verdict and its evidence."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmask.draw import Colour, boxes, fit, heat
from glassmask.evidence import place
from glassmask.faces.crop import Box, Square
from glassmask.labels import CLASSES, Wear
from glassmask.network import Network
from glassmask.verdict import Verdict
from glassmask.version import __version__
from glassmask.wording import CLASS_TEXT, WEAR_TEXT, explanation, headline, label, percent

COLOURS: Final[dict[Wear, Colour]] = {
    Wear.CORRECT: (0, 114, 178),
    Wear.INCORRECT: (230, 159, 0),
    Wear.NONE: (204, 61, 102),
}
"""RGB; told apart without red-green vision too (after Okabe and Ito)."""

UNSURE_COLOUR: Final[Colour] = (128, 128, 128)

LONGEST: Final = 512
"""Longer side of a picture in the report, in pixels."""


def colour_of(verdict: Verdict) -> Colour:
    """The colour of a verdict's box and label: of its wear, or grey when unsure."""
    return UNSURE_COLOUR if verdict.unsure else COLOURS[verdict.wear]


class Report:
    """Writes `index.html` into a folder: photo by photo, put in place when closed.

    Sections go to a file beside it first, so a report of many photos needs no more memory
    than one of few.
    """

    def __init__(self, folder: Path, network: Network) -> None:
        """Start a report.

        Raises:
            OSError: the folder can't be made or written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._network = folder, network
        self._sections = folder / f".sections.{os.getpid()}.part"
        self._page = folder / f".index.{os.getpid()}.part"
        self._stream: IO[str] = self._sections.open("w", encoding="utf-8")
        self._counts: Counter[str] = Counter()

    def add(self, name: str, photo: NDArray[np.uint8], verdicts: Sequence[Verdict]) -> None:
        """Add a checked photo: RGB uint8 (H, W, 3) and its verdicts."""
        small = fit(photo, LONGEST)
        scale = small.shape[1] / photo.shape[1]
        marks = [(_scaled(v.face.box, scale), label(v), colour_of(v)) for v in verdicts]
        figure = _figure(boxes(small, marks), "The photo", f"The photo {name} with its boxes")
        faces = "".join(_face(small, scale, verdict) for verdict in verdicts)
        self._stream.write(f"<article><h2>{escape(name)}</h2>\n{figure}\n{faces}</article>\n")
        for verdict in verdicts:
            self._counts["unsure" if verdict.unsure else WEAR_TEXT[verdict.wear]] += 1

    def add_failure(self, name: str, error: str) -> None:
        """Add a photo that could not be checked, and why."""
        self._counts["not read"] += 1
        self._stream.write(
            f'<article class="failed"><h2>{escape(name)}</h2><p>{escape(error)}</p></article>\n'
        )

    def close(self) -> None:
        """Write the page; until now there was none, or the one of an earlier run."""
        self._stream.close()
        page = Template(
            resources.files("glassmask").joinpath("report.html").read_text(encoding="utf-8")
        ).substitute(
            summary=escape(self._summary()),
            version=escape(__version__),
            network=escape(str(self._network.manifest)),
            **{f"colour_{wear}": "rgb({}, {}, {})".format(*c) for wear, c in COLOURS.items()},
            engine=escape(f"{self._network.engine}, {self._network.precision}"),
            sections="\0",
        )
        head, foot = page.split("\0")
        with self._page.open("w", encoding="utf-8") as out:
            out.write(head)
            with self._sections.open(encoding="utf-8") as sections:
                shutil.copyfileobj(sections, out)
            out.write(foot)
        self._page.replace(self._folder / "index.html")
        self._sections.unlink()

    def abort(self) -> None:
        """Give up: nothing of this report stays."""
        with contextlib.suppress(OSError):
            self._stream.close()
        for partial in (self._sections, self._page):
            partial.unlink(missing_ok=True)

    def _summary(self) -> str:
        if not self._counts:
            return "No photo was checked."
        order = [*WEAR_TEXT.values(), "unsure", "not read"]
        return ", ".join(f"{self._counts[k]} {k}" for k in order if self._counts[k])


def _face(small: NDArray[np.uint8], scale: float, verdict: Verdict) -> str:
    evidence = verdict.evidence
    seen = evidence.square
    square = Square(seen.x * scale, seen.y * scale, seen.side * scale)
    height, width = small.shape[:2]
    warmth = heat(small, place(evidence.at_crop(), square, height, width))
    likely = CLASSES.index(evidence.class_name)
    bars = "\n".join(
        _bar(CLASS_TEXT[name], verdict.probabilities[name], i == likely)
        for i, name in enumerate(CLASSES)
    )
    shares = "\n".join(_bar(name, share, False) for name, share in evidence.shares.items())
    rival = CLASS_TEXT[evidence.rival]
    caption = (
        f"What speaks for “{CLASS_TEXT[evidence.class_name]}”, not “{rival}”: "
        "bright yellow most, each picture by its own scale"
    )
    unsure = " unsure" if verdict.unsure else ""
    return (
        f"{_figure(warmth, caption, 'Heat map')}\n"
        f'<section><p class="verdict {verdict.wear}{unsure}">{escape(headline(verdict))}</p>\n'
        f"<p>{escape(explanation(verdict))}</p>\n"
        f'<h3>How likely</h3>\n<table class="{verdict.wear}">{bars}</table>\n'
        f"<h3>Where the evidence lies, about</h3>\n<table>{shares}</table></section>\n"
    )


def _scaled(box: Box, scale: float) -> Box:
    x, y, w, h = box
    return x * scale, y * scale, w * scale, h * scale


def _figure(picture: NDArray[np.uint8], caption: str, alternative: str) -> str:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=88)
    data = base64.b64encode(buffer.getvalue()).decode()
    height, width = picture.shape[:2]
    return (
        f'<figure><img src="data:image/jpeg;base64,{data}" width="{width}" height="{height}" '
        f'alt="{escape(alternative)}"><figcaption>{escape(caption)}</figcaption></figure>'
    )


def _bar(label: str, share: float, chosen: bool) -> str:
    mark = ' class="chosen"' if chosen else ""
    return (
        f'<tr{mark}><th scope="row">{escape(label)}</th>'
        f'<td><div class="bar" style="width:{100 * share:.1f}%"></div></td>'
        f"<td>{percent(share)}</td></tr>"
    )
