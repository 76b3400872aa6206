"""Which axis of a layer's output counts the channels, where its shape alone does not say.

Maps of K channels, about as many as the maps are wide, can be read as (N, K, h, w) and as
(N, h, w, K). What the layer is decides (a LayerNorm and a Linear have the channels last, a
convolution and a BatchNorm first), or the exact proportion, or else a larger photo: with it the
maps grow, the channels don't.
"""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import torch
from torch import Tensor, nn

from glassmask.errors import MethodError
from glassmask.lab.networks.photo_network import PhotoNetwork

ChannelOrder: TypeAlias = Literal["first", "last"]
"""(N, K, h, w), or (N, h, w, K)."""

_FIRST: Final = (
    nn.modules.conv._ConvNd,
    nn.modules.batchnorm._BatchNorm,
    nn.modules.instancenorm._InstanceNorm,
    nn.GroupNorm,
)
_BY_FORMAT: Final[dict[str, ChannelOrder]] = {
    "channels_first": "first",
    "channels_last": "last",
}


class _Reached(Exception):  # noqa: N818 no error: the rest of a forward pass is not needed
    pass


def find_order(
    network: PhotoNetwork, layer: str, shape: torch.Size, photos: Tensor
) -> ChannelOrder:
    """How a layer's maps are laid out.

    Args:
        network: in evaluation mode.
        layer: name of a module.
        shape: of its output for these photos, four sizes.
        photos: RGB (N, H, W, 3).

    Raises:
        MethodError: they are no maps of the photos, or nothing tells how they are laid out.
    """
    height, width = photos.shape[1:3]
    sizes: dict[ChannelOrder, tuple[int, int]] = {
        "first": (shape[2], shape[3]),
        "last": (shape[1], shape[2]),
    }
    fitting = [o for o, size in sizes.items() if _in_proportion(size, (height, width))]
    if not fitting:
        raise MethodError(
            f"layer {layer} gives {tuple(shape)}: no maps (N, K, h, w) or "
            f"(N, h, w, K) in the proportions of the photo, {height} x {width}"
        )
    if len(fitting) == 1:
        return fitting[0]
    exact = [o for o, (h, w) in sizes.items() if h * width == w * height]
    found = _order_by_kind(network.get_submodule(layer), shape)
    if found is None and len(exact) == 1:
        found = exact[0]
    if found is None:
        found = _order_by_growth(network, layer, photos)
    if found is None:
        raise MethodError(
            f"layer {layer} gives {tuple(shape)}: maps (N, K, h, w) or (N, h, w, K), both fit the "
            'photo. Say which: GradCAM(layer, channels="first") or channels="last"'
        )
    return found


def _in_proportion(size: tuple[int, int], photo: tuple[int, int]) -> bool:
    """Whether (h, w) can be a map of the photo: no larger, and alike but for rounding."""
    (height, width), (tall, wide) = size, photo
    wanted = width * tall / wide, height * wide / tall
    alike = abs(height - wanted[0]) <= 1 or abs(width - wanted[1]) <= 1
    return alike and height <= tall and width <= wide


def _order_by_kind(module: nn.Module, shape: torch.Size) -> ChannelOrder | None:
    """By what the module is and how many channels it has weights for."""
    if (given := str(getattr(module, "data_format", ""))) in _BY_FORMAT:
        return _BY_FORMAT[given]
    weight = getattr(module, "weight", None)
    if isinstance(weight, Tensor) and weight.ndim == 1 and shape[1] != shape[3]:  # a norm's
        if len(weight) == shape[1]:
            return "first"
        if len(weight) == shape[3]:
            return "last"
    # LayerNorm2d of torchvision and timm is a LayerNorm that turns its input and turns it back.
    if isinstance(module, _FIRST) or type(module).__name__.endswith("2d"):
        return "first"
    if isinstance(module, nn.LayerNorm) and len(module.normalized_shape) > 1:
        return None
    return "last" if isinstance(module, nn.LayerNorm | nn.Linear) else None


def _order_by_growth(network: PhotoNetwork, layer: str, photos: Tensor) -> ChannelOrder | None:
    """By which sizes grow with a photo of twice the height; None of a network that takes none."""
    shapes: list[torch.Size] = []

    def stop(_: nn.Module, __: tuple[Any, ...], output: Tensor) -> None:
        shapes.append(output.shape)
        raise _Reached

    handle = network.get_submodule(layer).register_forward_hook(stop)
    try:
        with torch.no_grad():
            for photo in (photos[:1], photos[:1].repeat(1, 2, 1, 1)):
                try:
                    network.logits(photo)
                except _Reached:
                    continue
    except Exception:  # whatever a network of a fixed size throws
        return None
    finally:
        handle.remove()
    if len(shapes) != 2 or any(len(shape) != 4 for shape in shapes):
        return None
    grown = [small != large for small, large in zip(*shapes, strict=True)]
    if grown == [False, False, True, False]:
        return "first"
    return "last" if grown == [False, True, False, False] else None
