from __future__ import annotations

import json
import shutil
from importlib import resources
from pathlib import Path

import pytest

from glassmask.errors import NetworkError
from glassmask.lab.classes import CLASS_ANSWERS
from glassmask.networks.manifest import load_wear_network

WEIGHTS = Path(str(resources.files("glassmask"))) / "weights"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped network and manifest, to be spoiled."""
    for name in ("wear.onnx", "wear.json"):
        shutil.copy(WEIGHTS / name, tmp_path / name)
    return tmp_path / "wear.onnx"


def test_the_shipped_network_is_its_manifests() -> None:
    content, manifest = load_wear_network()
    assert len(content) <= 10_000_000
    assert manifest.combinations == CLASS_ANSWERS
    assert manifest.input_size % 32 == 0
    assert str(manifest) == f"wear {manifest.version} ({manifest.sha256[:12]})"


def test_the_shipped_files_name_no_path_of_the_machine_that_made_them() -> None:
    for name in ("wear.onnx", "wear.json"):
        content = (WEIGHTS / name).read_bytes()
        assert b"/home/" not in content
        assert b".py" not in content
        assert b"site-packages" not in content


def test_a_changed_network_is_refused(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(NetworkError, match=r"wear\.onnx: not the network of its manifest"):
        load_wear_network(copy)


def test_a_cut_off_network_is_refused(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:1000])
    with pytest.raises(NetworkError, match="not the network of its manifest"):
        load_wear_network(copy)


@pytest.mark.parametrize("name", ["wear.onnx", "wear.json"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    copy.with_name(name).unlink()
    with pytest.raises(NetworkError, match=rf"{name}: the network can't be read \(No such file"):
        load_wear_network(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"combinations": [[0, 1, 1, 1], [1, 0, 0, 0]]}, "do not name every wear"),
        ({"combinations": [[0, 1, 1, 1], [1, 0, 0, 0], [1, 0, 0, 1]] * 2}, "named twice"),
        ({"combinations": [[0, 1, 1, 2], [1, 0, 0, 0], [1, 0, 0, 1]]}, "answers are 0 and 1"),
        ({"combinations": [[0, 1]]}, "broken manifest"),
        ({"combinations": 5}, "broken manifest"),
        ({"bias": [1.0]}, "bias has 1 values, expected 4"),
        ({"temperature": 0}, "out of range"),
        ({"bias": [float("nan")] * 4}, "not finite"),
        ({"input_size": 1e400}, "broken manifest"),
        ({"temperature": None}, "broken manifest"),
    ],
)
def test_a_broken_manifest_is_told(copy: Path, change: dict[str, object], message: str) -> None:
    path = copy.with_suffix(".json")
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(NetworkError, match=message):
        load_wear_network(copy)


@pytest.mark.parametrize("path", [".", "/", "network.txt"])
def test_a_path_that_can_be_no_network(path: str) -> None:
    with pytest.raises(NetworkError, match=r"ends in \.onnx"):
        load_wear_network(path)


def test_a_manifest_without_a_key_and_one_that_is_no_json(copy: Path) -> None:
    path = copy.with_suffix(".json")
    fields = json.loads(path.read_text())
    del fields["sha256"]
    path.write_text(json.dumps(fields))
    with pytest.raises(NetworkError, match="'sha256' is missing"):
        load_wear_network(copy)
    for broken in ("{", "[" * 200_000):
        path.write_text(broken)
        with pytest.raises(NetworkError, match="broken manifest"):
            load_wear_network(copy)
