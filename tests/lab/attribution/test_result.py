"""Attributions as arrays, pictures and files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassmask.lab.attribution import Contrast, IntegratedGradients, attribute
from glassmask.lab.attribution.pictures import brightness, colourise, overlay
from glassmask.lab.networks.classifier import Classifier


def test_maps_are_brought_to_the_photo_by_half_pixels(bent: Classifier) -> None:
    seen = np.random.default_rng(0).integers(0, 256, (1, 8, 24, 3), np.uint8)  # not square
    found = attribute(bent, seen, 0, "grad-cam")
    raw = found.maps[0]
    assert raw.shape == (4, 12)
    large = found.at_photo()[0]
    assert large.shape == (8, 24)
    # Pixel 2k of twice the size lies a quarter of a cell before the centre of cell k.
    np.testing.assert_allclose(large[0, 0], raw[0, 0], rtol=1e-6)
    down = 0.25 * raw[0] + 0.75 * raw[1]
    np.testing.assert_allclose(large[2, 2], 0.25 * down[0] + 0.75 * down[1], rtol=1e-5)


def test_files(bent: Classifier, tmp_path: Path) -> None:
    seen = np.random.default_rng(0).integers(0, 256, (2, 16, 24, 3), np.uint8)
    method = IntegratedGradients(("black", "mean"), max_steps=8)
    found = attribute(bent, seen, (1, Contrast(2, 0)), method)
    written = found.save(str(tmp_path / "out"), ["one", "two"])
    assert sorted(path.name for path in written) == sorted(
        f"{name}-integrated-gradients.{end}"
        for name in ("one", "two")
        for end in ("npz", "png", "json")
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        path.name for path in written
    )
    with np.load(tmp_path / "out" / "two-integrated-gradients.npz") as arrays:
        np.testing.assert_array_equal(arrays["raw"], found.maps[1])
        np.testing.assert_array_equal(arrays["at_photo"], found.at_photo()[1])
    told = json.loads((tmp_path / "out" / "two-integrated-gradients.json").read_text())
    assert told["target"] == {"this": 2, "that": 0}
    assert told["settings"]["baselines"] == ["black", "mean"]
    assert told["steps"] == 8
    assert told["value"] == pytest.approx(float(found.values[1]))
    assert set(told["versions"]) == {"glassmask", "torch", "captum"}
    with Image.open(tmp_path / "out" / "one-integrated-gradients.png") as picture:
        assert picture.width > picture.height
    with pytest.raises(ValueError, match="as many names"):
        found.save(tmp_path / "out", ["same", "same"])


def test_pictures_are_never_without_numbers() -> None:
    wild = np.array([[np.nan, np.inf], [-1.0, 2.0]], np.float32)
    np.testing.assert_array_equal(brightness(wild, "inferno"), [[0, 0], [0, 1]])
    assert not brightness(np.zeros((3, 4), np.float32), "green").any()
    assert not brightness(np.full((3, 4), -1, np.float32), "inferno").any()
    photo = np.full((3, 4, 3), 100, np.uint8)
    np.testing.assert_array_equal(overlay(photo, np.zeros((3, 4), np.float32), "inferno"), photo)
    with pytest.raises(ValueError, match="the map is"):
        overlay(photo, np.zeros((4, 3), np.float32), "green")


@pytest.mark.parametrize("palette", ["inferno", "green"])
def test_more_is_lighter_in_every_palette(palette: str) -> None:
    ramp = np.linspace(0, 1, 64, dtype=np.float32)[None]
    lightness = colourise(ramp, palette).astype(float) @ [0.2126, 0.7152, 0.0722]  # type: ignore[arg-type]
    assert (np.diff(lightness[0]) > -0.5).all()
    assert lightness[0, -1] - lightness[0, 0] > 150
