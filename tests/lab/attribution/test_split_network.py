"""Networks taken apart behind their first layer give what the whole gives, or are left whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from glassmask.lab.attribution.attribute import preserving_state
from glassmask.lab.attribution.split_network import split_first_layer
from glassmask.lab.networks.classifier import Classifier
from glassmask.lab.networks.classifiers import build_classifier

pytestmark = pytest.mark.heavy

AsClassifier = Callable[[nn.Module, str], Classifier]


def line(number: int = 3, side: int = 8) -> Tensor:
    photos = torch.rand((2, side, side, 3), generator=torch.Generator().manual_seed(1)) * 255
    return torch.stack([torch.lerp(photos[0], photos[1], k / (number - 1)) for k in range(number)])


class Odd(nn.Module):
    """A convolution of what `before` makes of the photo, twice if asked, plus a way around it."""

    def __init__(self, before: Callable[[Tensor], Tensor], times: int, around: float) -> None:
        super().__init__()
        self.maps = nn.Conv2d(3, 3, 3, padding=1)
        self._before, self._times, self._around = before, times, around

    def forward(self, pixels: Tensor) -> Tensor:
        maps = self._before(pixels / 255)
        for _ in range(self._times):
            maps = self.maps(maps)
        if self._around:
            maps = maps + self._around * pixels
        return torch.tanh(maps).mean(dim=(2, 3))


@pytest.mark.parametrize("name", ["resnet50", "alexnet", "lenet5", "inception_resnet_v1"])
def test_both_halves_make_the_whole(name: str) -> None:
    torch.manual_seed(0)
    network = build_classifier(name, 3)
    photos = line(side=network.preprocessing.size)
    with preserving_state(network):
        wanted = network.logits(photos)
        split = split_first_layer(network, photos)
        assert split.layer is not None
        middle = split.forward_rest(split.values[[0, 2]].mean(dim=0, keepdim=True))
        again = network.logits(photos)
    torch.testing.assert_close(split.logits, wanted, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(middle, wanted[1:2], atol=1e-4, rtol=1e-4)
    assert torch.equal(again, wanted)  # nothing was left behind


def test_a_gradient_led_back_is_autograds(bent: Classifier) -> None:
    photos = line()
    with preserving_state(bent):
        split = split_first_layer(bent, photos)
        values = split.values[:1].clone().requires_grad_()
        (slopes,) = torch.autograd.grad(split.forward_rest(values.clone())[0, 1], values)
        pixels = photos[:1].clone().requires_grad_()
        (wanted,) = torch.autograd.grad(bent.logits(pixels)[0, 1], pixels)
        found = split.backprop_to_pixels(slopes[0])
    torch.testing.assert_close(found, wanted[0], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(
    "odd",
    [
        Odd(lambda pixels: pixels**2, 1, 0.0),  # not affine
        Odd(lambda pixels: pixels, 2, 0.0),  # the layer runs twice
        Odd(lambda pixels: pixels, 1, 0.01),  # the rest sees the photo too
    ],
)
def test_what_can_not_be_taken_apart_stays_whole(odd: Odd, as_classifier: AsClassifier) -> None:
    network, photos = as_classifier(odd, "maps"), line()
    with preserving_state(network):
        wanted = network.logits(photos)
        split = split_first_layer(network, photos)
        assert split.layer is None
        assert torch.equal(split.logits, wanted)
        assert torch.equal(split.forward_rest(photos), wanted)
        assert torch.equal(split.backprop_to_pixels(photos[0]), photos[0])


class Plain(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Identity()

    def forward(self, pixels: Tensor) -> Tensor:
        colours: Tensor = self.maps(pixels).mean(dim=(2, 3))
        return colours


def test_a_network_without_layers_stays_whole(as_classifier: AsClassifier) -> None:
    split = split_first_layer(as_classifier(Plain(), "maps"), line())
    assert split.layer is None
    assert split.logits.shape == (3, 3)
