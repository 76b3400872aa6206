from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import pytest
import torch
from torchvision.models import MobileNet_V2_Weights

from glassmask.errors import TensorFileError
from glassmask.lab.networks import build_network
from glassmask.lab.tensors import load_tensors


class Trap:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('the trap sprang')",)


def test_tensors_come_back(tmp_path: Path) -> None:
    torch.save({"a": torch.arange(3)}, tmp_path / "x.pt")
    digest = hashlib.sha256((tmp_path / "x.pt").read_bytes()).hexdigest()
    assert load_tensors(tmp_path / "x.pt", sha256=digest[:8])["a"].tolist() == [0, 1, 2]


def test_another_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(TensorFileError, match="not the file that it should be"):
        load_tensors(tmp_path / "x.pt", sha256="b0353104")


@pytest.mark.parametrize("content", [b"garbage", pickle.dumps(Trap())])
def test_code_is_never_run(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pt").write_bytes(content)
    with pytest.raises(TensorFileError, match="broken, or holds more than tensors"):
        load_tensors(tmp_path / "x.pt")


def test_a_planted_file_in_the_hub_cache_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    name = MobileNet_V2_Weights.IMAGENET1K_V1.url.rsplit("/", 1)[1]
    cached = tmp_path / "hub" / "checkpoints" / name
    cached.parent.mkdir(parents=True)
    torch.save(Trap(), cached)
    with pytest.raises(TensorFileError, match="not the file that it should be"):
        build_network("mobilenet_v2", "imagenet", 16, 4, 0.0)
