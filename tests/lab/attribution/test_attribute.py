"""The door: what it takes, what it refuses, and that it leaves the network as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.errors import MethodError, TargetError
from glassmask.lab.attribution import (
    METHODS,
    Contrast,
    GradCAM,
    IntegratedGradients,
    Method,
    Occlusion,
    WeightedSum,
    attribute,
)
from glassmask.lab.networks import build_network
from glassmask.lab.networks.classifier import Classifier, Preprocessing
from glassmask.lab.networks.classifiers import build_classifier
from glassmask.lab.networks.photo_network import PhotoNetwork

AsClassifier = Callable[[nn.Module, str], Classifier]


def photos(number: int = 2, height: int = 40, width: int = 32) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (number, height, width, 3), np.uint8)


@contextmanager
def disturbed_no_more(network: PhotoNetwork) -> Iterator[None]:
    """Fail if anything of a network changes inside."""
    state = {name: value.clone() for name, value in network.state_dict().items()}
    grads = {n: None if p.grad is None else p.grad.clone() for n, p in network.named_parameters()}
    flags = {name: p.requires_grad for name, p in network.named_parameters()}
    modes = {name: module.training for name, module in network.named_modules()}
    yield
    assert {name: p.requires_grad for name, p in network.named_parameters()} == flags
    assert {name: module.training for name, module in network.named_modules()} == modes
    for name, value in network.state_dict().items():
        assert torch.equal(value, state[name]), name
    for name, parameter in network.named_parameters():
        before, after = grads[name], parameter.grad
        assert (before is None) is (after is None), name
        assert before is None or after is None or torch.equal(before, after), name
    for module in network.modules():
        assert not module._forward_hooks
        assert not module._backward_hooks
        assert not module._forward_pre_hooks


def networks() -> dict[str, PhotoNetwork]:
    torch.manual_seed(0)
    mixed = build_classifier("resnet50", 3)  # in training mode, with a gradient of its own
    mixed.network.get_submodule("layer1").eval()
    next(mixed.parameters()).grad = torch.ones_like(next(mixed.parameters()))
    frozen = build_network("mobilenet_v2", "random", 16, 3, 0.2)  # a frozen stem
    return {"resnet50": mixed, "evidence": frozen}


@pytest.mark.parametrize("name", ["resnet50", "evidence"])
@pytest.mark.parametrize("method", list(METHODS))
def test_the_network_is_left_as_it_was(name: str, method: str) -> None:
    network = networks()[name]
    quick: dict[str, Method] = {
        "integrated-gradients": IntegratedGradients(first_steps=2, max_steps=2),
        "occlusion": Occlusion(window=0.5),
    }
    with disturbed_no_more(network):
        found = attribute(network, photos(1, 64, 64), 0, quick.get(method, method))
    assert np.isfinite(found.maps).all()


@pytest.mark.parametrize(
    "method", [GradCAM("network.nowhere"), GradCAM("network.classifier.1"), "evidence"]
)
def test_it_is_left_as_it_was_after_an_error_too(bent: Classifier, method: GradCAM | str) -> None:
    bent.train()
    with disturbed_no_more(bent), pytest.raises(MethodError):
        attribute(bent, photos(), 0, method)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "evidence"])
@pytest.mark.parametrize("around", [torch.no_grad, torch.inference_mode, nullcontext])
def test_what_is_around_does_not_matter(
    bent: Classifier, method: str, around: type[torch.no_grad]
) -> None:
    wanted = attribute(bent, photos(), 1, method)
    bent.requires_grad_(False).train()  # frozen, and in training mode
    with around():
        found = attribute(bent, photos(), 1, method)
    np.testing.assert_array_equal(found.maps, wanted.maps)
    assert wanted.maps.any()


@pytest.mark.parametrize("method", [m for m in METHODS if m != "evidence"])
def test_a_head_of_one_class_and_one_photo(one_class: Classifier, method: str) -> None:
    found = attribute(one_class, photos(1), None, method)
    assert found.targets == (0,)
    assert found.maps.shape[0] == 1
    with pytest.raises(TargetError, match="no class 1: the network has 1"):
        attribute(one_class, photos(1), 1, method)


def test_names_and_weights_that_are_no_targets(one_class: Classifier) -> None:
    with pytest.raises(TargetError, match="'nose' is a name: give the class's position"):
        attribute(one_class, photos(), "nose")  # type: ignore[arg-type]
    for weight in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="the weights of a sum are finite numbers"):
            WeightedSum("mask", (weight,))


class Constant(nn.Module):
    """Says the same of every photo, whatever its maps are."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Conv2d(3, 4, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        self.maps(pixels)
        return torch.ones(len(pixels), 2)


