"""A page of the website in a browser's tab, and what its users do."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request

SCREENSHOTS = "GLASSMASK_SCREENSHOTS"
"""A folder to leave pictures of the pages in, to be looked at."""


class Tab:
    """A tab that remembers what its page complained of and asked for."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.context.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def open(self, name: str = "index.html") -> Page:
        self.page.goto(self.site + name)
        return self.page

    def give(self, photo: Path) -> None:
        self.page.set_input_files("#file", photo)

    def check(self, photo: Path) -> dict[str, Any]:
        """What the page makes of a photo: its `glassmask:checked`, arrays as lists."""
        self.page.evaluate(
            """() => {
                window.checked = new Promise((done) => document.addEventListener(
                    "glassmask:checked", (event) => done(event.detail), { once: true }));
            }"""
        )
        self.give(photo)
        found: dict[str, Any] = self.page.evaluate(
            """async () => {
                const { verdicts, width, height, milliseconds } = await window.checked;
                const plain = (verdict) => ({ ...verdict, evidence: {
                    ...verdict.evidence, maps: [...verdict.evidence.maps] } });
                return { verdicts: verdicts.map(plain), width, height, milliseconds };
            }"""
        )
        return found

    def until(self, expression: str) -> None:
        """Wait until an expression is true of the page.

        Playwright's own `wait_for_function` evaluates text inside the page when it has to look
        twice, and the page's policy forbids that.
        """
        end = time.monotonic() + 90
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"never came true: {expression}"
            self.page.wait_for_timeout(50)

    def problem(self) -> str:
        """The sentence that says what is wrong."""
        return self.page.locator("#progress.error").inner_text()

    def see_clean(self) -> None:
        """Nothing was complained of, and nothing asked of any other host."""
        assert not self.complaints
        away = [url for url in self.requests if not url.startswith((self.site, "blob:", "data:"))]
        assert not away

    def photograph(self, name: str) -> None:
        folder = os.environ.get(SCREENSHOTS)
        if folder:
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
