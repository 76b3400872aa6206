"""A training recipe: everything that makes a run what it is, in one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar, overload

from pydantic import BaseModel, ConfigDict, Field, ValidationError

TASKS: Final = ("wear", "finder", "landmarks", "classifier")
"""The networks that recipes train."""


class RecipeError(ValueError):
    """A recipe that can't be used; the message names the file and the key."""


class Section(BaseModel):
    """A part of a recipe: unknown keys and other types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NetworkSection(Section):
    """The network: `size` is the side of the crop, `stride` that of the evidence map's cells."""

    backbone: Literal["mobilenet_v2"]
    init: Literal["imagenet", "random"]
    size: Annotated[int, Field(ge=64, le=512, multiple_of=32)]
    stride: Literal[16, 32]
    frozen: Annotated[int, Field(ge=0, le=18)] = 0
    """How many first stages of the backbone keep their pretrained weights."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0


class DataSection(Section):
    """How often each dataset is drawn, and how the folds are cut."""

    shares: dict[str, Annotated[float, Field(gt=0)]]
    """Dataset name -> relative share of the crops; within one, classes are drawn as below."""
    classes: dict[str, dict[str, Annotated[float, Field(ge=0)]]]
    """Dataset name -> class (or `incorrect`, any reason) -> relative share of its crops."""
    certain_draws: Annotated[int, Field(ge=1, le=20)] = 1
    """How many times as often a row whose label is certain is drawn as one whose label is not."""
    folds: Annotated[int, Field(ge=2, le=20)] = 5
    fold_dataset: str = "real"
    """The dataset whose train and val rows are cut into folds for out-of-fold figures."""


class TrainingSection(Section):
    """The loop: the optimizer, its learning rate, the average of the weights."""

    crops: Annotated[int, Field(gt=0)]
    batch: Annotated[int, Field(gt=1)]
    optimizer: Literal["adamw", "adam"] = "adamw"
    learning_rate: Annotated[float, Field(gt=0)]
    schedule: Literal["cosine", "constant"] = "cosine"
    """What comes after the warm-up: half a cosine down to zero, or nothing."""
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    warmup_crops: Annotated[int, Field(ge=0)] = 0
    clip: Annotated[float, Field(ge=0)] = 5.0
    """Gradients with a larger norm are shortened to it; 0: never."""
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.0
    precision: Literal["f32", "bf16"] = "f32"
    held_every: Annotated[int, Field(ge=0)] = 0
    """Steps from one look at held-out views to the next; 0: none."""
    patience: Annotated[int, Field(ge=0)] = 0
    """Looks without a better loss after which a run ends early; 0: it never does."""
    seed: int = 0


class Recipe(Section):
    """A whole recipe of the wear network; `task` tells it from those of other networks."""

    task: Literal["wear"] = "wear"
    name: str
    network: NetworkSection
    data: DataSection
    training: TrainingSection


def task_of(path: Path) -> str:
    """What network a recipe trains: its `task`, `wear` where it names none.

    Raises:
        RecipeError: no such file, no TOML, or no such task.
    """
    task = str(_read(path).get("task", TASKS[0]))
    if task not in TASKS:
        raise RecipeError(f"{path}: task: no {task!r}; there are: {', '.join(TASKS)}")
    return task


RecipeType = TypeVar("RecipeType", bound=Section)


@overload
def read_recipe(path: Path) -> Recipe: ...
@overload
def read_recipe(path: Path, kind: type[RecipeType]) -> RecipeType: ...
def read_recipe(path: Path, kind: type[Section] = Recipe) -> Section:
    """Read and check a recipe.

    Args:
        path: of the TOML file.
        kind: what it is a recipe of; by default the wear network.

    Raises:
        RecipeError: no such file, no TOML, or an unknown, missing or ill-typed key.
    """
    fields = _read(path)
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise RecipeError(f"{path}: {key}: {first['msg']}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: can't be read ({error.strerror})") from error
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: not TOML: {error}") from error
