"""Networks by name: they take photos, say where their maps are, and pool or do not."""

from __future__ import annotations

import pytest
import torch

from glassmask.errors import ConversionError, NetworkNameError
from glassmask.lab.networks.classifiers import NETWORKS, build_classifier

pytestmark = pytest.mark.heavy

POOLING = (
    "inception_resnet_v1",
    "resnet50",
    "mobilenet_v2",
    "timm/resnet18",
    "timm/resnetv2_18",  # its head is a convolution
)
NOT_POOLING = (
    "alexnet",
    "lenet5",
    "timm/mobilenetv3_small_050",
    "timm/vit_tiny_patch16_224",
    "timm/efficientvit_m0",  # a BatchNorm between pooling and head
)
SIZES = {"alexnet": 80, "lenet5": 32, "timm/vit_tiny_patch16_224": 224}


@pytest.mark.parametrize("name", [*NETWORKS, "timm/resnet18", "timm/vit_tiny_patch16_224"])
def test_photos_in_logits_out(name: str) -> None:
    torch.manual_seed(0)
    network = build_classifier(name, 3).eval()
    size = SIZES.get(name, 96)
    photos = torch.randint(0, 256, (2, size, size, 3), dtype=torch.uint8)
    with torch.inference_mode():
        logits = network(photos)
    assert logits.shape == (2, 3)
    assert logits.dtype == torch.float32
    assert torch.isfinite(logits).all()


@pytest.mark.parametrize("name", POOLING)
def test_the_evidence_head_gives_the_same_logits(name: str) -> None:
    torch.manual_seed(0)
    network = build_classifier(name, 3)
    photos = torch.randint(0, 256, (3, 96, 96, 3), dtype=torch.uint8)
    with torch.no_grad():
        network(photos)  # statistics that are not those of the start
    network.eval()
    with torch.inference_mode():
        wanted = network(photos)
        logits, evidence = network.with_evidence()(photos)
        torch.testing.assert_close(logits, wanted, atol=1e-5, rtol=1e-5)
        bias = network.with_evidence().head.bias
        torch.testing.assert_close(evidence.mean(dim=(2, 3)) + bias, wanted, atol=1e-5, rtol=1e-5)


def test_the_source_stays_as_it_was() -> None:
    network = build_classifier("timm/resnet18", 3).train()
    giver = network.with_evidence()
    assert all(module.training for module in network.modules())
    assert not giver.head.training
    giver.half()
    assert network.mean.dtype == torch.float32


@pytest.mark.parametrize("name", NOT_POOLING)
def test_others_have_no_evidence_head(name: str) -> None:
    with pytest.raises(ConversionError, match="no global average pooling"):
        build_classifier(name, 3).with_evidence()


@pytest.mark.parametrize("name", POOLING)
def test_the_map_of_a_network_is_what_its_layer_gives(name: str) -> None:
    torch.manual_seed(0)
    network = build_classifier(name, 3).eval()
    seen: list[torch.Tensor] = []
    layer = network.get_submodule(network.cam_layer)
    handle = layer.register_forward_hook(lambda _m, _i, out: seen.append(out))
    photos = torch.randint(0, 256, (1, 96, 96, 3), dtype=torch.uint8)
    whole = network.with_evidence()
    with torch.inference_mode():
        logits, _ = whole(photos)
        handle.remove()
        torch.testing.assert_close(whole.head(seen[0])[0], logits, atol=1e-5, rtol=1e-5)


def test_normalisation_is_inside() -> None:
    network = build_classifier("resnet50", 3)
    grey = torch.full((1, 2, 2, 3), 124, dtype=torch.uint8)
    red = network.normalised(grey)[0, 0]
    assert float(red[0, 0]) == pytest.approx((124 / 255 - 0.485) / 0.229, abs=1e-4)
    facenet = build_classifier("inception_resnet_v1", 3)
    assert float(facenet.normalised(grey)[0, 0, 0, 0]) == pytest.approx((124 - 127.5) / 128)


@pytest.mark.parametrize(
    ("name", "init", "told"),
    [
        ("resnet51", "random", r"no network 'resnet51'; there are: inception_resnet_v1, .*timm/"),
        ("timm/resnet51", "random", "timm has no network 'resnet51'"),
        ("lenet5", "imagenet", "lenet5 has no ImageNet weights"),
    ],
)
def test_what_does_not_exist_is_told(name: str, init: str, told: str) -> None:
    with pytest.raises(NetworkNameError, match=told):
        build_classifier(name, 3, init)  # type: ignore[arg-type]
