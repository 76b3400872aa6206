"""Every method gives the numbers that a hand calculation or Captum gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam, Saliency
from numpy.typing import NDArray
from torch import nn

from glassmask.errors import MethodError
from glassmask.lab.attribution import (
    Contrast,
    GradCAM,
    IntegratedGradients,
    Method,
    Occlusion,
    Target,
    attribute,
)
from glassmask.lab.networks.classifier import Classifier

AsClassifier = Callable[[nn.Module, str], Classifier]
Photos = NDArray[np.uint8]


def photos(number: int = 2, height: int = 4, width: int = 6) -> Photos:
    return np.random.default_rng(1).integers(0, 256, (number, height, width, 3), np.uint8)


def test_evidence_is_the_linear_layer_at_every_place(linear: Classifier) -> None:
    seen = photos()
    red, green, blue = (seen[..., c].astype(np.float32) for c in range(3))
    found = attribute(linear, seen, 0)
    np.testing.assert_allclose(found.maps, red - green, atol=1e-4)
    np.testing.assert_allclose(found.values, (red - green).mean(axis=(1, 2)), atol=1e-3)
    assert found.error is not None
    assert found.error.max() < 1e-3
    rather = attribute(linear, seen, Contrast(1, 0))
    np.testing.assert_allclose(rather.maps, 2 * blue - (red - green), atol=1e-4)
    expected = (2 * blue - (red - green)).mean(axis=(1, 2)) + 1
    np.testing.assert_allclose(rather.values, expected, rtol=1e-5)


def test_grad_cam_is_the_positive_evidence_over_the_cells(linear: Classifier) -> None:
    seen = photos()
    evidence = attribute(linear, seen, 0).maps
    cells = evidence.shape[1] * evidence.shape[2]
    found = attribute(linear, seen, 0, "grad-cam")
    np.testing.assert_allclose(found.maps, np.maximum(evidence, 0) / cells, atol=1e-5)
    assert found.layer == "network.maps"
    assert found.error is None


def test_gradient_of_a_linear_network_is_its_weights(linear: Classifier) -> None:
    found = attribute(linear, photos(), 1, "gradient")
    np.testing.assert_allclose(found.maps, np.full((2, 4, 6), 2 / 24), rtol=1e-5)


def test_gradient_and_grad_cam_are_captums(bent: Classifier) -> None:
    seen = photos(3, 8, 10)
    pixels = torch.from_numpy(seen).float().requires_grad_()
    wanted = Saliency(bent).attribute(pixels, target=1, abs=False).sum(dim=3).numpy()
    found = attribute(bent, seen, 1, "gradient").maps
    np.testing.assert_allclose(found, wanted, atol=1e-6 * np.abs(wanted).max())
    # A layer that nothing changes in place afterwards: Captum reads it when all is over.
    layer = bent.get_submodule("network.features.3")
    cam = LayerGradCam(bent, layer).attribute(pixels, target=1, relu_attributions=True)
    own = attribute(bent, seen, 1, GradCAM("network.features.3")).maps
    assert own.max() > 0
    np.testing.assert_allclose(own, cam[:, 0].detach().numpy(), atol=1e-6 * own.max())


def test_a_relu_in_place_does_not_change_the_layers_own_maps(bent: Classifier) -> None:
    seen = photos(1, 8, 8)
    features, classifier = bent.network.features, bent.network.classifier
    assert isinstance(features, nn.Sequential)
    assert isinstance(classifier, nn.Sequential)
    maps = features[:5](torch.from_numpy(seen).permute(0, 3, 1, 2) / 64.0 - 2).detach()
    leaf = maps.clone().requires_grad_()
    logits = classifier(torch.relu(leaf).mean(dim=(2, 3)))
    (slope,) = torch.autograd.grad(logits[0, 0], leaf)
    wanted = torch.relu((slope.mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1))
    found = attribute(bent, seen, 0, "grad-cam").maps  # its layer stands before the ReLU in place
    assert (maps < 0).any()
    np.testing.assert_allclose(found, wanted.numpy(), atol=1e-6)


def test_occlusion_by_hand(linear: Classifier) -> None:
    seen = photos(2, 4, 4)
    method = Occlusion("black", window=0.5, stride=1.0)
    found = attribute(linear, seen, 1, method).maps
    blue = seen[..., 2].astype(np.float32)
    patches = 2 * blue.reshape(2, 2, 2, 2, 2).sum(axis=(2, 4)) / 16  # what each patch gives
    np.testing.assert_allclose(found, patches.repeat(2, 1).repeat(2, 2), atol=1e-4)


@pytest.mark.parametrize(
    "method", ["grad-cam", IntegratedGradients(max_steps=8), "gradient", "occlusion"]
)
def test_a_contrast_is_the_difference(bent: Classifier, method: Method | str) -> None:
    seen = photos(2, 8, 8)
    this, that = (attribute(bent, seen, c, method) for c in (0, 2))
    rather = attribute(bent, seen, Contrast(0, 2), method)
    np.testing.assert_allclose(rather.values, this.values - that.values, atol=1e-5)
    if method != "grad-cam":  # its ReLU comes last
        np.testing.assert_allclose(rather.maps, this.maps - that.maps, atol=1e-4)
    else:
        assert not np.allclose(rather.maps, this.maps)


def test_each_photo_has_its_own_target(bent: Classifier) -> None:
    seen = photos(3, 8, 8)
    found = attribute(bent, seen, (0, 2, Contrast(1, 0)), "integrated-gradients")
    targets: tuple[Target, ...] = (0, 2, Contrast(1, 0))
    for row, target in enumerate(targets):
        alone = attribute(bent, seen[row : row + 1], target, "integrated-gradients")
        np.testing.assert_allclose(found.maps[row], alone.maps[0], atol=1e-5)


def test_bent_networks_have_no_evidence(bent: Classifier) -> None:
    with pytest.raises(MethodError, match=r"no global average pooling.*grad-cam"):
        attribute(bent, photos(), 0, "evidence")
