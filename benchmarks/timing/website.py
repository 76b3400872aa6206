"""How fast the website is, in headless Chromium: a photo, and the camera.

    python -m benchmarks website [--chromium PATH] [--rounds 20]     # after `make site`

From the moment a photo is chosen to its verdict with the map drawn, warm, medians; and frames a
second on the page Live. The photo and the film show the demo portrait, 1280 x 720, one face.
"""

from __future__ import annotations

import argparse
import base64
import shutil
import statistics
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import Figures
from benchmarks.frame import shipped_weights
from glassmask.painter import demo_photos
from glassmask.server.static_site import make_server, write_site

TIMED = """([photo, rounds]) => new Promise((done) => {
    const input = document.querySelector("#file");
    const times = [];
    let start = 0;
    const give = () => {
        const held = new DataTransfer();
        held.items.add(new File([photo], "photo.jpg", { type: "image/jpeg" }));
        input.files = held.files;
        start = performance.now();
        input.dispatchEvent(new Event("change"));
    };
    const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
    photo = bytes;
    document.addEventListener("glassmask:checked", ({ detail }) => requestAnimationFrame(() => {
        times.push([performance.now() - start, detail.milliseconds]);
        if (times.length === rounds) done(times);
        else give();
    }));
    give();
})"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Which browser, and how many rounds."""
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    parser.add_argument("--rounds", type=int, default=20)


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """All networks that the page runs."""
    return shipped_weights("wear", "finder", "landmarks")


def measure(options: argparse.Namespace) -> Figures:
    """Milliseconds from photo to verdict, and of it in the worker; frames per second; megabytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_site(folder / "site")
        files = [path for path in (folder / "site").rglob("*") if path.is_file()]
        flags = ["--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream"]
        film = write_pictures(folder)
        flags += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=options.chromium, args=flags)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            found = time_pages(page, folder, options.rounds)
            browser.close()
    print(found, flush=True)
    return {**found, "megabytes": sum(path.stat().st_size for path in files) / 1e6}


def write_pictures(folder: Path) -> Path:
    """Write the photo, and the film that the camera is to show; its path."""
    portrait = Image.fromarray(demo_photos()["nose"]).resize((570, 597))
    photo = Image.new("RGB", (1280, 720), (90, 110, 120))
    photo.paste(portrait, (355, 61))
    photo.save(folder / "photo.jpg", quality=92)
    film = folder / "film.mjpeg"
    film.write_bytes((folder / "photo.jpg").read_bytes() * 5)
    return film


def time_pages(page: Page, folder: Path, rounds: int) -> dict[str, list[float]]:
    """Medians on the page Check, and what the page Live says; the least and greatest of runs."""
    with make_server(folder / "site", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site = f"http://localhost:{server.server_port}/"
        page.goto(site)
        photo = base64.b64encode((folder / "photo.jpg").read_bytes()).decode()
        times = page.evaluate(TIMED, [photo, rounds + 5])[5:]
        whole, inside = (statistics.median(part) for part in zip(*times, strict=True))
        page.goto(site + "live.html")
        page.click("#camera")
        page.wait_for_selector("#boxes .box", timeout=60_000)
        page.wait_for_timeout(8000)
        frames = float(page.get_attribute("#speed", "data-fps") or 0)
        server.shutdown()
    return {"photo_ms": [whole], "worker_ms": [inside], "frames_per_second": [frames]}
