"""Small ONNX networks that stand in for the shipped finder and landmarks: known by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from glassmask.faces.crop import Box
from glassmask.faces.regions import mean_points
from glassmask.verdict import Verdict

SIDE = 320
"""The longer side that the stand-in finders search at."""


@dataclass(frozen=True)
class Faces:
    """Small networks that stand in for the shipped finder and landmarks.

    Attributes:
        patches: a finder: each 32 x 32 cell of its input that is red (255, 0, b) is a face with
            its corner there and a side of 4 b; the score is (red - green) / 255.
        landmarks: puts an average face and its box into every crop; its confidence is the mean
            brightness, and it is nearly sure of a face (0.96875), but for one of blue alone
            (0.03125).
        demo: a finder that sees one face, that of the demo portrait, in photos of its shape.
        fixed: makes a finder that sees these boxes in photos of this shape (height, width), all
            upright or turned by these quarters.
    """

    patches: Path
    landmarks: Path
    demo: Path
    fixed: Callable[..., Path]


def class_name(verdict: Verdict) -> str:
    """The class that a verdict names: what is uncovered, or its wear."""
    return "_and_".join(verdict.uncovered) or str(verdict.wear)


def make_faces(folder: Path, demo: Box) -> Faces:
    """Write them.

    Args:
        folder: where to.
        demo: the box of the face in the demo portrait, in its pixels.
    """

    def fixed(
        name: str, boxes: Sequence[Box], shape: tuple[int, int], turns: Sequence[int] = ()
    ) -> Path:
        scale = min(SIDE / max(shape), 2.0)
        finder = _fixed_finder(np.array(boxes) * scale, turns or [0] * len(boxes))
        return _write(folder / f"{name}.onnx", finder, _FINDER)

    return Faces(
        patches=_write(folder / "patches.onnx", _patch_finder(), _FINDER),
        landmarks=_write(folder / "landmarks.onnx", _landmarks(64, 1.25), _LANDMARKS),
        demo=fixed("demo", [demo], (220, 210)),
        fixed=fixed,
    )


_FINDER = {"score": 0.9, "overlap": 0.4, "side": SIDE, "largest": SIDE, "reduction": 2}
_LANDMARKS = {"input_size": 64, "margin": 1.25, "confidence": 0.1, "score": 0.5}


def _write(path: Path, model: onnx.ModelProto, numbers: dict[str, Any]) -> Path:
    onnx.checker.check_model(model)
    content = model.SerializeToString()
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    card = {"name": path.stem, "version": "0", "sha256": sha256, **numbers}
    path.with_suffix(".json").write_text(json.dumps(card))
    return path


def _model(
    nodes: Sequence[Any],
    constants: dict[str, NDArray[Any]],
    source: tuple[str, list[Any]],
    results: dict[str, list[Any]],
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "stand-in",
        [helper.make_tensor_value_info(source[0], TensorProto.UINT8, source[1])],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in results.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


_FOUND: dict[str, list[Any]] = {"boxes": ["A", 4], "scores": ["A"], "points": ["A", 5, 2]}


def _patch_finder() -> onnx.ModelProto:
    node = helper.make_node
    nodes = [
        node("Cast", ["photo"], ["values"], to=TensorProto.FLOAT),
        node("Transpose", ["values"], ["planes"], perm=[0, 3, 1, 2]),
        node("AveragePool", ["planes"], ["cells"], kernel_shape=[32, 32], strides=[32, 32]),
        node("Split", ["cells", "ones3"], ["red", "green", "blue"], axis=1),
        node("Sub", ["red", "green"], ["difference"]),
        node("Div", ["difference", "most"], ["score"]),
        node("Reshape", ["score", "flat"], ["scores"]),
        node("Mul", ["blue", "four"], ["side"]),
        node("Mul", ["blue", "zero"], ["nothing"]),
        node("Add", ["nothing", "step"], ["steps"]),
        node("CumSum", ["steps", "across"], ["x"], exclusive=1),
        node("CumSum", ["steps", "down"], ["y"], exclusive=1),
        node("Concat", ["x", "y", "side", "side"], ["grid"], axis=1),  # (1, 4, h, w)
        node("Transpose", ["grid"], ["last"], perm=[0, 2, 3, 1]),
        node("Reshape", ["last", "fours"], ["boxes"]),
        node("Concat", ["nothing"] * 10, ["ten"], axis=1),
        node("Reshape", ["ten", "tens"], ["points"]),
    ]
    constants: dict[str, NDArray[Any]] = {
        "ones3": np.array([1, 1, 1], np.int64),
        "most": np.array(255, np.float32),
        "four": np.array(4, np.float32),
        "zero": np.array(0, np.float32),
        "step": np.array(32, np.float32),
        "across": np.array(3, np.int64),
        "down": np.array(2, np.int64),
        "flat": np.array([-1], np.int64),
        "fours": np.array([-1, 4], np.int64),
        "tens": np.array([-1, 5, 2], np.int64),
    }
    return _model(nodes, constants, ("photo", [1, "H", "W", 3]), _FOUND)


def five_points(degrees: float) -> NDArray[np.float32]:
    """The eyes, nose and corners of the mouth (5, 2) of a face that leans so far clockwise."""
    face = np.array([(-10, -8), (10, -8), (0, 2), (-7, 10), (7, 10)])
    sin, cos = np.sin(np.deg2rad(degrees)), np.cos(np.deg2rad(degrees))
    return np.asarray(50 + face @ np.array([[cos, sin], [-sin, cos]]), np.float32)


def _fixed_finder(boxes: NDArray[np.float64], turns: Sequence[int]) -> onnx.ModelProto:
    """Sees the same boxes, in pixels of its input, in any photo."""
    constants: dict[str, NDArray[Any]] = {
        "all": boxes.astype(np.float32).reshape(-1, 4),
        "sure": np.full(len(boxes), 0.96875, np.float32),
        "eyes": np.array([five_points(90 * t) for t in turns], np.float32).reshape(-1, 5, 2),
    }
    names = zip(constants, _FOUND, strict=True)
    nodes = [helper.make_node("Identity", [source], [result]) for source, result in names]
    return _model(nodes, constants, ("photo", [1, "H", "W", 3]), _FOUND)


def _landmarks(size: int, margin: float) -> onnx.ModelProto:
    node = helper.make_node
    side = size / margin
    box = ((size - 0.8 * side) / 2, (size - side) / 2, 0.8 * side, side)
    nodes = [
        node("Cast", ["crops"], ["values"], to=TensorProto.FLOAT),
        node("ReduceMean", ["values"], ["mean"], axes=[1, 2, 3], keepdims=0),
        node("Div", ["mean", "most"], ["confidence"]),
        node("ReduceMax", ["values"], ["strongest"], axes=[1, 2], keepdims=0),
        node("Split", ["strongest"], ["red", "green", "blue"], axis=1),
        node("Cast", ["red"], ["seen"], to=TensorProto.BOOL),
        node("Where", ["seen", "yes", "no"], ["chance"]),
        node("Squeeze", ["chance", "last"], ["face"]),
        node("Shape", ["confidence"], ["count"]),
        node("Concat", ["count", "rest"], ["shape"], axis=0),
        node("Expand", ["average", "shape"], ["points"]),
        node("Concat", ["count", "sides"], ["shape of boxes"], axis=0),
        node("Expand", ["one box", "shape of boxes"], ["box"]),
    ]
    constants: dict[str, NDArray[Any]] = {
        "most": np.array(255, np.float32),
        "yes": np.array(0.96875, np.float32),
        "no": np.array(0.03125, np.float32),
        "last": np.array([1], np.int64),
        "rest": np.array([109, 2], np.int64),
        "sides": np.array([4], np.int64),
        "one box": np.array([box], np.float32),
        "average": mean_points(box).xy.astype(np.float32)[None],
    }
    results: dict[str, list[Any]] = {
        "points": ["N", 109, 2],
        "confidence": ["N"],
        "face": ["N"],
        "box": ["N", 4],
    }
    return _model(nodes, constants, ("crops", ["N", size, size, 3]), results)
