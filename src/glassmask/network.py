"""Run the network file in one of the engines: ONNX Runtime, or OpenVINO where it is installed."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glassmask.manifest import NetworkError, load_network

Engine: TypeAlias = Literal["auto", "onnxruntime", "openvino"]
Precision: TypeAlias = Literal["f32", "bf16"]

_Run: TypeAlias = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], NDArray[np.float32]]]

PRECISIONS: Final = ("f32", "bf16")


class Network:
    """A network, ready to run.

    Attributes:
        manifest: what the network is.
        engine: the engine in use, `onnxruntime` or `openvino`.
        precision: `f32` or `bf16`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        engine: Engine = "auto",
        precision: Precision = "f32",
    ) -> None:
        """Load a network file (None: the shipped one) into an engine.

        Args:
            path: ONNX file with its manifest beside it.
            engine: `auto` takes OpenVINO when it is installed, else ONNX Runtime.
            precision: `bf16` needs OpenVINO.

        Raises:
            NetworkError: the file is missing or not what its manifest says, or the engine is
                not installed, does not know the precision, or can't load the network.
        """
        installed = importlib.util.find_spec("openvino") is not None
        if engine == "auto":
            engine = "openvino" if installed else "onnxruntime"
        if engine not in ("onnxruntime", "openvino"):
            raise NetworkError(f"no engine {engine!r}: there are auto, onnxruntime, openvino")
        if precision not in PRECISIONS:
            raise NetworkError(f"no precision {precision!r}: there are f32, bf16")
        if engine == "openvino" and not installed:
            raise NetworkError(
                "the engine openvino is not installed: pip install 'glassmask[openvino]'"
            )
        if engine == "onnxruntime" and precision != "f32":
            raise NetworkError(
                "precision bf16 needs the engine openvino: pip install 'glassmask[openvino]'"
            )
        content, self.manifest = load_network(path)
        self.engine, self.precision = engine, precision
        try:
            self._run: _Run = (
                _openvino(content, precision) if engine == "openvino" else _onnxruntime(content)
            )
            self._verify()
        except NetworkError:
            raise
        except Exception as error:  # each engine has its own kinds
            detail = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise NetworkError(f"{engine} can't load the network: {detail}") from error

    def run(self, crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Run a batch of crops.

        Args:
            crops: RGB uint8 (N, S, S, 3), S as in the manifest; N may be 0.

        Returns:
            logits (N, 5) and evidence (N, 5, h, w), float32; h = w = 1 if N is 0. A logit is the
            mean of its map plus the bias of its class; in bf16 it is computed from the map here,
            in float32, so that this holds there too.

        Raises:
            ValueError: another dtype or shape.
        """
        size = self.manifest.input_size
        if crops.dtype != np.uint8 or crops.ndim != 4 or crops.shape[1:] != (size, size, 3):
            raise ValueError(
                f"crops are uint8 (N, {size}, {size}, 3), got {crops.dtype} {crops.shape}"
            )
        if not len(crops):
            classes = len(self.manifest.classes)
            return np.zeros((0, classes), np.float32), np.zeros((0, classes, 1, 1), np.float32)
        logits, evidence = self._run(np.ascontiguousarray(crops))
        if self.precision != "f32":
            bias = np.asarray(self.manifest.bias, np.float32)
            logits = evidence.mean(axis=(2, 3), dtype=np.float32) + bias  # (N, 5)
        return logits, evidence

    def _verify(self) -> None:
        """See that network and manifest belong together: sizes, classes, and logit = mean + bias.

        Raises:
            NetworkError: they don't.
        """
        size, classes = self.manifest.input_size, len(self.manifest.classes)
        logits, evidence = self._run(np.full((1, size, size, 3), 128, np.uint8))
        if logits.shape != (1, classes) or evidence.shape[:2] != (1, classes):
            raise NetworkError(f"the network gives {logits.shape}, its manifest says {classes}")
        sums = evidence.mean(axis=(2, 3)) + np.asarray(self.manifest.bias, np.float32)
        if np.abs(sums - logits).max() > (1e-3 if self.precision == "f32" else 0.2):
            raise NetworkError("a logit is not the mean of its evidence plus the manifest's bias")


def _onnxruntime(content: bytes) -> _Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only: warnings would spoil a user's output
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def run(crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        logits, evidence = session.run(["logits", "evidence"], {"crops": crops})
        return logits, evidence

    return run


def _openvino(content: bytes, precision: Precision) -> _Run:
    import openvino

    # The hint is always given: OpenVINO's own default on CPUs with bf16 units is bf16, silently.
    config = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(content, b""), "CPU", config)
    request = compiled.create_infer_request()

    def run(crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        results = request.infer({"crops": crops})
        return results["logits"].copy(), results["evidence"].copy()

    return run
