"""Every page: on a phone and on a desk, for a screen reader, in the dark, and without faults."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tabs import Tab

ROOT = Path(__file__).parents[2]
PAGES = sorted(p.name for p in (ROOT / "site").glob("*.html") if p.name != "layout.html")
WEIGHTS, SITE = ROOT / "src/glassmask/weights", ROOT / "src/glassmask/site"
AXE = ROOT / "site/node_modules/axe-core/axe.min.js"
PHONE, DESK = (390, 844), (1280, 900)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_is_accessible(
    browser: Browser,
    site_url: str,
    name: str,
    size: tuple[int, int],
    scheme: Literal["light", "dark"],
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    tab = Tab(context.new_page(), site_url)
    page = tab.open(name)
    page.wait_for_load_state("load")
    assert page.locator("h1").count() == 1
    assert page.title()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document)")
    serious = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert not serious, [(v["id"], [node["html"] for node in v["nodes"]]) for v in serious]
    tab.photograph(f"{name.removesuffix('.html')}-{size[0]}-{scheme}")
    tab.see_clean()
    context.close()


def test_results_are_accessible_too(tab: Tab, photos: dict[str, Path]) -> None:
    page = tab.open()
    tab.check(photos["two"])
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document)")
    assert not [v for v in found["violations"] if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_jumps_while_a_page_loads(tab: Tab, name: str) -> None:
    page = tab.open(name)
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        """() => new Promise((done) => {
            let sum = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries())
                    if (!entry.hadRecentInput) sum += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 300);
        })"""
    )
    assert shift < 0.1


def test_all_of_it_is_light() -> None:
    folders = (ROOT / "src/glassmask/site", ROOT / "src/glassmask/weights")
    sizes = [path.stat().st_size for folder in folders for path in folder.rglob("*")]
    assert sum(sizes) < 25e6  # the first visit, with everything that is kept for later


def test_a_browser_without_simd_is_told(tab: Tab) -> None:
    tab.page.add_init_script("WebAssembly.validate = () => false")
    page = tab.open()
    assert "lacks WebAssembly SIMD" in tab.problem()
    assert page.locator("nav a").count() >= len(PAGES)


def test_without_javascript_a_page_says_what_is_missing(browser: Browser, site_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    said = {}
    for name in PAGES:
        page.goto(site_url + name)
        said[name] = page.locator("noscript p").all_inner_texts()
    context.close()
    assert "the networks run in your browser" in said["index.html"][0]
    silent = {name for name, notes in said.items() if not notes}
    assert silent == {"how-to.html", "studies.html", "why.html"}  # nothing but text and pictures


def test_the_engine_is_loaded_with_progress(tab: Tab) -> None:
    said: list[str] = []

    def hear(text: str) -> None:
        said.append(text)

    tab.page.expose_function("hear", hear)
    tab.page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
            const line = document.querySelector("#progress");
            new MutationObserver(() => window.hear(line.textContent)).observe(
                line, { subtree: true, childList: true, characterData: true });
        })"""
    )
    page = tab.open()
    tab.until("document.querySelector('#file').disabled === false")
    page.wait_for_load_state("networkidle")
    totals = {text.split(" of ")[1] for text in said if " of " in text}
    (total,) = totals
    files = [*WEIGHTS.glob("*.onnx"), *SITE.glob("assets/ort-wasm*.wasm")]
    assert len(files) == 4  # three networks and the engine
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    assert float(total.split()[0]) == pytest.approx(megabytes, abs=0.06)


def test_networks_that_cant_be_had(tab: Tab) -> None:
    tab.page.route("**/networks/**", lambda route: route.abort())
    tab.open()
    assert "could not be loaded" in tab.problem()
    tab.complaints.clear()
