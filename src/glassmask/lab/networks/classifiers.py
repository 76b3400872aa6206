"""Every network of the lab by its name."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Final, Literal

import torch
import torchvision
from torch import Tensor, nn
from torchvision.models import AlexNet_Weights, MobileNet_V2_Weights, ResNet50_Weights, WeightsEnum

from glassmask.errors import NetworkNameError
from glassmask.lab.networks.classifier import FACENET, HALF, Classifier, Pooled, Preprocessing
from glassmask.lab.networks.inception_resnet_v1 import InceptionResnetV1
from glassmask.lab.networks.lenet5 import LeNet5
from glassmask.lab.networks.pretrained import imagenet_state

Init = Literal["imagenet", "random"]

TIMM: Final = "timm/"
"""What names of timm's networks begin with."""


def build_classifier(name: str, classes: int, init: Init = "random") -> Classifier:
    """Build a network for `classes` classes.

    Args:
        name: one of `NETWORKS`, or `timm/` and the name of one of timm's.
        classes: how many logits it gives.
        init: `imagenet` starts all but the last layer from pretrained weights.

    Raises:
        NetworkNameError: no such network, or no pretrained weights of it.
        TensorFileError: the cached weights are others than they should be.
        OSError: pretrained weights are neither cached nor can they be downloaded.
    """
    if name.startswith(TIMM):
        network = _timm(name.removeprefix(TIMM), classes, init)
    elif name in NETWORKS:
        network = NETWORKS[name](classes, init)
    else:
        known = ", ".join((*NETWORKS, f"{TIMM}<name>"))
        raise NetworkNameError(f"no network {name!r}; there are: {known}")
    return network.to(memory_format=torch.channels_last)


def _inception_resnet_v1(classes: int, init: Init) -> Classifier:
    _require_random_init("inception_resnet_v1", init)
    network = InceptionResnetV1(classes)
    pooled = Pooled(InceptionResnetV1.body, InceptionResnetV1.linear)
    return Classifier(network, FACENET, "block8", pooled)


def _resnet50(classes: int, init: Init) -> Classifier:
    network = torchvision.models.resnet50()
    _pretrain(network, init, ResNet50_Weights.IMAGENET1K_V2)
    network.fc = nn.Linear(network.fc.in_features, classes)
    pooled = Pooled(_resnet_body, lambda network: _linear_values(network.fc))
    return Classifier(network, Preprocessing.imagenet(224), "layer4", pooled)


def _resnet_body(network: nn.Module) -> nn.Module:
    stages = [module for name, module in network.named_children() if name not in ("avgpool", "fc")]
    return nn.Sequential(*stages)


def _mobilenet_v2(classes: int, init: Init) -> Classifier:
    network = torchvision.models.mobilenet_v2()
    _pretrain(network, init, MobileNet_V2_Weights.IMAGENET1K_V1)
    network.classifier[1] = nn.Linear(network.last_channel, classes)
    pooled = Pooled(
        lambda network: network.features, lambda network: _linear_values(network.classifier[1])
    )
    return Classifier(network, Preprocessing.imagenet(224), "features", pooled)


def _alexnet(classes: int, init: Init) -> Classifier:
    network = torchvision.models.alexnet()
    _pretrain(network, init, AlexNet_Weights.IMAGENET1K_V1)
    network.classifier[6] = nn.Linear(4096, classes)
    return Classifier(network, Preprocessing.imagenet(224), "features")


def _lenet5(classes: int, init: Init) -> Classifier:
    _require_random_init("lenet5", init)
    # The last maps of more than one cell: the convolution after them sees the whole photo.
    return Classifier(LeNet5(classes), Preprocessing(32, HALF, HALF), "features.4")


def _timm(name: str, classes: int, init: Init) -> Classifier:
    import timm  # noqa: PLC0415, heavy, and only for its networks
    from timm.data.config import resolve_model_data_config  # noqa: PLC0415

    if not timm.is_model(name):
        raise NetworkNameError(f"timm has no network {name!r}; timm.list_models() tells its names")
    network = timm.create_model(name, pretrained=init == "imagenet", num_classes=classes)
    wanted: dict[str, Any] = resolve_model_data_config(network)  # type: ignore[no-untyped-call]
    mean, std = (tuple(255 * value for value in wanted[key]) for key in ("mean", "std"))
    preprocessing = Preprocessing(wanted["input_size"][-1], mean, std)
    layer, pooled = _timm_maps(network, preprocessing.size)
    return Classifier(network, preprocessing, layer, pooled)


