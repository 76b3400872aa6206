"""Any network as one that takes photos: with its preprocessing, and where its maps come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from glassmask.errors import ConversionError, MethodError
from glassmask.lab.networks.photo_network import EvidenceHead, EvidenceModel, PhotoNetwork
from glassmask.lab.networks.pretrained import IMAGENET_MEAN, IMAGENET_STD


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What a network wants to be given.

    Attributes:
        size: side of the crops that it was made for, in pixels.
        mean: red, green, blue that become 0, in photo values (0 to 255).
        std: by what the rest is divided, in photo values.
    """

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @classmethod
    def imagenet(cls, size: int) -> Preprocessing:
        """That of torchvision's ImageNet weights."""
        red, green, blue = (255 * value for value in IMAGENET_MEAN)
        r, g, b = (255 * value for value in IMAGENET_STD)
        return cls(size, (red, green, blue), (r, g, b))


HALF: Final = (127.5, 127.5, 127.5)
FACENET: Final = Preprocessing(160, HALF, (128.0, 128.0, 128.0))
"""That of FaceNet's port: (photo - 127.5) / 128."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """How a network ends in global average pooling and what amounts to one linear layer.

    Both are asked of the network as it is: of a copy, the copy's own.

    Attributes:
        body: of a network, a module from normalised photos (N, 3, H, W) to the activations
            (N, K, h, w) that are pooled.
        linear: of a network in evaluation mode, weight (C, K) and bias (C,).
    """

    body: Callable[[Any], nn.Module]
    linear: Callable[[Any], tuple[Tensor, Tensor]]


class Classifier(PhotoNetwork):
    """Photos in, logits out; normalisation is part of the network.

    Args:
        network: normalised photos (N, 3, H, W) to logits (N, C).
        preprocessing: what it wants to be given.
        cam_layer: name, in `network`, of the module whose output Grad-CAM weighs.
        pooled: how it pools; None where it has no global average pooling.

    Attributes:
        network: the network itself; its state is what a run keeps.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        network: nn.Module,
        preprocessing: Preprocessing,
        cam_layer: str,
        pooled: Pooled | None = None,
    ) -> None:
        super().__init__()
        self.network, self.preprocessing = network, preprocessing
        self.cam_layer = f"network.{cam_layer}"
        self.get_submodule(self.cam_layer)  # it exists
        self._pooled = pooled
        for name in ("mean", "std"):
            values = torch.tensor(getattr(preprocessing, name)).reshape(1, 3, 1, 1)
            self.register_buffer(name, values, persistent=False)

    def forward(self, crops: Tensor) -> Tensor:
        """Crops, RGB uint8 (N, H, W, 3), to logits (N, C), float32.

        Raises:
            MethodError: what the network gives can't be taken for logits.
        """
        pixels = _in_precision_of(self.network, self.normalised(crops))
        return as_logits(self.network(pixels), len(crops)).float()

    def logits(self, photos: Tensor) -> Tensor:
        """Logits (N, C), float32."""
        logits: Tensor = self(photos)
        return logits

    def normalised(self, crops: Tensor) -> Tensor:
        """Crops, RGB uint8 (N, H, W, 3), as the network takes them: float32 (N, 3, H, W)."""
        pixels = crops.permute(0, 3, 1, 2).float()  # (N, 3, H, W), channels_last in memory
        return (pixels - self.mean) / self.std

    def with_evidence(self) -> EvidenceClassifier:
        """The same network with an evidence head, sharing the body's parameters.

        Raises:
            ConversionError: it has no global average pooling with a linear layer after it.
        """
        if self._pooled is None:
            raise ConversionError(
                f"{type(self.network).__name__} has no global average pooling with a linear layer "
                "after it: its logits are no means of maps"
            )
        weight, bias = self._pooled.linear(self.network)
        return EvidenceClassifier(self, self._pooled.body(self.network), weight, bias)


def _in_precision_of(network: nn.Module, pixels: Tensor) -> Tensor:
    """Pixels in the precision of a network's weights, double or half, too."""
    weights = next((p for p in network.parameters() if p.is_floating_point()), None)
    return pixels if weights is None else pixels.to(weights.dtype)


def as_logits(output: object, count: int) -> Tensor:
    """What a network gives as logits (N, C), where its meaning is plain.

    Args:
        output: a tensor (N, C), (N, C, 1, 1), or (N,) of one logit; or what holds one as `logits`,
            by attribute or by key; or a tuple or list of a single one.
        count: N.

    Raises:
        MethodError: it is something else; a wrapper should pick the logits out.
    """
    given = output
    for _ in range(2):  # the one may hold the other
        if isinstance(given, tuple | list) and len(given) == 1:
            given = given[0]
        if isinstance(given, Mapping):
            given = given.get("logits", given)
        elif not isinstance(given, Tensor):
            given = getattr(given, "logits", given)
    if not isinstance(given, Tensor):
        raise MethodError(
            f"the network gives a {type(output).__name__}, not logits (N, C): wrap it in a module "
            "that picks them out"
        )
    if given.ndim == 4 and given.shape[2:] == (1, 1):
        given = given.flatten(1)
    elif given.shape == (count,):
        given = given[:, None]
    if (
        given.ndim != 2
        or len(given) != count
        or not given.shape[1]
        or not given.is_floating_point()
    ):
        raise MethodError(
            f"the network gives {given.dtype} {tuple(given.shape)}: logits are floats "
            f"({count}, C), one row per photo"
        )
    return given


class EvidenceClassifier(EvidenceModel):
    """A classifier whose logits are means of evidence maps; see `networks.evidence`.

    The body is the source's own, and stays in the mode that it is in.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, source: Classifier, body: nn.Module, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.body = body
        self.head = EvidenceHead(weight.shape[1], weight.shape[0]).to(weight.device).eval()
        for name in ("mean", "std"):
            self.register_buffer(name, getattr(source, name).clone(), persistent=False)
        with torch.no_grad():
            self.head.weight.copy_(weight[..., None, None])
            self.head.bias.copy_(bias)
        self.training = source.training

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Crops, RGB uint8 (N, H, W, 3), to logits (N, C) and evidence (N, C, h, w), float32."""
        pixels = crops.permute(0, 3, 1, 2).float()  # (N, 3, H, W), channels_last in memory
        pixels = _in_precision_of(self.body, (pixels - self.mean) / self.std)
        logits, evidence = self.head(self.body(pixels).float())
        return logits, evidence
