"""A training recipe: everything that makes a run what it is, in one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias, TypeVar, overload

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from glassmask.errors import RecipeError

TASKS: Final = ("wear", "finder", "landmarks", "classifier")
"""The networks that recipes train."""

DrawnClass: TypeAlias = Literal["none", "correct", "incorrect", "nose", "chin", "nose_and_mouth"]
"""What shares of a dataset may be given for."""

_SOME: Final = Field(min_length=1)


class Section(BaseModel):
    """A part of a recipe: unknown keys and other types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NetworkSection(Section):
    """The network: `size` is the side of the crop, `stride` that of the evidence map's cells."""

    backbone: Literal["mobilenet_v2", "efficientnet_lite0"]
    init: Literal["imagenet", "random"]
    size: Annotated[int, Field(ge=64, le=512, multiple_of=32)]
    stride: Literal[16, 32]
    window: Annotated[int, Field(ge=3)] | None = None
    """Side of the square of the crop's pixels that a cell may see; none: as the backbone does."""
    frozen: Annotated[int, Field(ge=0, le=18)] = 0
    """How many first stages of the backbone keep their pretrained weights."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0


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


class FoldedDataSection(DataSection):
    """The same for out-of-fold figures: how the folds are cut."""

    folds: Annotated[int, Field(ge=2, le=20)] = 5
    fold_datasets: Annotated[list[str], _SOME] = ["real"]
    """The datasets whose train and val rows are cut into folds for out-of-fold figures.

    Calibration and confidence are chosen on their val rows. Picked rows are in neither.
    """


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
    """`auto`: the faster one here; the run's card says which, see `precision_here`."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.weight_decay and self.optimizer == "adam":
            raise ValueError("weight_decay is for optimizer = 'adamw', 'adam' has none")
        return self


class ViewsSection(Section):
    """How the views of the wear network's training differ from the usual ones."""

    among_others: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How often what lies around a face is another photo, with its face beside this one."""
    turned: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How often a face is turned by any angle up to 75 degrees, not by a few."""


class EvidenceSection(Section):
    """What is asked of the evidence itself, not only of the logits."""

    pointing: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """Weight of the loss that asks painted pairs' evidence to lie in the pixels that differ."""


class Recipe(Section):
    """A whole recipe of the wear network; `task` tells it from those of other networks."""

    task: Literal["wear"] = "wear"
    name: str
    network: NetworkSection
    data: FoldedDataSection
    views: ViewsSection = ViewsSection()
    evidence: EvidenceSection = EvidenceSection()
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
        # Unknown keys first: a misspelt key is missing under its own name too.
        faults = sorted(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
        told = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults]
        raise RecipeError(f"{path}: {'; '.join(told[:3])}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: can't be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not TOML: {error}") from error
