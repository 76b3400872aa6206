"""What the lab offers from Python: one function per question."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import glassmask.lab
from glassmask.errors import MethodError, PhotoError
from glassmask.lab import explain_photos
from glassmask.networks.manifest import load_wear_network


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = "import sys, glassmask.lab; assert not {'torch', 'onnxruntime'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_is_offered_is_there() -> None:
    assert all(callable(getattr(glassmask.lab, name)) for name in glassmask.lab.__all__)
    with pytest.raises(AttributeError, match="no attribute 'explain_everything'"):
        glassmask.lab.explain_everything  # noqa: B018


def test_photos_are_explained_without_files(
    demo: dict[str, NDArray[np.uint8]], tmp_path: Path
) -> None:
    Image.fromarray(demo["nose"]).save(tmp_path / "me.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    paths = [tmp_path / "me.png", tmp_path / "broken.png"]
    found, broken = explain_photos(paths, target="nose", whole=True)
    assert (found.photo, found.error, found.files) == (str(paths[0]), None, ())
    size = load_wear_network()[1].input_size
    assert found.attributions[0].maps.shape == (1, size // 16, size // 16)
    assert found.faces[0].crop.shape == (size, size, 3)
    assert isinstance(broken.error, PhotoError)
    assert (broken.faces, broken.attributions) == ((), ())
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_what_can_not_be_is_said_before_the_first_photo(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(MethodError, match="no method 'lime'"):
        explain_photos([], out, method="lime")
    assert not out.exists()


def test_the_files_are_named(demo: dict[str, NDArray[np.uint8]], tmp_path: Path) -> None:
    Image.fromarray(demo["nose"]).save(tmp_path / "me.png")
    (found,) = explain_photos(
        [tmp_path / "me.png"], tmp_path / "out", method="grad-cam", whole=True
    )
    assert sorted(found.files) == sorted((tmp_path / "out").iterdir())
    assert [path.name for path in found.files] == [
        "me-grad-cam.png",
        "me-grad-cam.npz",
        "me-grad-cam.json",
    ]
