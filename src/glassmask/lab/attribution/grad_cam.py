"""The method `grad-cam` (Selvaraju et al. 2017), at any layer with maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from glassmask.errors import MethodError
from glassmask.lab.attribution.channel_order import ChannelOrder, find_order
from glassmask.lab.attribution.method import Method, MethodOutput, Weigh
from glassmask.lab.networks.photo_network import PhotoNetwork


@dataclass(frozen=True, slots=True)
class GradCAM(Method):
    """Grad-CAM of the target y, before any softmax, at the output A of a layer.

        alpha[k] = mean_ij d y / d A[k, i, j]             (equation 1)
        map      = ReLU(sum_k alpha[k] A[k])              (equation 2)

    Only what lies after the layer is recorded and gone through backwards: for the last layer of
    a network that costs next to nothing. Where nothing speaks for the target the map is all 0.

    Attributes:
        layer: name of a module whose output is maps in the photos' proportions, (N, K, h, w) or
            with the channels last, (N, h, w, K), as Swin and ConvNeXt have them; None: the
            network's own.
        channels: whether the maps' channels are `first` or `last`; None: what the layer and the
            photos say of it, and an error where they leave it open.

    Example:
        >>> found = attribute(network, crops, 2, GradCAM(layer="network.layer4"))
        >>> found.maps.shape, found.maps.min() >= 0
    """

    name: ClassVar[str] = "grad-cam"
    layer: str | None = None
    channels: ChannelOrder | None = None

    def __post_init__(self) -> None:
        if self.channels not in (None, "first", "last"):
            raise MethodError(f"channels are first or last, not {self.channels!r}")

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> MethodOutput:
        """See `Method.explain`."""
        layer = network.cam_layer if self.layer is None else self.layer
        recorder = _ActivationRecorder(layer)
        try:
            handle = network.get_submodule(layer).register_forward_hook(recorder.record)
        except AttributeError as error:
            raise MethodError(f"no layer {layer!r} in the network: {error}") from error
        try:
            with torch.no_grad():  # until the layer; its hook switches recording on
                logits = network.logits(photos)
        finally:
            handle.remove()
        activations = recorder.activations()
        order = self.channels or find_order(network, layer, activations.shape, photos)
        if not logits.requires_grad:
            raise MethodError(f"the logits do not depend on layer {layer}")
        with torch.enable_grad():
            (gradient,) = torch.autograd.grad((logits * weigh(logits.detach())).sum(), activations)
        activations = activations.detach()
        if order == "last":
            gradient, activations = (maps.permute(0, 3, 1, 2) for maps in (gradient, activations))
        alpha = gradient.float().mean(dim=(2, 3), keepdim=True)  # (N, K, 1, 1)
        values = torch.relu((alpha * activations.float()).sum(dim=1))
        return MethodOutput(values, logits.detach(), layer=layer)


class _ActivationRecorder:
    """Records what a layer gives, as the place where recording for the backward pass begins."""

    def __init__(self, layer: str) -> None:
        self._layer = layer
        self._recorded: list[Tensor] = []

    def record(self, _: nn.Module, __: tuple[Any, ...], output: Any) -> Tensor:
        """A forward hook."""
        if not isinstance(output, Tensor) or output.ndim != 4:
            given = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
            raise MethodError(f"layer {self._layer} gives no maps (N, K, h, w), but {given}")
        leaf = output.detach().requires_grad_()
        self._recorded.append(leaf)
        torch.set_grad_enabled(True)
        return leaf.clone()  # what follows may change it in place; A stays as the layer gave it

    def activations(self) -> Tensor:
        """The activations A.

        Raises:
            MethodError: the layer did not run once.
        """
        if len(self._recorded) != 1:
            raise MethodError(
                f"layer {self._layer} runs {len(self._recorded)} times in a forward pass: choose "
                "one that runs once"
            )
        return self._recorded[0]
