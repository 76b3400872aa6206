"""The recipe of the network that says how a mask is worn."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from glassmask.lab.networks.backbones import BACKBONES
from glassmask.lab.training.recipe import (
    DataSection,
    ProgressiveTrainingSection,
    Recipe,
    Section,
)


def _known_backbone(name: str) -> str:
    if name not in BACKBONES:
        raise ValueError(f"there are: {', '.join(BACKBONES)}")
    return name


class NetworkSection(Section):
    """The network: `size` is the side of the crop, `stride` that of the evidence map's cells."""

    backbone: Annotated[str, AfterValidator(_known_backbone)]
    init: Literal["imagenet", "random"]
    size: Annotated[int, Field(ge=64, le=512, multiple_of=32)]
    stride: Literal[16, 32]
    window: Annotated[int, Field(ge=3)] | None = None
    """Side of the square of the crop's pixels that a cell may see; none: as the backbone does."""
    frozen: Annotated[int, Field(ge=0, le=18)] = 0
    """How many first stages of the backbone keep their pretrained weights."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0


class FoldedDataSection(DataSection):
    """The same for out-of-fold figures: how the folds are cut."""

    folds: Annotated[int, Field(ge=2, le=20)] = 5
    fold_datasets: list[str] = Field(["real"], min_length=1)
    """The datasets whose train and val rows are cut into folds for out-of-fold figures.

    Calibration and confidence are chosen on their val rows. Picked rows are in neither.
    """


class ViewsSection(Section):
    """How the views of the wear network's training differ from the usual ones."""

    among_others: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How often what lies around a face is another photo, with its face beside this one."""
    turned: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How often a face is turned by any angle up to 75 degrees, not by a few."""


class EvidenceSection(Section):
    """What is asked besides the wear: single answers, and of the evidence where it lies."""

    answers: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 0.5
    """Weight of the four answers' losses, beside that of the wear."""

    pointing: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """Weight of the loss that asks painted faces' evidence to lie at the part it is about."""
    hiding: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How often one of the parts that a mask leaves uncovered is hidden from view."""
    landmarks: list[str] = Field(default=[])
    """Datasets of photographs whose masked faces' parts are where the landmark network says."""


class WearTrainingSection(ProgressiveTrainingSection):
    """The loop; smaller crops are whole cells, too."""

    @model_validator(mode="after")
    def _whole_cells(self) -> Self:
        if self.progressive is not None and self.progressive.size % 32:
            raise ValueError("progressive.size must be a multiple of 32, as network.size is")
        return self


class WearRecipe(Recipe):
    """A whole recipe of the wear network; recipes without a `task` are of this one."""

    task: Literal["wear"] = "wear"
    network: NetworkSection
    data: FoldedDataSection
    views: ViewsSection = ViewsSection()
    evidence: EvidenceSection = EvidenceSection()
    training: WearTrainingSection

    @model_validator(mode="after")
    def _smaller(self) -> Self:
        small = self.training.progressive
        if small is not None and small.size >= self.network.size:
            raise ValueError("training.progressive.size must be less than network.size")
        return self
