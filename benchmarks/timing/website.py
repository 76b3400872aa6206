"""How fast the website is, in headless Chromium: a photo, and the camera.

    python -m benchmarks website [--chromium PATH] [--rounds 20] [--base SITE]   # after `make site`

From the moment a photo is chosen to its verdict with the map drawn, warm, medians; and frames a
second on the page Live. The photo and the film show the demo portrait, 1280 x 720, one face. The
site of another state of the code, built into the folder SITE, is timed in turns with this one.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import shutil
import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import Figure, Figures
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
    photo = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
    const note = ({ detail }) => requestAnimationFrame(() => {
        times.push([performance.now() - start, detail.milliseconds, detail.finding]);
        if (times.length < rounds) return give();
        document.removeEventListener("glassmask:checked", note);
        done(times);
    });
    document.addEventListener("glassmask:checked", note);
    give();
})"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Which browser, and how many rounds."""
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--base", type=Path, help="built site of another state, to compare")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """All networks that the page runs."""
    return shipped_weights("wear", "finder", "landmarks")


def measure(options: argparse.Namespace) -> Figures:
    """Milliseconds from photo to verdict, and of it in the worker; frames per second; megabytes.

    Likewise of the base, where there is one, and of both in turns.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_site(folder / "site")
        files = [path for path in (folder / "site").rglob("*") if path.is_file()]
        flags = ["--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream"]
        photo, film = write_pictures(folder)
        flags += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=options.chromium, args=flags)
            new_page = partial(browser.new_page, viewport={"width": 1280, "height": 900})
            found: dict[str, Figure] = {
                **time_pages(new_page(), folder / "site", photo, options.rounds),
                "megabytes": sum(path.stat().st_size for path in files) / 1e6,
            }
            if options.base is not None:
                sites = {"now": folder / "site", "base": options.base}
                found["base"] = in_turns(new_page, sites, photo, options.rounds)
            browser.close()
    print(found, flush=True)
    return found


def write_pictures(folder: Path) -> tuple[Path, Path]:
    """Write the photo, and the film that the camera is to show; their paths."""
    portrait = Image.fromarray(demo_photos()["nose"]).resize((570, 597))
    photo = Image.new("RGB", (1280, 720), (90, 110, 120))
    photo.paste(portrait, (355, 61))
    photo.save(folder / "photo.jpg", quality=92)
    film = folder / "film.mjpeg"
    film.write_bytes((folder / "photo.jpg").read_bytes() * 5)
    return folder / "photo.jpg", film


def time_pages(page: Page, site: Path, photo: Path, rounds: int) -> dict[str, list[float]]:
    """Medians on the page Check, and what the page Live says: lists, to put runs together."""
    with served(site) as address:
        page.goto(address)
        whole, inside, finding = medians(time_photos(page, photo, rounds + 5)[5:])
        page.goto(address + "live.html")
        page.click("#camera")
        page.wait_for_selector("#boxes .box", timeout=60_000)
        page.wait_for_timeout(8000)
        frames = float(page.get_attribute("#speed", "data-fps") or 0)
    found = {"photo_ms": whole, "worker_ms": inside, "finding_ms": finding}
    return {**{name: [took] for name, took in found.items()}, "frames_per_second": [frames]}


def in_turns(
    new_page: Callable[[], Page], sites: Mapping[str, Path], photo: Path, rounds: int
) -> Figures:
    """Medians of a photo on the page Check of two sites, and the ratios of the first's to those."""
    times: dict[str, list[list[float]]] = {name: [] for name in sites}
    with contextlib.ExitStack() as stack:
        pages = {}
        for name, site in sites.items():
            pages[name] = new_page()
            pages[name].goto(stack.enter_context(served(site)))
            time_photos(pages[name], photo, 5)
        for _ in range(rounds):
            for name, page in pages.items():
                page.bring_to_front()
                times[name] += time_photos(page, photo, 1)
    parts = ("photo_ms", "worker_ms", "finding_ms")
    found = {name: dict(zip(parts, medians(took), strict=True)) for name, took in times.items()}
    now, base = found.values()
    return {**found, "ratios": {part: now[part] / base[part] for part in parts}}


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a site's folder, as long as it is served."""
    with make_server(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()


def time_photos(page: Page, photo: Path, rounds: int) -> list[list[float]]:
    """Milliseconds of a photo on the open page Check: in all, in the worker, of it finding."""
    content = base64.b64encode(photo.read_bytes()).decode()
    times: list[list[float]] = page.evaluate(TIMED, [content, rounds])
    return times


def medians(times: Sequence[Sequence[float]]) -> list[float]:
    """The medians of the columns."""
    return [statistics.median(column) for column in zip(*times, strict=True)]