class Nothing(nn.Module):
    """Maps that speak against every class."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Identity()

    def forward(self, pixels: Tensor) -> Tensor:
        total = -self.maps(pixels).mean(dim=(1, 2, 3))
        return torch.stack([total, 2 * total], dim=1)


def test_an_empty_map_is_zeros(as_classifier: AsClassifier) -> None:
    found = attribute(as_classifier(Nothing(), "maps"), photos(), 0, "grad-cam")
    assert not found.maps.any()
    assert not found.at_photo().any()
    assert np.isfinite(found.pictures()[0]).all()


def test_a_constant_network(as_classifier: AsClassifier) -> None:
    network = as_classifier(Constant(), "maps")
    for method in ("gradient", "integrated-gradients", "occlusion"):
        assert not attribute(network, photos(), 0, method).maps.any()
    with pytest.raises(MethodError, match=r"do not depend on layer network\.maps"):
        attribute(network, photos(), 0, "grad-cam")


class Twice(nn.Module):
    """One layer that runs twice."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Conv2d(3, 3, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        total: Tensor = self.maps(self.maps(pixels)).mean(dim=(2, 3))
        return total


def test_layers_that_grad_cam_can_not_be_taken_at(
    bent: Classifier, as_classifier: AsClassifier
) -> None:
    with pytest.raises(MethodError, match=r"maps runs 2 times"):
        attribute(as_classifier(Twice(), "maps"), photos(), 0, "grad-cam")
    with pytest.raises(MethodError, match=r"no layer 'network\.nowhere'"):
        attribute(bent, photos(), 0, GradCAM("network.nowhere"))
    with pytest.raises(MethodError, match=r"gives no maps \(N, K, h, w\), but \(2, 5\)"):
        attribute(bent, photos(), 0, GradCAM("network.classifier.1"))


def test_any_layer_any_class(bent: Classifier) -> None:
    for layer, shape in (("network.features.0", (40, 32)), ("network.features.3", (20, 16))):
        found = attribute(bent, photos(), 2, GradCAM(layer))
        assert found.maps.shape[1:] == shape
        assert found.layer == layer


def test_the_largest_logit_is_explained_unless_told(bent: Classifier) -> None:
    seen = photos(4)
    found = attribute(bent, seen, method="gradient")
    with torch.no_grad():
        logits = bent(torch.from_numpy(seen))
    assert found.targets == tuple(logits.argmax(dim=1).tolist())
    np.testing.assert_allclose(found.values, logits.amax(dim=1).numpy(), atol=1e-5)


@pytest.mark.parametrize(
    "target",
    [3, -1, Contrast(0, 3), (0,), (0, 1, 5), True, 1.0, "nose", (0, 1, None), Contrast(0, True)],
)
def test_targets_that_are_none(bent: Classifier, target: int) -> None:
    with pytest.raises(TargetError):
        attribute(bent, photos(3), target, "gradient")


