"""The manifest beside a network file: what it is, and the numbers that its use needs."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeVar

from glassmask.combinations import Combination, require_combinations
from glassmask.errors import NetworkError
from glassmask.labels import QUESTIONS

SHIPPED: Final = "wear.onnx"


@dataclass(frozen=True, slots=True)
class NetworkCard:
    """What every manifest says.

    Attributes:
        name: the network's name.
        version: its version.
        sha256: of the network file; another file is refused.
    """

    name: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.sha256[:12]})"


@dataclass(frozen=True, slots=True)
class Manifest(NetworkCard):
    """What the wear network is.

    Attributes:
        input_size: side S of the crops it takes, in pixels.
        combinations: of answers, that it tells apart.
        bias: (4,) the b of `logit = mean(evidence) + b`, in the order of `QUESTIONS`.
        temperature: logits are divided by it before the softmax.
        confidence: summed probability that a prediction set must reach; below it with one
            wear alone, the verdict is unsure.
    """

    input_size: int
    combinations: tuple[Combination, ...]
    bias: tuple[float, ...]
    temperature: float
    confidence: float

    def __post_init__(self) -> None:
        require_combinations(self.combinations)
        if len(self.bias) != len(QUESTIONS):
            raise ValueError(f"bias has {len(self.bias)} values, expected {len(QUESTIONS)}")
        if not all(map(math.isfinite, (*self.bias, self.temperature))):
            raise ValueError("bias or temperature is not finite")
        if not (self.temperature > 0 and 0 <= self.confidence <= 1 and self.input_size > 0):
            raise ValueError("temperature, confidence or input_size is out of range")


Card = TypeVar("Card", bound=NetworkCard)


def require_network_name(path: Path) -> None:
    """See that a path can be a network's, and its manifest another file.

    Raises:
        NetworkError: it can't.
    """
    if path.suffix != ".onnx":
        raise NetworkError(f"{path}: a network is a file whose name ends in .onnx")


def load_network_file(
    path: str | os.PathLike[str] | None,
    shipped_name: str,
    parse: Callable[[Mapping[str, Any]], Card],
) -> tuple[bytes, Card]:
    """Read a network file and its manifest, and check the one against the other.

    Args:
        path: the ONNX file; its manifest is the same name with `.json`. None: the shipped one.
        shipped_name: file name of the shipped one.
        parse: makes the manifest out of the JSON object; a ValueError, KeyError, TypeError or
            OverflowError of it says that the manifest is broken.

    Returns:
        The file's bytes, with the hash that the manifest promises, and the manifest.

    Raises:
        NetworkError: a file is missing or unreadable, the manifest is not as it must be, or
            the network is not the file that the manifest describes.
    """
    shipped = Path(str(resources.files("glassmask"))) / "weights" / shipped_name
    path = shipped if path is None else Path(path)
    require_network_name(path)
    beside = path.with_suffix(".json")
    try:
        network = path.read_bytes()
        fields = json.loads(beside.read_text(encoding="utf-8"))
        if not isinstance(fields, dict):
            raise TypeError("it is no JSON object")
        manifest = parse(fields)
    except OSError as error:
        raise NetworkError(
            f"{error.filename}: the network can't be read ({error.strerror}); "
            "install glassmask again, or give another file"
        ) from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        missing = f"{error} is missing: is it the manifest of another kind of network?"
        detail = missing if isinstance(error, KeyError) else str(error)
        raise NetworkError(f"{beside}: broken manifest: {detail}") from error
    digest = hashlib.sha256(network).hexdigest()
    if digest != manifest.sha256:
        raise NetworkError(
            f"{path}: not the network of its manifest (sha256 {digest[:12]}…, expected "
            f"{manifest.sha256[:12]}…): the file is broken or was changed; install it again"
        )
    return network, manifest


def load_wear_network(path: str | os.PathLike[str] | None = None) -> tuple[bytes, Manifest]:
    """Read the wear network and its manifest (None: the shipped one), as `load_network_file` does.

    Raises:
        NetworkError: as there.
    """
    return load_network_file(path, SHIPPED, _parse)


def card_fields(fields: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a `NetworkCard` out of a manifest's JSON object.

    Raises:
        KeyError: one is missing.
    """
    return {name: str(fields[name]) for name in ("name", "version", "sha256")}


def _combination(answers: Sequence[Any]) -> Combination:
    mask, nose, mouth, chin = (int(answer) for answer in answers)
    return mask, nose, mouth, chin


def _parse(fields: Mapping[str, Any]) -> Manifest:
    return Manifest(
        **card_fields(fields),
        input_size=int(fields["input_size"]),
        combinations=tuple(_combination(one) for one in fields["combinations"]),
        bias=tuple(float(value) for value in fields["bias"]),
        temperature=float(fields["temperature"]),
        confidence=float(fields["confidence"]),
    )
