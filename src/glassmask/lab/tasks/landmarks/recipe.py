"""The recipe of the network that finds the points of a face."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from glassmask.lab.training.recipe import Recipe, Section


class LandmarkNetworkSection(Section):
    """The network: `size` is the side of the crop, `margin` that side over the face box's."""

    size: Annotated[int, Field(ge=32, le=256, multiple_of=16)]
    margin: Annotated[float, Field(ge=1, le=3)]


class LandmarkDataSection(Section):
    """What the views show."""

    painted: Annotated[float, Field(ge=0, le=1)]
    """Share of the faces that have a mask or a thing painted before them."""
    negatives: Annotated[float, Field(ge=0, lt=0.5)]
    """Share of the views that are made to be no face, or one that lies wrong in its crop."""
    proposed: Annotated[float, Field(ge=0, le=0.5)]
    """Share of the views that are what the finder takes for faces in scenes."""


class LandmarkRecipe(Recipe):
    """A whole recipe of the landmark network."""

    task: Literal["landmarks"]
    network: LandmarkNetworkSection
    data: LandmarkDataSection
