from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checker
from glassmask.output.report import Report


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
    report = Report(tmp_path / "out", checker)
    for name in ("nose", "none"):
        report.add(f"{name}.png", demo[name], checker.check(demo[name]))
    report.add_failure("gone.jpg", "no such file")
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
    report = Report(tmp_path, pair)
    report.add("pair.png", row, pair.check(row))
    report.add("nobody.png", demo["none"], ())
    report.close()
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert len(page.sources) == 4  # the photo, two close-ups; the other photo
    assert text.index("Face 1 of 2") < text.index("Face 2 of 2")
    assert "nose uncovered" in text.split("Face 2 of 2")[0]
    assert "No face found in this photo." in text
    assert "1 without a face" in text
    assert "finder pair 0" in text


def test_names_can_not_become_markup(tmp_path: Path, checker: Checker) -> None:
    report = Report(tmp_path, checker)
    report.add("<script>$x</script>", np.full((50, 50, 3), 9, np.uint8), [])
    report.add_failure('<img src="http://evil">', "<b>")
    report.close()
    page = Page((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert "script" not in page.tags
    assert len(page.sources) == 1


def test_an_empty_report_says_so(tmp_path: Path, checker: Checker) -> None:
    Report(tmp_path, checker).close()
    assert "No photo was checked." in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_folder_that_can_not_be_written(tmp_path: Path, checker: Checker) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        Report(tmp_path / "file" / "report", checker)