@pytest.mark.parametrize(
    "target",
    [
        np.int64(1),
        np.array([1, 1, 1]),
        torch.tensor(1),
        torch.tensor([1, 1, 1]),
        [np.int32(1), 1, torch.tensor(1)],
    ],
)
def test_integers_of_any_kind_are_classes(bent: Classifier, target: Any, tmp_path: Path) -> None:
    found = attribute(bent, photos(3), target, "grad-cam")
    assert found.targets == (1, 1, 1)
    assert all(type(one) is int for one in found.targets)
    places: tuple[Any, ...] = (np.int64(1), np.int64(0))
    contrast = attribute(bent, photos(1), Contrast(*places), "grad-cam")
    assert contrast.save(tmp_path)  # its manifest too
    assert contrast.targets == (Contrast(1, 0),)


@pytest.mark.parametrize("method", list(METHODS))
def test_many_photos_are_as_many_alone(linear: Classifier, method: str) -> None:
    """More than go through the network at once, each with its own target."""
    seen = photos(37)
    targets = [k % 2 for k in range(37)]
    found = attribute(linear, seen, targets, method)
    assert found.targets == tuple(targets)
    for row in (0, 15, 16, 36):
        alone = attribute(linear, seen[row : row + 1], targets[row], method)
        np.testing.assert_allclose(found.maps[row], alone.maps[0], atol=1e-5)
        assert found.values[row] == pytest.approx(alone.values[0], abs=1e-5)
    assert all(
        len(part) == 37
        for part in (found.error, found.expected_sum, found.steps)
        if part is not None
    )


def test_what_the_sum_must_be_is_told(linear: Classifier) -> None:
    seen = photos(2)
    for method in ("evidence", "integrated-gradients"):
        found = attribute(linear, seen, 1, method)
        assert found.expected_sum is not None
        # The bias of logit 1 is 1; black gives the bias alone.
        np.testing.assert_allclose(found.expected_sum, found.values - 1, atol=1e-4)
    assert attribute(linear, seen, 1, "gradient").expected_sum is None


@pytest.mark.parametrize("method", list(METHODS))
def test_a_network_made_in_inference_mode_is_told(method: str) -> None:
    with torch.inference_mode():
        network = Classifier(Constant(), Preprocessing(8, (0, 0, 0), (1, 1, 1)), "maps")
    flags = [parameter.requires_grad for parameter in network.parameters()]
    with pytest.raises(MethodError, match=r"made inside torch\.inference_mode"):
        attribute(network, photos(), 0, method)
    assert [parameter.requires_grad for parameter in network.parameters()] == flags


def test_logits_that_are_no_numbers_are_told(linear: Classifier) -> None:
    with torch.no_grad():
        next(linear.parameters()).fill_(float("nan"))
    with pytest.raises(MethodError, match="logits that are no numbers"):
        attribute(linear, photos(), 0, "grad-cam")


def test_photos_that_are_none(bent: Classifier) -> None:
    for wrong in (np.zeros((2, 8, 8, 3), np.float32), photos()[0], photos()[..., :1], photos()[:0]):
        with pytest.raises(ValueError, match=r"photos are uint8 \(N, H, W, 3\), at least one"):
            attribute(bent, wrong, 0, "gradient")  # type: ignore[arg-type]


def test_methods_and_settings_that_are_none(bent: Classifier) -> None:
    with pytest.raises(MethodError, match="no method 'cam'; there are: evidence, grad-cam"):
        attribute(bent, photos(), 0, "cam")
    with pytest.raises(MethodError, match="no baseline 'grey'; there are: black, white"):
        attribute(bent, photos(), 0, IntegratedGradients(("grey",)))
    with pytest.raises(MethodError, match="at least one baseline"):
        IntegratedGradients(())
    with pytest.raises(MethodError, match="first_steps"):
        IntegratedGradients(first_steps=0)
    with pytest.raises(MethodError, match="window"):
        Occlusion(window=1.5)
    with pytest.raises(ValueError, match="two classes"):
        Contrast(1, 1)
