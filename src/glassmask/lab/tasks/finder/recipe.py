"""The recipe of the face finder."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from glassmask.lab.training.recipe import Recipe, Section

Count = Annotated[int, Field(ge=4, le=512, multiple_of=4)]


class FinderNetworkSection(Section):
    """The network.

    Attributes:
        channels: at stride 2, 4, 8, 16 and 32.
        blocks: at stride 8, 16 and 32, beside the one that reduces.
        width: channels of the pyramid.
    """

    channels: Annotated[list[Count], Field(min_length=5, max_length=5)]
    blocks: Annotated[list[Annotated[int, Field(ge=0, le=20)]], Field(min_length=3, max_length=3)]
    width: Count


class FinderDataSection(Section):
    """The side of the pictures that it is trained on, in pixels."""

    size: Annotated[int, Field(ge=64, le=1024, multiple_of=64)]


class FinderRecipe(Recipe):
    """A whole recipe of the face finder."""

    task: Literal["finder"]
    network: FinderNetworkSection
    data: FinderDataSection
