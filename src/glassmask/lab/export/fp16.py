"""Keep an exported network's weights in 16 bits: half the file, the same sums in float32.

Each kernel stands in the file as float16, and a cast makes it float32 again. Engines do that once,
when they open the file; nothing is slower after.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from glassmask.errors import ExportError

_MIN_NUMBERS: Final = 256
"""Numbers that a kernel has, to be worth it."""


def store_weights_fp16(content: bytes) -> bytes:
    """An ONNX file with its float32 kernels in float16; small ones stay, and so do biases.

    Raises:
        ExportError: a weight is beyond the range of float16 (65,504).
    """
    model = onnx.load_from_string(content)
    graph = model.graph
    casts = []
    for item in graph.initializer:
        kernel_like = item.data_type == TensorProto.FLOAT and len(item.dims) > 1
        if not kernel_like or np.prod(item.dims) < _MIN_NUMBERS:
            continue
        with np.errstate(over="ignore"):
            kernel = numpy_helper.to_array(item).astype(np.float16)
        if not np.isfinite(kernel).all():
            raise ExportError(f"{item.name} has weights beyond what 16 bits can hold")
        name, half = item.name, f"{item.name}.half"
        item.CopyFrom(numpy_helper.from_array(kernel, half))
        casts.append(helper.make_node("Cast", [half], [name], name=half, to=TensorProto.FLOAT))
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*casts, *rest])
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())
