"""Photos that are stored turned are the same pictures in the browser as in Python."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

from glassmask.checker import Checker
from glassmask.painter import demo_photos
from glassmask.photos import read_photo
from tabs import Tab
from turned_photos import (
    Photo,
    attribute,
    encoded,
    exif,
    stored_turned,
    turned_photos,
    upright_picture,
)

PICTURES = """async (files) => {
    const field = document.querySelector("#file");
    const answer = () => new Promise((done) => {
        document.addEventListener("glassmask:checked", ({ detail }) => done(detail),
            { once: true });
    });
    const pictures = [];
    for (const file of files) {
        const told = answer();
        const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
        const held = new DataTransfer();
        held.items.add(new File([bytes], "photo"));
        field.files = held.files;
        field.dispatchEvent(new Event("change", { bubbles: true }));
        const { picture, width, height } = await told;
        const canvas = new OffscreenCanvas(width, height);
        const pen = canvas.getContext("2d");
        pen.drawImage(picture, 0, 0);
        const { data } = pen.getImageData(0, 0, width, height);
        pictures.push([width, height, btoa(String.fromCharCode(...data))]);
    }
    return pictures;
}"""


def _shown(tab: Tab, contents: list[bytes]) -> list[Photo]:
    """The pictures that the page makes of files."""
    files = [base64.b64encode(content).decode() for content in contents]
    pictures: list[Photo] = []
    for width, height, packed in tab.page.evaluate(PICTURES, files):
        rgba = np.frombuffer(base64.b64decode(packed), np.uint8).reshape(height, width, 4)
        pictures.append(rgba[..., :3])
    return pictures


def test_every_way_to_be_turned(tab: Tab) -> None:
    tab.open()
    every = turned_photos(upright_picture())
    # Which word counts is tested without a browser; here, that all of them end in the same picture.
    photos = [photo for photo in every if not photo.name.endswith(("-both", "-apart"))]
    shown = _shown(tab, [photo.content for photo in photos])
    wrong: dict[str, object] = {}
    for photo, picture in zip(photos, shown, strict=True):
        python = read_photo(photo.content)
        exact = photo.name.startswith(("png", "webp")) and photo.name != "webp-lossy"
        if picture.shape != python.shape:
            wrong[photo.name] = picture.shape
            continue
        apart = np.abs(picture.astype(int) - python)
        if apart.max() > (0 if exact else 4):  # decoders differ by a little
            wrong[photo.name] = int(apart.max())
    assert not wrong


def test_the_verdict_of_a_turned_face(tab: Tab, tmp_path: Path) -> None:
    tab.open()
    checker = Checker(engine="onnxruntime")
    path = tmp_path / "photo"
    for kind, way, word in [("WEBP", 6, exif), ("PNG", 5, attribute), ("AVIF", 3, exif)]:
        told = {"exif" if word is exif else "xmp": word(way)}
        path.write_bytes(encoded(stored_turned(demo_photos()["nose"], way), kind, **told))
        (wanted,) = checker.check(path)
        (found,) = tab.check(path)["verdicts"]
        assert (found["wear"], found["uncovered"]) == (wanted.wear, list(wanted.uncovered))
        assert found["face"]["box"] == pytest.approx(wanted.face.box, abs=2)
