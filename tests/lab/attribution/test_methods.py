"""Every method gives the numbers that a hand calculation or Captum gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients as CaptumIG
from captum.attr import LayerGradCam, Saliency
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.lab.attribution import (
    Contrast,
    GradCAM,
    IntegratedGradients,
    Method,
    MethodError,
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
    np.testing.assert_allclose(found.raw, red - green, atol=1e-4)
    np.testing.assert_allclose(found.values, (red - green).mean(axis=(1, 2)), atol=1e-3)
    assert found.error is not None
    assert found.error.max() < 1e-3
    rather = attribute(linear, seen, Contrast(1, 0))
    np.testing.assert_allclose(rather.raw, 2 * blue - (red - green), atol=1e-4)
    expected = (2 * blue - (red - green)).mean(axis=(1, 2)) + 1
    np.testing.assert_allclose(rather.values, expected, rtol=1e-5)


def test_grad_cam_is_the_positive_evidence_over_the_cells(linear: Classifier) -> None:
    seen = photos()
    evidence = attribute(linear, seen, 0).raw
    cells = evidence.shape[1] * evidence.shape[2]
    found = attribute(linear, seen, 0, "grad-cam")
    np.testing.assert_allclose(found.raw, np.maximum(evidence, 0) / cells, atol=1e-5)
    assert found.layer == "network.maps"
    assert found.error is None


def test_gradient_of_a_linear_network_is_its_weights(linear: Classifier) -> None:
    found = attribute(linear, photos(), 1, "gradient")
    np.testing.assert_allclose(found.raw, np.full((2, 4, 6), 2 / 24), rtol=1e-5)


@pytest.mark.parametrize(("baseline", "value"), [("black", 0.0), ("white", 255.0)])
def test_integrated_gradients_by_hand(linear: Classifier, baseline: str, value: float) -> None:
    seen = photos()
    method = IntegratedGradients(baselines=(baseline,))
    found = attribute(linear, seen, 1, method)
    np.testing.assert_allclose(found.raw, 2 * (seen[..., 2] - value) / 24, atol=1e-3)
    assert found.error is not None
    assert found.steps is not None
    assert found.error.max() < 1e-2
    assert found.steps.tolist() == [8, 8]  # a straight line: the first steps are enough


def test_a_square_by_the_midpoint_rule(as_classifier: AsClassifier) -> None:
    class Square(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.maps = nn.Identity()

        def forward(self, pixels: Tensor) -> Tensor:
            total: Tensor = (self.maps(pixels)[:, :1] ** 3).sum(dim=(2, 3))
            return total

    seen = np.zeros((1, 1, 1, 3), np.uint8)
    seen[..., 0] = 2
    # 2 * mean of 3 (2a)^2 over the midpoints of n steps = 8 (1 - 1 / (4 n^2))
    for steps in (1, 3):
        method = IntegratedGradients(first_steps=steps, max_steps=steps)
        found = attribute(as_classifier(Square(), "maps"), seen, 0, method)
        assert found.error is not None
        np.testing.assert_allclose(found.raw, 8 * (1 - 1 / (4 * steps**2)), rtol=1e-5)
        np.testing.assert_allclose(found.error, 8 / (4 * steps**2), rtol=1e-4)
    found = attribute(
        as_classifier(Square(), "maps"), seen, 0, IntegratedGradients(first_steps=1, bound=0.01)
    )
    assert found.steps is not None
    assert found.steps.tolist() == [9]  # 1/4 and 1/36 are too much, 1/324 is not
    np.testing.assert_allclose(found.raw, 8 * (1 - 1 / 324), rtol=1e-5)


def test_steps_stop_at_the_most_and_say_so(bent: Classifier) -> None:
    method = IntegratedGradients(bound=1e-9, first_steps=2, max_steps=7)
    found = attribute(bent, photos(3, 8, 8), 0, method)
    assert found.steps is not None
    assert found.steps.tolist() == [6, 6, 6]
    assert np.isfinite(found.raw).all()


@pytest.mark.parametrize("batch", [1, 5, 64])
def test_integrated_gradients_are_captums(bent: Classifier, batch: int) -> None:
    seen = photos(3, 8, 10)
    method = IntegratedGradients(first_steps=9, max_steps=27, bound=1e-9, batch=batch)
    found = attribute(bent, seen, 2, method)
    pixels = torch.from_numpy(seen).float().requires_grad_()
    wanted = CaptumIG(bent).attribute(
        pixels, torch.zeros_like(pixels), target=2, n_steps=27, method="riemann_middle"
    )
    own = wanted.sum(dim=3).detach().numpy()
    np.testing.assert_allclose(found.raw, own, atol=1e-5 * np.abs(own).max())


def test_bf16_is_nearly_the_same(bent: Classifier) -> None:
    seen = photos(2, 8, 8)
    full, half = (
        attribute(bent, seen, 1, IntegratedGradients(max_steps=8, precision=precision))
        for precision in ("f32", "bf16")
    )
    assert half.raw.dtype == np.float32
    assert not np.array_equal(full.raw, half.raw)
    assert np.corrcoef(full.raw.ravel(), half.raw.ravel())[0, 1] > 0.99
    np.testing.assert_allclose(full.values, half.values)


def test_several_baselines_are_their_mean(bent: Classifier) -> None:
    seen = photos(2, 8, 8)
    single = [
        attribute(bent, seen, 1, IntegratedGradients(baselines=(b,))).raw
        for b in ("black", "blur", "mean")
    ]
    together = attribute(
        bent, seen, 1, IntegratedGradients(baselines=("black", "blur", "mean"))
    ).raw
    np.testing.assert_allclose(together, np.mean(single, axis=0), atol=1e-5)


def test_gradient_and_grad_cam_are_captums(bent: Classifier) -> None:
    seen = photos(3, 8, 10)
    pixels = torch.from_numpy(seen).float().requires_grad_()
    wanted = Saliency(bent).attribute(pixels, target=1, abs=False).sum(dim=3).numpy()
    found = attribute(bent, seen, 1, "gradient").raw
    np.testing.assert_allclose(found, wanted, atol=1e-6 * np.abs(wanted).max())
    # A layer that nothing changes in place afterwards: Captum reads it when all is over.
    layer = bent.get_submodule("network.features.3")
    cam = LayerGradCam(bent, layer).attribute(pixels, target=1, relu_attributions=True)
    own = attribute(bent, seen, 1, GradCAM("network.features.3")).raw
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
    found = attribute(bent, seen, 0, "grad-cam").raw  # its layer stands before the ReLU in place
    assert (maps < 0).any()
    np.testing.assert_allclose(found, wanted.numpy(), atol=1e-6)


def test_occlusion_by_hand(linear: Classifier) -> None:
    seen = photos(2, 4, 4)
    method = Occlusion("black", window=0.5, stride=1.0)
    found = attribute(linear, seen, 1, method).raw
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
        np.testing.assert_allclose(rather.raw, this.raw - that.raw, atol=1e-4)
    else:
        assert not np.allclose(rather.raw, this.raw)


def test_each_photo_has_its_own_target(bent: Classifier) -> None:
    seen = photos(3, 8, 8)
    found = attribute(bent, seen, (0, 2, Contrast(1, 0)), "integrated-gradients")
    targets: tuple[Target, ...] = (0, 2, Contrast(1, 0))
    for row, target in enumerate(targets):
        alone = attribute(bent, seen[row : row + 1], target, "integrated-gradients")
        np.testing.assert_allclose(found.raw[row], alone.raw[0], atol=1e-5)


def test_bent_networks_have_no_evidence(bent: Classifier) -> None:
    with pytest.raises(MethodError, match=r"no global average pooling.*grad-cam"):
        attribute(bent, photos(), 0, "evidence")
