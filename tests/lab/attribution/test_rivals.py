"""The same maps as Captum's and pytorch-grad-cam's, of ResNet50."""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from types import ModuleType

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam
from numpy.typing import NDArray

from glassmask.lab.attribution import attribute
from glassmask.lab.networks.classifier import Classifier
from glassmask.lab.networks.classifiers import build_classifier

SIDE = 96


@pytest.fixture(scope="module")
def resnet() -> Classifier:
    """With statistics as after some training, so that the logits are apart."""
    torch.manual_seed(0)
    network = build_classifier("resnet50", 3)
    photos = torch.randint(0, 256, (4, SIDE, SIDE, 3), dtype=torch.uint8)
    with torch.no_grad():
        for _ in range(3):
            network.logits(photos)
    return network.eval()


@pytest.fixture
def photos() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (2, SIDE, SIDE, 3), np.uint8)


@pytest.fixture
def rival() -> ModuleType:
    """pytorch-grad-cam, installed with --no-deps."""
    if importlib.util.find_spec("pytorch_grad_cam") is None:
        pytest.skip("grad-cam is not installed (pip install --no-deps grad-cam ttach)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("pytorch_grad_cam")


@pytest.mark.parametrize("target", [0, 2])
def test_captum(resnet: Classifier, photos: NDArray[np.uint8], target: int) -> None:
    layer = resnet.get_submodule(resnet.cam_layer)
    pixels = torch.from_numpy(photos).float().requires_grad_()
    wanted = LayerGradCam(resnet.logits, layer).attribute(
        pixels, target=target, relu_attributions=True
    )
    own = attribute(resnet, photos, target, "grad-cam").maps
    maps = wanted[:, 0].detach().numpy()
    assert maps.max() > 0
    np.testing.assert_allclose(own, maps, atol=1e-5 * maps.max())


@pytest.mark.parametrize("target", [0, 2])
def test_pytorch_grad_cam(
    resnet: Classifier, photos: NDArray[np.uint8], rival: ModuleType, target: int
) -> None:
    targets = importlib.import_module("pytorch_grad_cam.utils.model_targets")
    layer = resnet.network.get_submodule("layer4")
    pixels = resnet.normalised(torch.from_numpy(photos))
    with rival.GradCAM(model=resnet.network, target_layers=[layer]) as cam:
        cam(input_tensor=pixels, targets=[targets.ClassifierOutputTarget(target)] * len(photos))
        seen = cam.activations_and_grads
        activations, gradients = (part[0].numpy() for part in (seen.activations, seen.gradients))
        # Its raw map: before it is scaled to [0, 1] and enlarged.
        wanted = cam.get_cam_image(pixels, layer, None, activations, gradients, False)
    own = attribute(resnet, photos, target, "grad-cam").maps
    np.testing.assert_allclose(own, np.maximum(wanted, 0), atol=1e-5 * wanted.max())


def test_evidence_is_grad_cam_before_its_relu(
    resnet: Classifier, photos: NDArray[np.uint8]
) -> None:
    evidence = attribute(resnet, photos, 1, "evidence").maps
    cells = evidence.shape[1] * evidence.shape[2]
    own = attribute(resnet, photos, 1, "grad-cam").maps
    np.testing.assert_allclose(np.maximum(evidence, 0) / cells, own, atol=1e-5 * own.max())
