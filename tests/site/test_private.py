"""The photo stays in the tab: no request during a check, and none that would be let through."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Worker

from tabs import Tab

RESULT = "#result:not([hidden])"


def test_a_check_asks_for_nothing(tab: Tab, photos: dict[str, Path]) -> None:
    page = tab.open()
    tab.check(photos["correct"])
    tab.until("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_load_state("networkidle")
    tab.requests.clear()
    tab.check(photos["nose"])
    assert not [url for url in tab.requests if not url.startswith("blob:")]


def test_neither_page_nor_worker_may_send(tab: Tab, photos: dict[str, Path]) -> None:
    heard: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.path)

        def log_message(self, format: str, *args: object) -> None:
            pass

    tab.page.add_init_script(
        "Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 4 })"
    )
    page = tab.open()
    tab.check(photos["correct"])
    assert len(page.workers) == 1  # the engine's own threads would be free of the policy
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{server.server_port}/"
        send = f"fetch('{there}', {{ method: 'POST', mode: 'no-cors', body: 'photo' }})"
        places: list[Page | Worker] = [page, *page.workers]
        for place in places:
            with pytest.raises(Error, match="Failed to fetch"):
                place.evaluate(send)
        server.shutdown()
    assert not heard
    assert any("Content Security Policy" in complaint for complaint in tab.complaints)
    tab.complaints.clear()
    tab.requests.clear()


def test_it_works_without_a_network(tab: Tab, photos: dict[str, Path]) -> None:
    page = tab.open()
    tab.check(photos["correct"])
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    tab.until("navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.reload()
    assert len(tab.check(photos["nose"])["verdicts"]) == 1
    for name in ("how-it-decides.html", "live.html", ""):
        assert page.goto(tab.site + name)
        assert page.locator("h1").count() == 1
    page.context.set_offline(False)
