"""A torch module as an ONNX file, and a network's two files on the disk."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.errors import ExportError
from glassmask.files import replacing
from glassmask.lab.training.folder import read_metadata
from glassmask.lab.training.recipe import Recipe
from glassmask.version import __version__

OPSET: Final = 20


def to_onnx(
    network: nn.Module,
    example: Tensor,
    input_name: str,
    outputs: Sequence[str],
    dynamic: Mapping[int, Any],
) -> bytes:
    """A network of one input as ONNX, in evaluation mode.

    BatchNorm is folded into the convolutions; nothing of the machine that wrote it is kept.

    Args:
        network: takes one tensor; gives one tensor per output.
        example: an input.
        input_name: name of the input.
        outputs: names of the outputs.
        dynamic: axis of the input -> its `torch.export` dimension; the others stay as they are.
    """
    plain = network.eval().to(memory_format=torch.contiguous_format)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            plain,
            (example,),
            input_names=[input_name],
            output_names=list(outputs),
            opset_version=OPSET,
            dynamic_shapes=(dict(dynamic),),
            verbose=False,
        )
    assert program is not None
    model = onnx.load_from_string(program.model_proto.SerializeToString())
    _strip_metadata(model)
    onnx.checker.check_model(model, full_check=True)
    buffer = io.BytesIO()
    onnx.save_model(model, buffer)
    return buffer.getvalue()


def compare(
    content: bytes,
    network: nn.Module,
    pictures: NDArray[np.uint8],
    tolerances: Mapping[str, float],
    *,
    relative: bool = False,
) -> None:
    """Check that the ONNX file computes what the network does.

    Args:
        content: the ONNX file.
        network: what it was made of.
        pictures: an input, uint8.
        tolerances: output -> how far it may be off; in the order of the outputs.
        relative: to the largest value that the network gives, instead of absolutely.

    Raises:
        ExportError: it does not.
    """
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        wanted = network.eval()(torch.from_numpy(pictures))
    got = session.run(list(tolerances), {session.get_inputs()[0].name: pictures})
    for (name, tolerance), own, expected in zip(tolerances.items(), got, wanted, strict=True):
        worst = float(np.abs(own - expected.numpy()).max(initial=0.0))
        worst /= float(expected.abs().max()) if relative else 1.0
        if not worst <= tolerance:  # also where it is no number
            raise ExportError(f"the exported {name} differ from the network's by {worst:.3g}")


def manifest_header(run: Path, recipe: Recipe, licence: str | None) -> dict[str, Any]:
    """What every manifest says: name, version, licence, and how the network was trained.

    Raises:
        RunError: the run's metadata are missing or broken.
    """
    fields = recipe.model_dump()
    return {
        "name": fields["name"],
        "version": __version__,
        "licence": licence,
        "recipe": fields,
        "run": read_metadata(run),
    }


def write_network(out: Path, content: bytes, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write an ONNX file and its manifest, with the file's hash in it; gives the manifest."""
    whole = {**manifest, "sha256": hashlib.sha256(content).hexdigest()}
    out.parent.mkdir(parents=True, exist_ok=True)
    # Both or neither: a network beside the manifest of another can't be opened.
    with replacing(out) as network, replacing(out.with_suffix(".json")) as manifest_file:
        network.write_bytes(content)
        manifest_file.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    return whole


def _strip_metadata(model: onnx.ModelProto) -> None:
    """Drop stack traces, file names and shapes of the export; a runtime has no use for them."""
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    model.doc_string = ""
    for item in (*model.graph.node, *model.graph.initializer, *model.graph.input):
        item.doc_string = ""
        del item.metadata_props[:]
    for output in model.graph.output:
        del output.metadata_props[:]
