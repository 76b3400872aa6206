"""The photo stays in the tab: no request during a check, and none that would be let through."""

from __future__ import annotations

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Worker

from glassmask.server.static_site import write_site
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


class ShortAddresses(SimpleHTTPRequestHandler):
    """As some hosts do: `live.html` is redirected to `live`, and `index.html` to its folder."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.endswith(".html"):
            self.send_response(301)
            short = path.removesuffix("index.html").removesuffix(".html")
            self.send_header("Location", short)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if not path.endswith("/") and "." not in path:
            self.path = f"{path}.html"
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_without_a_network_from_a_host_that_redirects(browser: Browser, tmp_path: Path) -> None:
    write_site(tmp_path / "site")
    answers = partial(ShortAddresses, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context()
        tab = Tab(context.new_page(), f"http://localhost:{server.server_port}/")
        page = tab.open("index.html")
        assert page.url == tab.site
        tab.until("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        tab.until("navigator.serviceWorker.controller !== null")
        server.shutdown()
    context.set_offline(True)
    for name in ("", "index.html", "live.html", "live"):
        page.goto(tab.site + name)
        assert page.locator("h1").count() == 1, name
    tab.see_clean()
    context.close()
