from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checked, Checker
from glassmask.errors import PhotoError
from glassmask.labels import Question
from glassmask.output.report import ReportSink
from glassmask.verdict import Reply


class Page(HTMLParser):
    """Collects what a page holds, and checks that its tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [v or "" for k, v in attrs if k == "src"]
        self.links += [v or "" for k, v in attrs if k == "href"]
        if tag not in ("meta", "img", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def test_a_report_is_self_contained(
    tmp_path: Path, checker: Checker, demo: dict[str, NDArray[np.uint8]]
) -> None:
    report = ReportSink(tmp_path / "out")
    for name in ("nose", "none"):
        checked = checker.check(demo[name], name=f"{name}.png", whole=True)
        report.write(checked, demo[name])
    failed = Checked.failed("gone.jpg", PhotoError("no such file"), checker.networks)
    report.write(failed, None)
    report.close()
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["index.html"]
    text = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert len(page.sources) == 4  # photo and heat map, twice
    assert all(source.startswith("data:image/jpeg;base64,") for source in page.sources)
    assert page.links == []
    assert "script" not in page.tags
    assert "nothing was sent anywhere" in text
    assert "1 not read" in text
    assert "no such file" in text
    assert "default-src 'none'" in text


def test_several_faces_and_none(
    tmp_path: Path, faces: Any, demo: dict[str, NDArray[np.uint8]]
) -> None:
    boxes = [(50.0, 48.0, 104.0, 128.0), (260.0, 48.0, 104.0, 128.0)]
    row = np.hstack([demo["nose"], demo["none"]])
    finder = faces.fixed("pair", boxes, row.shape[:2])
    pair = Checker(engine="onnxruntime", finder=finder, landmarks=faces.landmarks)
    report = ReportSink(tmp_path)
    report.write(pair.check(row, name="pair.png"), row)
    report.write(pair.check(demo["none"], name="nobody.png", min_face=200), demo["none"])
    report.close()
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert len(page.sources) == 4  # the photo, two close-ups; the other photo
    assert text.index("Face 1 of 2") < text.index("Face 2 of 2")
    assert "nose uncovered" in text.split("Face 2 of 2")[0]
    assert "No face found in this photo." in text
    assert "1 without a face" in text
    assert ", pair 0 (" in text
    assert text.count("nose uncovered</th>") == 2
    assert "yes, " in text.split("Face 2 of 2")[0]


def test_what_cant_be_seen_has_an_empty_bar(
    tmp_path: Path, checker: Checker, demo: dict[str, NDArray[np.uint8]]
) -> None:
    checked = checker.check(demo["nose"], name="nose.png")
    (verdict,) = checked
    unseen = replace(verdict.answers[Question.CHIN], answer=Reply.CANT_SEE, probability=0.3)
    verdict = replace(verdict, answers={**verdict.answers, Question.CHIN: unseen})
    report = ReportSink(tmp_path)
    report.write(replace(checked, verdicts=(verdict,)), demo["nose"])
    report.close()
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    row = text.split("chin uncovered</th>")[1].split("</tr>")[0]
    assert "width:0.0%" in row
    assert "can&#x27;t see" in row


def test_names_can_not_become_markup(tmp_path: Path, checker: Checker) -> None:
    report = ReportSink(tmp_path)
    grey = np.full((50, 50, 3), 9, np.uint8)
    report.write(checker.check(grey, name="<script>$x</script>", min_face=90), grey)
    failed = Checked.failed('<img src="http://evil">', PhotoError("<b>"), checker.networks)
    report.write(failed, None)
    report.close()
    page = Page((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert "script" not in page.tags
    assert len(page.sources) == 1


def test_an_empty_report_says_so(tmp_path: Path) -> None:
    ReportSink(tmp_path).close()
    assert "No photo was checked." in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        ReportSink(tmp_path / "file" / "report")
