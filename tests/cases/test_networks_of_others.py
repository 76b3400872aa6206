"""Networks from elsewhere: maps in another order, outputs in another form."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.errors import MethodError
from glassmask.lab.attribution import GradCAM, attribute
from glassmask.lab.networks.classifier import Classifier, Preprocessing

PHOTOS: NDArray[np.uint8] = np.random.default_rng(4).integers(0, 256, (3, 20, 28, 3), np.uint8)


class Body(nn.Module):
    """A network of someone else, whose maps pass `layer` and whose logits come in any form."""

    def __init__(
        self, form: Callable[[Tensor], Any], way: Callable[[Tensor], Tensor] | None = None
    ) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.conv, self.fc = nn.Conv2d(3, 20, 4, 4), nn.Linear(20, 3)
        self.layer = nn.Identity()
        self.form, self.way = form, way

    def forward(self, pixels: Tensor) -> Any:
        maps = torch.relu(self.conv(pixels))  # (N, 20, 5, 7)
        if self.way is not None:
            self.layer(self.way(maps))
        else:
            maps = self.layer(maps)
        return self.form(self.fc(maps.mean(dim=(2, 3))))


def classifier(network: nn.Module) -> Classifier:
    prepared = Preprocessing(20, (127.5, 127.5, 127.5), (64.0, 64.0, 64.0))
    return Classifier(network, prepared, "layer").eval()


REFUSED: dict[str, Callable[[Tensor], Any]] = {
    "a Hugging Face output without logits": lambda y: SimpleNamespace(logits=None, hidden=y),
    "a dict of None": lambda y: {"logits": None},
    "a dict of other things": lambda y: OrderedDict(scores=y),
    "two outputs": lambda y: (y, y),
    "a list of nothing": lambda y: [],
    "None": lambda y: None,
    "class numbers": lambda y: y.argmax(dim=1),
    "whole numbers": lambda y: (10 * y).long(),
    "one row for all photos": lambda y: y.mean(dim=0, keepdim=True),
    "spatial logits": lambda y: y[..., None, None].expand(-1, -1, 2, 2),
    "one value": lambda y: y.sum(),
    "a NumPy array": lambda y: y.detach().numpy(),
    "a string": lambda y: "correct",
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("method", ["grad-cam", "gradient", "occlusion"])
def test_an_output_that_is_no_logits_is_refused_in_words(case: str, method: str) -> None:
    with pytest.raises(MethodError, match=r"the network gives .*(logits|wrap)") as caught:
        attribute(classifier(Body(REFUSED[case])), PHOTOS, 1, method)
    assert "\n" not in str(caught.value)


TAKEN: dict[str, Callable[[Tensor], Any]] = {
    "a Hugging Face output": lambda y: SimpleNamespace(loss=None, logits=y, hidden_states=None),
    "an ordered dict": lambda y: OrderedDict(loss=None, logits=y),
    "a list of one": lambda y: [y],
    "a dict in a tuple of one": lambda y: ({"logits": y},),
    "spatial logits of one place": lambda y: y[..., None, None],
    "half precision": lambda y: y.bfloat16(),
}


@pytest.mark.parametrize("case", TAKEN)
def test_an_output_whose_meaning_is_plain_gives_the_same_map(case: str) -> None:
    plain = attribute(classifier(Body(lambda y: y)), PHOTOS, 1, "grad-cam")
    other = attribute(classifier(Body(TAKEN[case])), PHOTOS, 1, "grad-cam")
    np.testing.assert_allclose(other.maps, plain.maps, atol=2e-2 * plain.maps.max())
    assert other.values.shape == (3,)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_weights_in_another_precision(dtype: torch.dtype) -> None:
    plain = attribute(classifier(Body(lambda y: y)), PHOTOS, 1, "grad-cam")
    other = attribute(classifier(Body(lambda y: y).to(dtype)), PHOTOS, 1, "grad-cam")
    np.testing.assert_allclose(other.maps, plain.maps, atol=0.05 * plain.maps.max())


def _last(maps: Tensor) -> Tensor:
    return maps.permute(0, 2, 3, 1)


class LastInside(Body):
    """Maps with their channels last, as of Swin and ConvNeXt, on a photo that is not square."""

    def forward(self, pixels: Tensor) -> Any:
        maps = self.layer(_last(torch.relu(self.conv(pixels)))).permute(0, 3, 1, 2)
        return self.form(self.fc(maps.mean(dim=(2, 3))))


def test_maps_whose_channels_are_last_are_read_as_they_are() -> None:
    plain = attribute(classifier(Body(lambda y: y)), PHOTOS, 2, "grad-cam")
    last = attribute(classifier(LastInside(lambda y: y)), PHOTOS, 2, "grad-cam")
    assert last.maps.shape == (3, 5, 7)
    np.testing.assert_allclose(last.maps, plain.maps, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(
    "way",
    [
        lambda maps: maps.transpose(2, 3),  # lying
        lambda maps: maps.flatten(2),  # tokens, as of a ViT
        lambda maps: maps.mean(dim=(2, 3)),
        lambda maps: maps[:, :, None],
    ],
)
def test_a_layer_without_maps_of_the_photo_is_refused_in_words(
    way: Callable[[Tensor], Tensor],
) -> None:
    with pytest.raises(MethodError, match=r"layer network\.layer gives"):
        attribute(classifier(Body(lambda y: y, way)), PHOTOS, 0, GradCAM())
