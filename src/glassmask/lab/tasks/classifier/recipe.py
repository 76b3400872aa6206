"""The recipe of any network by its name, trained to classify faces."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from glassmask.lab.training.recipe import (
    DataSection,
    ProgressiveTrainingSection,
    Recipe,
    Section,
)


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


class ClassifierTrainingSection(ProgressiveTrainingSection):
    """The loop, with looks at held-out faces, and smaller crops first."""

    held_every: Annotated[int, Field(ge=0)] = 0
    """Steps from one look at held-out views to the next; 0: none."""
    patience: Annotated[int, Field(ge=0)] = 0
    """Looks without a better loss after which a run ends early; 0: it never does."""

    @model_validator(mode="after")
    def _looks(self) -> Self:
        if self.patience and not self.held_every:
            raise ValueError("patience needs held_every: steps from one look to the next")
        return self


class ClassifierRecipe(Recipe):
    """A whole recipe of a classifier."""

    task: Literal["classifier"]
    network: ClassifierNetworkSection
    data: ClassifierDataSection
    training: ClassifierTrainingSection
