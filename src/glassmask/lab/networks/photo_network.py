"""What every network that judges photos of faces is, to those who ask or explain it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    from glassmask.lab.networks.evidence import EvidenceGiver


class PhotoNetwork(nn.Module):
    """Takes photos as they are; normalisation is its own affair.

    Photos are RGB (N, H, W, 3) in photo values, 0 to 255: uint8, or float32 where a gradient
    is asked for.

    Attributes:
        cam_layer: name of the module whose output Grad-CAM weighs: the last with maps.
    """

    cam_layer: str

    @abstractmethod
    def logits(self, photos: Tensor) -> Tensor:
        """Logits (N, C), float32."""

    @abstractmethod
    def with_evidence(self) -> EvidenceGiver:
        """The same network as one that gives evidence, sharing its parameters.

        Raises:
            ConversionError: its logits are no means of maps.
        """
