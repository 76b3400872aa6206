"""Inception-ResNet-V1 against the usual PyTorch port, whose weights it must load."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import pytest
import torch

from glassmask.lab.networks.inception_resnet_v1 import InceptionResnetV1

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def port() -> Any:
    """The network's module of `facenet-pytorch`, installed with --no-deps."""
    spec = importlib.util.find_spec("facenet_pytorch")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("facenet-pytorch is not installed (pip install --no-deps facenet-pytorch)")
    # Its package imports detectors with dependencies of their own, and its downloads `requests`.
    package, requests = ModuleType("facenet_pytorch"), ModuleType("requests.adapters")
    package.__path__ = list(spec.submodule_search_locations)
    requests.HTTPAdapter = object  # type: ignore[attr-defined]
    replaced = {"facenet_pytorch": package}
    for name in ("requests", "tqdm"):
        if importlib.util.find_spec(name) is None:
            replaced[name] = ModuleType(name)
    if "requests" in replaced:
        replaced["requests.adapters"] = requests
    if "tqdm" in replaced:
        replaced["tqdm"].tqdm = object  # type: ignore[attr-defined]
        replaced["tqdm.auto"] = replaced["tqdm"]
    before = {name: sys.modules.get(name) for name in replaced}
    sys.modules.update(replaced)
    try:
        return importlib.import_module("facenet_pytorch.models.inception_resnet_v1")
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


@pytest.mark.parametrize("size", [(160, 160), (96, 128)])
def test_it_loads_the_ports_weights_and_gives_the_same(port: Any, size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    theirs = port.InceptionResnetV1(classify=True, num_classes=7).eval()
    for name, values in theirs.named_buffers():  # statistics that are not those of the start
        if name.endswith("running_mean"):
            values.normal_(0, 0.1)
        elif name.endswith("running_var"):
            values.uniform_(0.5, 2)
    ours = InceptionResnetV1(7).eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    photos = torch.randn(2, 3, *size)
    with torch.inference_mode():
        torch.testing.assert_close(ours(photos), theirs(photos), atol=1e-5, rtol=1e-5)


def test_its_size_is_the_papers() -> None:
    whole = sum(p.numel() for p in InceptionResnetV1(3).parameters())
    assert 23.4e6 < whole < 23.6e6
    without = sum(p.numel() for p in InceptionResnetV1(3, embedding=False).parameters())
    assert whole - without == 1792 * 512 + 2 * 512 + 3 * (512 - 1792)


@pytest.mark.parametrize("embedding", [True, False])
def test_all_after_the_pooling_is_one_linear_layer(embedding: bool) -> None:
    torch.manual_seed(1)
    network = InceptionResnetV1(3, embedding=embedding)
    with torch.no_grad():
        network(torch.randn(4, 3, 80, 80))  # statistics that are not those of the start
    network.eval()
    weight, bias = network.linear()
    photos = torch.randn(2, 3, 80, 80)
    with torch.inference_mode():
        pooled = network.body()(photos).mean(dim=(2, 3))
        torch.testing.assert_close(pooled @ weight.T + bias, network(photos), atol=1e-5, rtol=0)
