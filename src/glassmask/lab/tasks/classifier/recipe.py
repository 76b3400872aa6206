"""The recipe of any network by its name, trained to classify faces."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from glassmask.lab.training.recipe import DataSection, Recipe, Section, TrainingSection


class ClassifierNetworkSection(Section):
    """The network: its name, how it begins, the side of its crops, and its classes."""

    network: str
    init: Literal["imagenet", "random"]
    size: Annotated[int, Field(ge=32, le=512)]
    classes: Literal[3, 5]
    """3: none, correct, incorrect, as in the two studies; 5: the project's own."""


class ClassifierDataSection(DataSection):
    """How often each dataset is drawn, and how its pictures are shown."""

    views: Literal["portrait", "augmented"] = "portrait"
    """Framed as in FFHQ, or framed and spoiled at random."""


class ProgressiveSection(Section):
    """Smaller crops first: progressive resizing, for less time with as many views."""

    size: Annotated[int, Field(ge=32, le=512)]
    """Side of the smaller crops, in pixels."""
    crops: Annotated[int, Field(gt=0)]
    """How many views are small; those that follow have the network's size."""


class ClassifierTrainingSection(TrainingSection):
    """The loop, with looks at held-out faces, and smaller crops first."""

    progressive: ProgressiveSection | None = None
    held_every: Annotated[int, Field(ge=0)] = 0
    """Steps from one look at held-out views to the next; 0: none."""
    patience: Annotated[int, Field(ge=0)] = 0
    """Looks without a better loss after which a run ends early; 0: it never does."""

    @model_validator(mode="after")
    def _looks(self) -> Self:
        if self.patience and not self.held_every:
            raise ValueError("patience needs held_every: steps from one look to the next")
        return self

    @model_validator(mode="after")
    def _smaller_first(self) -> Self:
        small = 0 if self.progressive is None else self.progressive.crops
        if small % self.batch:
            raise ValueError("progressive.crops must be whole batches: one has one size")
        if small >= self.crops:
            raise ValueError("progressive.crops must leave some of crops at the full size")
        return self


class ClassifierRecipe(Recipe):
    """A whole recipe of a classifier."""

    task: Literal["classifier"]
    network: ClassifierNetworkSection
    data: ClassifierDataSection
    training: ClassifierTrainingSection
