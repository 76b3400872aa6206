"""The report: one self-contained HTML page with every photo, verdict and its evidence."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections import Counter
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.checked import Checked, Networks
from glassmask.evidence import place
from glassmask.files import make_folders, remove_folders, replacing
from glassmask.labels import Question
from glassmask.output.annotate import COLOURS, close_up, make_marks
from glassmask.output.draw import boxes, data_url, fit, heat
from glassmask.output.names import printable
from glassmask.output.wording import (
    QUESTION_TEXT,
    REPLY_TEXT,
    REPORT_TEXT,
    WEAR_TEXT,
    explanation,
    headline,
    percent,
)
from glassmask.record import WEARS_TOLD
from glassmask.verdict import Answer, Reply, Verdict
from glassmask.version import __version__

LONGEST: Final = 512
"""Longer side of a photo of one face in the report, in pixels."""

LONGEST_OF_MANY: Final = 1024
"""Longer side of a photo of several faces."""

CLOSE_UP: Final = 320
"""Side of the picture of a found face."""


class ReportSink:
    """Writes `index.html` into a folder: photo by photo, put in place when closed.

    Sections go to a file beside it first, so a report of many photos needs no more memory
    than one of few.
    """

    keeps_going = False

    def __init__(self, folder: Path) -> None:
        """Start a report.

        Raises:
            OSError: the folder can't be made or written, or its index.html is someone else's.
        """
        self.target = str(folder)
        self._page = folder / "index.html"
        require_own_page(self._page)
        self._made = make_folders(folder)
        try:
            # Without a name: nothing is left of it, whatever ends the run.
            self._sections = tempfile.TemporaryFile("w+", encoding="utf-8", dir=folder)  # noqa: SIM115
        except OSError:
            remove_folders(self._made)
            raise
        self._counts: Counter[str] = Counter()
        self._networks: Networks | None = None

    def write(self, checked: Checked, photo: NDArray[np.uint8] | None) -> None:
        """Add a checked photo.

        Args:
            checked: with a name, and maps in its verdicts.
            photo: its pixels, RGB uint8 (H, W, 3); None where it could not be read.

        Raises:
            OSError: it can't be written.
        """
        self._networks = checked.networks
        name = escape(printable(checked.photo))
        if checked.error is not None or photo is None:
            line = "" if checked.error is None else escape(printable(checked.error.line))
            self._counts[REPORT_TEXT["not read"]] += 1
            self._sections.write(
                f'<article class="failed"><h2>{name}</h2><p>{line}</p></article>\n'
            )
            return
        several = len(checked) > 1
        small = fit(photo, LONGEST_OF_MANY if several else LONGEST)
        marks = make_marks(checked.verdicts, small.shape[1] / photo.shape[1])
        caption = REPORT_TEXT["photo of several" if several else "photo"].format(count=len(checked))
        figure = _figure(boxes(small, marks), caption, REPORT_TEXT["alternative of photo"])
        kind = "several" if several else "one" if checked.verdicts else "empty"
        self._sections.write(f'<article class="{kind}"><h2>{name}</h2>\n{figure}\n')
        for number, verdict in enumerate(checked, 1):
            named = REPORT_TEXT["face"].format(number=number, count=len(checked))
            title = f"<h3>{named}</h3>\n" if several else ""
            whole = verdict.face.is_whole
            picture = _whole(small, verdict) if whole else close_up(photo, verdict, CLOSE_UP)
            self._sections.write(f'<div class="face">{title}{_face(picture, verdict)}</div>\n')
            self._counts["unsure" if verdict.unsure else WEAR_TEXT[verdict.wear]] += 1
        if not checked.verdicts:
            self._sections.write(f"<p>{REPORT_TEXT['no face']}</p>\n")
            self._counts[REPORT_TEXT["without a face"]] += 1
        self._sections.write("</article>\n")

    def close(self) -> None:
        """Write the page; until now there was none, or the one of an earlier run."""
        page = Template(
            resources.files("glassmask.output").joinpath("report.html").read_text(encoding="utf-8")
        ).substitute(
            summary=escape(self._summary()),
            version=escape(__version__),
            **{f"colour_{wear}": "rgb({}, {}, {})".format(*c) for wear, c in COLOURS.items()},
            networks=escape(_networks_line(self._networks)),
            sections="\0",
        )
        head, foot = page.split("\0")
        self._sections.seek(0)
        with replacing(self._page) as partial, partial.open("w", encoding="utf-8") as out:
            out.write(head)
            shutil.copyfileobj(self._sections, out)
            out.write(foot)
        self._sections.close()

    def abort(self) -> None:
        """Give up: nothing of this report stays."""
        with contextlib.suppress(OSError):
            self._sections.close()
        remove_folders(self._made)

    def _summary(self) -> str:
        if not self._counts:
            return REPORT_TEXT["nothing"]
        ends = (REPORT_TEXT["without a face"], REPORT_TEXT["not read"])
        order = (*WEAR_TEXT.values(), "unsure", *ends)
        return ", ".join(f"{self._counts[k]} {k}" for k in order if self._counts[k])


def require_own_page(page: Path) -> None:
    """Refuse to replace a page that is no report of ours, of photos or of a film.

    Raises:
        FileExistsError: it is someone else's.
    """
    if not page.exists():
        return
    with page.open("rb") as file:
        if b"<title>Glassmask report</title>" not in file.read(4096):
            raise FileExistsError(
                17, "its index.html is no report of Glassmask: give another folder"
            )


def _networks_line(networks: Networks | None) -> str:
    if networks is None:
        return "no photo was checked"
    return (
        f"networks {networks.wear}, {networks.finder}, {networks.landmarks}; "
        f"{networks.engine}, {networks.precision}"
    )


def _whole(small: NDArray[np.uint8], verdict: Verdict) -> NDArray[np.uint8]:
    """The heat map on a photo that is taken as a whole, here already made smaller."""
    height, width = small.shape[:2]
    evidence = verdict.evidence
    square = evidence.square.scaled(width / verdict.face.box[2])
    return heat(small, place(evidence.at_crop(), square, height, width))


def _face(warmth: NDArray[np.uint8], verdict: Verdict) -> str:
    wears = "\n".join(
        _bar(WEAR_TEXT[wear], verdict.probabilities[wear], wear is verdict.wear)
        for wear in WEARS_TOLD
    )
    answers = "\n".join(
        _answer_bar(question, answer) for question, answer in verdict.answers.items()
    )
    shares = "\n".join(_bar(name, share, False) for name, share in verdict.shares.items())
    unsure = " unsure" if verdict.unsure else ""
    about = "shares by an average face" if verdict.face.landmarks is None else "shares"
    titles = [REPORT_TEXT[key] for key in ("answers", "wears", about)]
    picture = _figure(warmth, REPORT_TEXT["heat map"], REPORT_TEXT["alternative of heat map"])
    return (
        f"{picture}\n"
        f'<section><p class="verdict {verdict.wear}{unsure}">{escape(headline(verdict))}</p>\n'
        f"<p>{escape(explanation(verdict))}</p>\n"
        f'<h4>{REPORT_TEXT["answers"]}</h4>\n<table class="{verdict.wear}">{answers}</table>\n'
        f'<h4>{REPORT_TEXT["wears"]}</h4>\n<table class="{verdict.wear}">{wears}</table>\n'
        f"<h4>{titles[2]}</h4>\n<table>{shares}</table></section>\n"
    )


def _answer_bar(question: Question, answer: Answer) -> str:
    """How full it is says how likely yes is; of what can't be seen it says nothing."""
    share = 0.0 if answer.answer is Reply.CANT_SEE else answer.probability
    return _bar(QUESTION_TEXT[question], share, answer.answer is Reply.YES, _said(answer))


def _said(answer: Answer) -> str:
    """The answer and how likely it is: `yes, 97%`, `no, 99%`, `can't see`."""
    text = REPLY_TEXT[answer.answer]
    if answer.answer is Reply.CANT_SEE:
        return text
    chance = answer.probability if answer.answer is Reply.YES else 1 - answer.probability
    return f"{text}, {percent(chance)}"


def _figure(picture: NDArray[np.uint8], caption: str, alternative: str) -> str:
    height, width = picture.shape[:2]
    return (
        f'<figure><img src="{data_url(picture)}" width="{width}" height="{height}" '
        f'alt="{escape(alternative)}"><figcaption>{escape(caption)}</figcaption></figure>'
    )


def _bar(label: str, share: float, chosen: bool, said: str | None = None) -> str:
    mark = ' class="chosen"' if chosen else ""
    return (
        f'<tr{mark}><th scope="row">{escape(label)}</th>'
        f'<td><div class="bar" style="width:{100 * share:.1f}%"></div></td>'
        f"<td>{escape(said or percent(share))}</td></tr>"
    )
