"""The report: one self-contained HTML page with every photo, verdict and its evidence."""

from __future__ import annotations

import contextlib
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

from glassmask.checker import Checker
from glassmask.evidence import enlarge, place
from glassmask.faces.crop import Square, crop
from glassmask.labels import CLASSES
from glassmask.output.annotate import COLOURS, marks_of
from glassmask.output.draw import boxes, data_url, fit, heat
from glassmask.output.wording import (
    CLASS_TEXT,
    NO_FACE_TEXT,
    WEAR_TEXT,
    explanation,
    headline,
    percent,
)
from glassmask.verdict import Verdict
from glassmask.version import __version__

LONGEST: Final = 512
"""Longer side of a photo of one face in the report, in pixels."""

LONGEST_OF_MANY: Final = 1024
"""Longer side of a photo of several faces."""

CLOSE_UP: Final = 320
"""Side of the picture of a found face."""


class Report:
    """Writes `index.html` into a folder: photo by photo, put in place when closed.

    Sections go to a file beside it first, so a report of many photos needs no more memory
    than one of few.
    """

    def __init__(self, folder: Path, checker: Checker) -> None:
        """Start a report.

        Raises:
            OSError: the folder can't be made or written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._checker = folder, checker
        self._sections = folder / f".sections.{os.getpid()}.part"
        self._page = folder / f".index.{os.getpid()}.part"
        self._stream: IO[str] = self._sections.open("w", encoding="utf-8")
        self._counts: Counter[str] = Counter()

    def add(self, name: str, photo: NDArray[np.uint8], verdicts: Sequence[Verdict]) -> None:
        """Add a checked photo: RGB uint8 (H, W, 3) and its verdicts."""
        several = len(verdicts) > 1
        small = fit(photo, LONGEST_OF_MANY if several else LONGEST)
        marks = marks_of(verdicts, small.shape[1] / photo.shape[1])
        caption = f"The photo, {len(verdicts)} faces from left to right" if several else "The photo"
        figure = _figure(boxes(small, marks), caption, f"The photo {name} with its boxes")
        kind = "several" if several else "one" if verdicts else "empty"
        self._stream.write(f'<article class="{kind}"><h2>{escape(name)}</h2>\n{figure}\n')
        for number, verdict in enumerate(verdicts, 1):
            title = f"<h3>Face {number} of {len(verdicts)}</h3>\n" if several else ""
            picture = (
                _whole(small, verdict) if verdict.face.score is None else _near(photo, verdict)
            )
            self._stream.write(f'<div class="face">{title}{_face(picture, verdict)}</div>\n')
            self._counts["unsure" if verdict.unsure else WEAR_TEXT[verdict.wear]] += 1
        if not verdicts:
            self._stream.write(f"<p>{NO_FACE_TEXT.capitalize()} in this photo.</p>\n")
            self._counts["without a face"] += 1
        self._stream.write("</article>\n")

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
            resources.files("glassmask.output").joinpath("report.html").read_text(encoding="utf-8")
        ).substitute(
            summary=escape(self._summary()),
            version=escape(__version__),
            network=escape(str(self._checker.network.manifest)),
            **{f"colour_{wear}": "rgb({}, {}, {})".format(*c) for wear, c in COLOURS.items()},
            engine=escape(f"{self._checker.network.engine}, {self._checker.network.precision}"),
            finder=escape(str(self._checker.faces.finder.manifest)),
            landmarker=escape(str(self._checker.faces.landmarker.manifest)),
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
        order = [*WEAR_TEXT.values(), "unsure", "without a face", "not read"]
        return ", ".join(f"{self._counts[k]} {k}" for k in order if self._counts[k])


def _whole(small: NDArray[np.uint8], verdict: Verdict) -> NDArray[np.uint8]:
    """The heat map on a photo that is taken as a whole, here already made smaller."""
    height, width = small.shape[:2]
    seen = verdict.evidence.square
    scale = width / verdict.face.box[2]
    square = Square(seen.x * scale, seen.y * scale, seen.side * scale)
    return heat(small, place(verdict.evidence.at_crop(), square, height, width))


def _near(photo: NDArray[np.uint8], verdict: Verdict) -> NDArray[np.uint8]:
    """The heat map on a found face: the very square that the network saw."""
    evidence = verdict.evidence
    close = crop(photo, evidence.square, CLOSE_UP)
    return heat(close, enlarge(evidence.contrast(), CLOSE_UP))


def _face(warmth: NDArray[np.uint8], verdict: Verdict) -> str:
    evidence = verdict.evidence
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
    about = ", about: by an average face" if verdict.face.landmarks is None else ""
    return (
        f"{_figure(warmth, caption, 'Heat map')}\n"
        f'<section><p class="verdict {verdict.wear}{unsure}">{escape(headline(verdict))}</p>\n'
        f"<p>{escape(explanation(verdict))}</p>\n"
        f'<h4>How likely</h4>\n<table class="{verdict.wear}">{bars}</table>\n'
        f"<h4>Where the evidence lies{about}</h4>\n<table>{shares}</table></section>\n"
    )


def _figure(picture: NDArray[np.uint8], caption: str, alternative: str) -> str:
    height, width = picture.shape[:2]
    return (
        f'<figure><img src="{data_url(picture)}" width="{width}" height="{height}" '
        f'alt="{escape(alternative)}"><figcaption>{escape(caption)}</figcaption></figure>'
    )


def _bar(label: str, share: float, chosen: bool) -> str:
    mark = ' class="chosen"' if chosen else ""
    return (
        f'<tr{mark}><th scope="row">{escape(label)}</th>'
        f'<td><div class="bar" style="width:{100 * share:.1f}%"></div></td>'
        f"<td>{percent(share)}</td></tr>"
    )
