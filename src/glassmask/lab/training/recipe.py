"""A training recipe: everything that makes a run what it is, in one TOML file.

Here are the parts that tasks share; each has its own recipe in `lab/tasks`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from glassmask.errors import RecipeError

DrawnClass: TypeAlias = Literal[
    "none", "correct", "incorrect", "nose", "chin", "nose_and_mouth", "elsewhere", "mask"
]
"""What shares of a dataset may be given for."""

_SOME: Final = Field(min_length=1)


class Section(BaseModel):
    """A part of a recipe: unknown keys and other types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DataSection(Section):
    """How often each dataset is drawn, and its classes."""

    shares: Annotated[dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]], _SOME]
    """Dataset name -> relative share of the crops; within one, classes are drawn as below."""
    classes: dict[str, dict[DrawnClass, Annotated[float, Field(ge=0, allow_inf_nan=False)]]]
    """Dataset name -> class (or `incorrect`, any reason) -> relative share of its crops."""
    certain_draws: Annotated[int, Field(ge=1, le=20)] = 1
    """How many times as often a row whose label is certain is drawn as one whose label is not."""
    max_group_share: dict[str, Annotated[float, Field(gt=0, le=1)]] = {}
    """Dataset name -> the largest share that one group may have of the draws of each class."""

    @model_validator(mode="after")
    def _drawn(self) -> Self:
        for dataset in self.shares:
            if not sum(self.classes.get(dataset, {}).values()) > 0:
                raise ValueError(f"classes.{dataset} has no share above 0, but shares names it")
        for dataset in self.max_group_share:
            if dataset not in self.shares:
                raise ValueError(f"max_group_share names {dataset}, and shares does not")
        return self


class TrainingSection(Section):
    """The loop: the optimizer, its learning rate, the average of the weights."""

    crops: Annotated[int, Field(gt=0)]
    batch: Annotated[int, Field(gt=1)]
    optimizer: Literal["adamw", "adam"] = "adamw"
    learning_rate: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    schedule: Literal["cosine", "constant"] = "cosine"
    """What comes after the warm-up: half a cosine down to zero, or nothing."""
    weight_decay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """Of AdamW; Adam has none."""
    warmup_crops: Annotated[int, Field(ge=0)] = 0
    clip: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 5.0
    """Gradients with a larger norm are shortened to it; 0: never."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.0
    precision: Literal["f32", "bf16", "auto"] = "f32"
    """`auto`: the faster one here; the run's metadata say which, see `choose_precision`."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.weight_decay and self.optimizer == "adam":
            raise ValueError("weight_decay is for optimizer = 'adamw', 'adam' has none")
        return self


class ProgressiveSection(Section):
    """Smaller crops first: progressive resizing, for less time with as many views."""

    size: Annotated[int, Field(ge=32, le=512)]
    """Side of the smaller crops, in pixels."""
    crops: Annotated[int, Field(gt=0)]
    """How many views are small; those that follow have the network's size."""


class ProgressiveTrainingSection(TrainingSection):
    """The loop, with smaller crops first where a recipe asks for them."""

    progressive: ProgressiveSection | None = None

    @model_validator(mode="after")
    def _smaller_first(self) -> Self:
        small = 0 if self.progressive is None else self.progressive.crops
        if small % self.batch:
            raise ValueError("progressive.crops must be whole batches: one has one size")
        if small >= self.crops:
            raise ValueError("progressive.crops must leave some of crops at the full size")
        return self


class Recipe(Section):
    """What every recipe has; `task` tells which network it trains."""

    task: str
    name: str
    training: TrainingSection


_PLAIN: Final = {
    "missing": "missing: add it",
    "extra_forbidden": "no such key: see recipes/ for those that there are",
    "dict_type": "must be a table of keys",
    "model_type": "must be a section of keys",
    "too_short": "must not be empty",
}
"""Kind of a fault -> plain words; of others, pydantic's are plain enough."""

RecipeType = TypeVar("RecipeType", bound=Recipe)


def read_recipe(path: Path, kind: type[RecipeType]) -> RecipeType:
    """Read and check a recipe.

    Args:
        path: of the TOML file.
        kind: the recipe of its task.

    Raises:
        RecipeError: no such file, no TOML, or an unknown, missing or ill-typed key.
    """
    fields = read_toml(path)
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        # Unknown keys first: a misspelt key is missing under its own name too.
        faults = sorted(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
        lines = [f"{'.'.join(map(str, fault['loc']))}: {_said(fault)}" for fault in faults]
        raise RecipeError(f"{path}: {'; '.join(lines[:3])}") from error


def _said(fault: ErrorDetails) -> str:
    """What is wrong with a key, in plain words."""
    kind, given = fault["type"], fault["input"]
    if kind in _PLAIN:
        return _PLAIN[kind]
    said = fault["msg"].removeprefix("Value error, ").replace("Input should", "must")
    if kind == "value_error" or isinstance(given, dict | list):
        return said
    return f"{said}, got {given!r}"


def read_toml(path: Path) -> dict[str, Any]:
    """Read a recipe's fields, unchecked.

    Raises:
        RecipeError: no such file, or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: can't be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not TOML: {error}") from error
