"""What of a network's answer is explained: a logit, why one class rather than another, or a sum."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from glassmask.errors import TargetError


@dataclass(frozen=True, slots=True)
class Contrast:
    """Why class `this` rather than class `that`: the difference of their logits.

    Attributes:
        this: position of a class in the network's logits.
        that: position of another.
    """

    this: int
    that: int

    def __post_init__(self) -> None:
        if self.this == self.that:
            raise ValueError(f"a contrast needs two classes, got {self.this} twice")


@dataclass(frozen=True, slots=True)
class Against:
    """Why not class `this`: its logit, negated. For a network of a single logit there is no rival.

    Attributes:
        this: position of a class in the network's logits.
    """

    this: int


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """A sum of logits.

    Attributes:
        name: what it stands for, in words.
        weights: what each logit counts, as many as the network has; finite.

    Raises:
        ValueError: a weight is no finite number.
    """

    name: str
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, self.weights)):
            raise ValueError(f"the weights of a sum are finite numbers, got {self.weights}")


Target: TypeAlias = int | Contrast | Against | WeightedSum
"""A class by its position in the network's logits, a contrast of two, why not a class, or a sum."""


def resolve_targets(logits: Tensor, target: Target | Sequence[Target] | None) -> tuple[Target, ...]:
    """The target of every photo.

    Args:
        logits: (N, C).
        target: one for all, one for each, or None: the class of each photo's largest logit.

    Raises:
        TargetError: not as many as photos, or a class that there is not.
    """
    if target is None:
        return tuple(int(best) for best in logits.argmax(dim=1))
    photos, classes = logits.shape
    targets = normalise_targets(photos, target)
    for one in targets:
        if isinstance(one, WeightedSum) and len(one.weights) != classes:
            raise TargetError(f"{len(one.weights)} weights for a network of {classes} logits")
        for place in _places(one):
            if not 0 <= place < classes:
                raise TargetError(f"no class {place}: the network has {classes}, counted from 0")
    return targets


def _places(target: Target) -> tuple[int, ...]:
    if isinstance(target, Contrast):
        return target.this, target.that
    if isinstance(target, WeightedSum):
        return ()
    return (target.this,) if isinstance(target, Against) else (target,)


def normalise_targets(photos: int, target: Target | Sequence[Target]) -> tuple[Target, ...]:
    """A target for each of so many photos; integers of any kind become plain ones.

    Raises:
        TargetError: not as many as photos, or something that is no class.
    """
    if isinstance(target, str):
        raise TargetError(
            f"{target!r} is a name: give the class's position in the logits, counted from 0"
        )
    single = _single(target)
    if single is not None:
        return (single,) * photos
    try:
        given = tuple(target)  # type: ignore[arg-type]
    except TypeError as error:
        raise TargetError(f"{target!r} is no class and no contrast of two") from error
    if len(given) != photos:
        raise TargetError(f"{len(given)} targets for {photos} photos: give one, or one a photo")
    targets = []
    for item in given:
        one = _single(item)
        if one is None:
            raise TargetError(f"{item!r} is no class and no contrast of two")
        targets.append(one)
    return tuple(targets)


def _single(target: object) -> Target | None:
    """One target in plain integers; None for what is none."""
    if isinstance(target, WeightedSum):
        return target
    if isinstance(target, Contrast):
        this, that = (_single(place) for place in (target.this, target.that))
        if isinstance(this, int) and isinstance(that, int):
            return Contrast(this, that)
        return None
    if isinstance(target, Against):
        this = _single(target.this)
        return Against(this) if isinstance(this, int) else None
    return _position(target)


def _position(target: object) -> int | None:
    """The position of a class; None for what is none."""
    if isinstance(target, bool):
        return None
    try:
        return operator.index(target)  # type: ignore[arg-type]
    except TypeError:
        return None


def target_weights(targets: Sequence[Target], classes: int) -> Tensor:
    """What each logit counts in each photo's target: float32 (N, C).

    Every method explains `sum_c weights[n, c] * logits[n, c]`, so a contrast needs no method of
    its own.
    """
    weights = torch.zeros(len(targets), classes)
    for row, target in enumerate(targets):
        if isinstance(target, int):
            weights[row, target] = 1.0
        elif isinstance(target, Against):
            weights[row, target.this] = -1.0
        elif isinstance(target, WeightedSum):
            weights[row] = torch.tensor(target.weights)
        else:
            weights[row, target.this], weights[row, target.that] = 1.0, -1.0
    return weights


def parse_target(text: str, classes: Sequence[str]) -> Target:
    """A target as people write it: `nose`, `not:nose`, or `nose:correct` for nose, not correct.

    Raises:
        TargetError: it names no class of these.
    """
    names = text.split(":")
    if len(names) == 2 and names[0] == "not" and names[1] in classes:
        return Against(classes.index(names[1]))
    negated = names[0] == "not" and "not" not in classes
    unknown = [name for name in names[negated:] if name not in classes]
    if unknown:
        raise TargetError(f"no class or question {unknown[0]!r}; there are: {', '.join(classes)}")
    if negated:
        raise TargetError(f"{text!r} is no target: give one class as not:CLASS")
    places = [classes.index(name) for name in names]
    if len(places) == 1:
        return places[0]
    if len(places) > 2 or places[0] == places[1]:
        raise TargetError(f"{text!r} is no target: give a class, or two as THIS:THAT")
    return Contrast(*places)


def target_name(target: Target, classes: Sequence[str]) -> str:
    """A target in words: `nose`, or `nose rather than correct`."""
    if isinstance(target, int):
        return classes[target]
    if isinstance(target, Against):
        return f"not {classes[target.this]}"
    if isinstance(target, WeightedSum):
        return target.name
    return f"{classes[target.this]} rather than {classes[target.that]}"