def _timm_maps(network: nn.Module, size: int) -> tuple[str, Pooled | None]:
    """The last module with a map, and how a network of timm's pools, found by trying."""
    info = getattr(network, "feature_info", None)
    layer = info[-1]["module"] if isinstance(info, list) and info else _last_child(network)
    head = network.get_classifier()  # type: ignore[operator]
    if isinstance(head, nn.Linear | nn.Conv2d) and _pools_globally(copy.deepcopy(network), size):
        pooled = Pooled(_TimmBody, lambda network: _linear_values(network.get_classifier()))
        return _find_feature_module(network, size) or layer, pooled
    return layer, None


def _find_feature_module(network: nn.Module, size: int) -> str | None:
    """The module whose output is what the network pools; None where no module gives just that."""
    outputs: list[tuple[str, Tensor]] = []
    hooks = [
        module.register_forward_hook(lambda *args, name=name: outputs.append((name, args[2])))
        for name, module in network.named_modules()
        if name
    ]
    was_training = network.training
    network.eval()
    with torch.inference_mode():
        features = _TimmBody(network)(torch.zeros(1, 3, size, size))
    network.train(was_training)
    for hook in hooks:
        hook.remove()
    return next((name for name, output in reversed(outputs) if output is features), None)


def _pools_globally(network: nn.Module, size: int) -> bool:
    """Whether the logits are the head of the mean of the features; changes the network.

    A layer that does nothing as it begins, as a BatchNorm before the head, must not go unseen:
    all that is not a kernel is filled at random.
    """
    chance = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for values in (*network.parameters(), *network.buffers()):
            if values.ndim == 1 and values.is_floating_point():
                values.copy_(0.5 + torch.rand(values.shape, generator=chance))
    weight, bias = _linear_values(network.get_classifier())  # type: ignore[operator]
    pixels = torch.linspace(-1, 1, 3 * size * size).reshape(1, 3, size, size)
    network.eval()
    with torch.inference_mode():
        features = _TimmBody(network)(pixels)
        if features.ndim != 4 or features.shape[1] != weight.shape[1]:
            return False
        own, wanted = features.mean(dim=(2, 3)) @ weight.T + bias, network(pixels)
    return own.shape == wanted.shape and torch.allclose(own, wanted, rtol=1e-4, atol=1e-5)


class _TimmBody(nn.Module):
    """The features of one of timm's networks, before they are pooled."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> Tensor:
        features: Tensor = self.network.forward_features(pixels)  # type: ignore[operator]
        return features


def _last_child(network: nn.Module) -> str:
    return [name for name, _ in network.named_children()][-1]


def _pretrain(network: nn.Module, init: Init, weights: WeightsEnum) -> None:
    if init == "imagenet":
        network.load_state_dict(imagenet_state(weights))


def _require_random_init(name: str, init: Init) -> None:
    if init != "random":
        raise NetworkNameError(f"{name} has no ImageNet weights: use init = 'random'")


def _linear_values(linear: nn.Module) -> tuple[Tensor, Tensor]:
    """Weight (C, K) and bias (C,) of a linear layer, or of a 1 x 1 convolution that is one."""
    assert isinstance(linear, nn.Linear | nn.Conv2d)
    weight = linear.weight.detach().flatten(1)
    bias = torch.zeros(len(weight)) if linear.bias is None else linear.bias.detach()
    return weight, bias


NETWORKS: Final[dict[str, Callable[[int, Init], Classifier]]] = {
    "inception_resnet_v1": _inception_resnet_v1,
    "resnet50": _resnet50,
    "mobilenet_v2": _mobilenet_v2,
    "alexnet": _alexnet,
    "lenet5": _lenet5,
}
"""Name to a function (classes, init)."""
