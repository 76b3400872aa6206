"""The built website on a server of its own, in a headless Chromium."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from glassmask.painter import demo_photos
from glassmask.server.static_site import make_server, write_site
from tabs import Tab
from turned_photos import encoded

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
NEEDED = "GLASSMASK_NEEDS_BROWSER"
"""Set where a skipped test of the website is a failed one."""


def _missing() -> str | None:
    if not (ROOT / "src/glassmask/site/index.html").exists():
        return "the website is not built: make site"
    return None if CHROMIUM else "no Chromium: set CHROMIUM to its path"


@pytest.hookimpl(wrapper=True, tryfirst=True)  # marked before `-m` chooses, skipped after
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what needs a browser; skip it, loudly, where there is none."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
    yield
    chosen = [item for item in items if item.get_closest_marker("browser")]
    missing = _missing()
    if missing is None or not chosen:
        return
    if os.environ.get(NEEDED):
        raise pytest.UsageError(f"the tests of the website would be skipped: {missing}")
    for item in chosen:
        item.add_marker(pytest.mark.skip(reason=f"WEBSITE NOT TESTED: {missing}"))


@pytest.fixture(scope="session")
def site_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site") / "glassmask"
    write_site(folder)
    with make_server(folder, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def camera_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the fake camera shows: the demo portrait with the nose out, as Motion JPEG."""
    portrait = Image.fromarray(demo_photos()["nose"]).resize((420, 440))
    frame = Image.new("RGB", (640, 480), (90, 110, 120))
    frame.paste(portrait, (110, 20))
    film = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    frame.save(film.with_suffix(".jpg"), quality=95)
    film.write_bytes(film.with_suffix(".jpg").read_bytes() * 5)
    return film


@pytest.fixture(scope="session")
def browser(camera_film: Path) -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream"]
    flags += [
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_film}",
    ]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser: Browser, site_url: str) -> Iterator[Tab]:
    """A fresh page; whatever its console complains of, or asks of other hosts, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(90_000)
    opened = Tab(context.new_page(), site_url)
    yield opened
    opened.see_clean()
    context.close()


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The demo photos, and pictures that are harder to take."""
    folder = tmp_path_factory.mktemp("photos")
    demo = demo_photos()
    pictures: dict[str, NDArray[np.uint8]] = {
        **demo,
        "two": np.hstack([demo["correct"], demo["nose"]]),
        "nobody": np.full((200, 300, 3), 128, np.uint8),
        "tiny": np.full((4, 300, 3), 128, np.uint8),
    }
    paths = {name: folder / f"{name}.png" for name in pictures}
    for name, picture in pictures.items():
        Image.fromarray(picture).save(paths[name])
    whole = paths["nose"].read_bytes()
    bomb = whole[:16] + (60_000).to_bytes(4, "big") * 2 + whole[24:]  # 3.6 gigapixels, it says
    others = {
        "broken.png": whole[:400],
        "bomb.png": bomb,
        "empty.jpg": b"",
        "text.jpg": b"this is no picture",
        "photo.tif": b"II*\0" + bytes(100),
        "photo.heic": b"\0\0\0\x14ftypheic" + bytes(100),
        "cut.avif": encoded(demo["nose"], "AVIF")[:-500],
    }
    for name, content in others.items():
        paths[name] = folder / name
        paths[name].write_bytes(content)
    return paths
