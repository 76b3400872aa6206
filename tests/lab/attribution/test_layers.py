"""Layers whose channels are last, and networks whose output is no plain (N, C)."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.errors import MethodError, TargetError
from glassmask.lab.attribution import Against, GradCAM, attribute
from glassmask.lab.attribution.targets import parse_target, target_name
from glassmask.lab.networks.classifier import Classifier

AsClassifier = Callable[[nn.Module, str], Classifier]


class Last(nn.Module):
    """A convolution whose maps pass a layer as they are, or with their channels last."""

    def __init__(self, channels_last: bool, channels: int = 20, side: int | None = None) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, channels, 2, 2)
        self.layer: nn.Module = nn.Identity()
        self.fc, self.channels_last = nn.Linear(channels, 3), channels_last
        self.side = side  # of the only photos that it takes

    def forward(self, pixels: Tensor) -> Tensor:
        assert self.side in (None, pixels.shape[2])
        maps = torch.relu(self.conv(pixels))  # (N, K, h, w)
        if self.channels_last:
            maps = self.layer(maps.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        else:
            maps = self.layer(maps)
        logits: Tensor = self.fc(maps.mean(dim=(2, 3)))
        return logits


def photos(height: int = 12, width: int = 18) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (2, height, width, 3), np.uint8)


def twins(
    as_classifier: AsClassifier, channels: int = 20, side: int | None = None
) -> tuple[Classifier, Classifier]:
    torch.manual_seed(0)
    first, last = Last(False, channels, side), Last(True, channels, side)
    last.load_state_dict(first.state_dict())
    return as_classifier(first, "layer"), as_classifier(last, "layer")


@pytest.mark.parametrize("shape", [(12, 18), (14, 14)])
def test_channels_that_are_last_give_the_same_map(
    as_classifier: AsClassifier, shape: tuple[int, int]
) -> None:
    first, last = (
        attribute(network, photos(*shape), 1, GradCAM()) for network in twins(as_classifier)
    )
    assert first.maps.shape == (2, shape[0] // 2, shape[1] // 2)
    np.testing.assert_allclose(first.maps, last.maps, atol=1e-6)
    assert first.maps.max() > 0


@pytest.mark.parametrize("channels", [6, 7, 8])
def test_about_as_many_channels_as_the_map_is_wide(
    as_classifier: AsClassifier, channels: int
) -> None:
    first, last = (
        attribute(network, photos(14, 14), 1, GradCAM()).maps
        for network in twins(as_classifier, channels)
    )
    assert first.shape == last.shape == (2, 7, 7)
    np.testing.assert_allclose(first, last, atol=1e-6)


def test_of_photos_of_one_size_alone_the_exact_proportion_tells(
    as_classifier: AsClassifier,
) -> None:
    first, last = (
        attribute(network, photos(14, 14), 1, GradCAM()).maps
        for network in twins(as_classifier, 6, side=14)
    )
    np.testing.assert_allclose(first, last, atol=1e-6)


def test_where_both_orders_fit_the_caller_says_which(as_classifier: AsClassifier) -> None:
    first, last = twins(as_classifier, 7, side=14)
    for network in (first, last):
        with pytest.raises(MethodError, match=r"layer network\.layer .*both fit.*channels="):
            attribute(network, photos(14, 14), 1, GradCAM())
    one = attribute(first, photos(14, 14), 1, GradCAM(channels="first"))
    other = attribute(last, photos(14, 14), 1, GradCAM(channels="last"))
    np.testing.assert_allclose(one.maps, other.maps, atol=1e-6)
    with pytest.raises(MethodError, match="channels are first or last, not 'middle'"):
        GradCAM(channels="middle")  # type: ignore[arg-type]


class LayerNorm2d(nn.LayerNorm):
    """As torchvision and timm have it: over the channels of (N, K, h, w)."""

    def forward(self, maps: Tensor) -> Tensor:
        return super().forward(maps.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


@pytest.mark.parametrize(
    ("layer", "channels_last"),
    [
        (nn.LayerNorm(7), True),
        (nn.Linear(7, 7), True),
        (LayerNorm2d(7), False),
        (nn.BatchNorm2d(7), False),
        (nn.Conv2d(7, 7, 1), False),
    ],
)
def test_the_kind_of_the_layer_tells_where_its_channels_are(
    as_classifier: AsClassifier, layer: nn.Module, channels_last: bool
) -> None:
    network = Last(channels_last, 7, side=14)  # as many channels as the maps are wide
    network.layer = layer
    found = attribute(as_classifier(network, "layer"), photos(14, 14), 1, GradCAM())
    told = GradCAM(channels="last" if channels_last else "first")
    wanted = attribute(as_classifier(network, "layer"), photos(14, 14), 1, told)
    np.testing.assert_array_equal(found.maps, wanted.maps)


def test_a_layer_without_the_photos_proportions_is_refused(as_classifier: AsClassifier) -> None:
    class Turned(Last):
        def forward(self, pixels: Tensor) -> Tensor:
            maps = self.layer(torch.relu(self.conv(pixels)).flatten(2)[:, None])  # (N, 1, 20, hw)
            logits: Tensor = self.fc(maps[:, 0].mean(dim=2))
            return logits

    with pytest.raises(MethodError, match=r"proportions of the photo, 12 x 18"):
        attribute(as_classifier(Turned(False), "layer"), photos(), 1, GradCAM())


class Wrapped(nn.Module):
    """A network that gives its logits in another form."""

    def __init__(self, form: Callable[[Tensor], Any]) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.network, self.form = Last(False), form

    def forward(self, pixels: Tensor) -> Any:
        return self.form(self.network(pixels))


PLAIN: dict[str, Callable[[Tensor], Any]] = {
    "(N, C, 1, 1)": lambda logits: logits[..., None, None],
    "a dict": lambda logits: {"loss": None, "logits": logits},
    "an object": lambda logits: SimpleNamespace(logits=logits),
    "a tuple of one": lambda logits: (logits,),
    "float64": lambda logits: logits.double(),
}


@pytest.mark.parametrize("form", PLAIN)
def test_logits_whose_meaning_is_plain_are_taken(as_classifier: AsClassifier, form: str) -> None:
    plain, other = Wrapped(lambda y: y), Wrapped(PLAIN[form])
    wanted = attribute(as_classifier(plain, "network.layer"), photos(), None, GradCAM())
    given = attribute(as_classifier(other, "network.layer"), photos(), None, GradCAM())
    assert given.targets == wanted.targets
    np.testing.assert_allclose(given.maps, wanted.maps, atol=1e-6)
    np.testing.assert_allclose(given.values, wanted.values, rtol=1e-6)


def test_a_network_in_double_precision(as_classifier: AsClassifier) -> None:
    network = Wrapped(lambda y: y)
    wanted = attribute(as_classifier(network, "network.layer"), photos(), 1, GradCAM())
    given = attribute(as_classifier(network.double(), "network.layer"), photos(), 1, GradCAM())
    np.testing.assert_allclose(given.maps, wanted.maps, atol=1e-5)


@pytest.mark.parametrize("precision", [torch.float64, torch.bfloat16, torch.float16])
def test_evidence_of_a_network_in_another_precision(
    linear: Classifier, precision: torch.dtype
) -> None:
    wanted = attribute(linear, photos(), 1, "evidence")
    given = attribute(linear.to(precision), photos(), 1, "evidence")
    np.testing.assert_allclose(given.maps, wanted.maps, rtol=0.01)
    np.testing.assert_allclose(given.values, wanted.values, rtol=0.01)


@pytest.mark.parametrize(
    "form",
    [
        lambda y: (y, y),
        lambda y: {"scores": y},
        lambda y: y[:1],
        lambda y: y[:, :0],
        lambda y: y[..., None].repeat(1, 1, 4),
        lambda y: y.argmax(dim=1),
        lambda y: "words",
    ],
)
def test_other_outputs_are_refused_in_words(
    as_classifier: AsClassifier, form: Callable[[Tensor], Any]
) -> None:
    with pytest.raises(MethodError, match=r"the network gives .*logits"):
        attribute(as_classifier(Wrapped(form), "network.layer"), photos(), None, GradCAM())


def test_why_not_of_a_single_logit(as_classifier: AsClassifier) -> None:
    network = as_classifier(Wrapped(lambda y: y[:, 0]), "network.layer")  # (N,)
    for_it, against = (attribute(network, photos(), t, "gradient") for t in (0, Against(0)))
    np.testing.assert_allclose(against.values, -for_it.values, rtol=1e-6)
    assert parse_target("not:mask", ["mask"]) == Against(0)
    with pytest.raises(TargetError, match="no class or question 'hat'"):
        parse_target("not:hat", ["mask"])
    with pytest.raises(TargetError, match="give one class as not:CLASS"):
        parse_target("not:mask:hat", ["mask", "hat"])
    assert target_name(Against(0), ["mask"]) == "not mask"
