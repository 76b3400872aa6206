"""The wear network: crops in, logits and evidence out, in the engine of the user's choice."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import NetworkError
from glassmask.labels import QUESTIONS
from glassmask.networks.engines import (
    Engine,
    EngineChoice,
    Precision,
    as_network_error,
    choose_engine,
    open_engine,
)
from glassmask.networks.manifest import load_wear_network


class Network:
    """A network, ready to run, by any number of threads at the same time.

    Attributes:
        manifest: what the network is.
        engine: the engine in use, `onnxruntime` or `openvino`.
        precision: `f32` or `bf16`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        engine: EngineChoice = "auto",
        precision: Precision = "f32",
        threads: int | None = None,
    ) -> None:
        """Load a network file (None: the shipped one) into an engine.

        Args:
            path: ONNX file with its manifest beside it.
            engine: `auto` takes OpenVINO when it is installed, else ONNX Runtime.
            precision: `bf16` needs OpenVINO.
            threads: how many the engine may use for one batch, 1 or more; None: about one per
                core.

        Raises:
            NetworkError: the file is missing or not what its manifest says, the engine is not
                installed, does not know the precision or can't load the network, or threads is
                under 1.
        """
        self.engine: Engine = choose_engine(engine, precision)
        self.precision: Precision = precision
        content, self.manifest = load_wear_network(path)
        with as_network_error(f"{self.engine} can't load the network"):
            self._run = open_engine(content, self.engine, precision, threads=threads)
            self._verify()

    def run(self, crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Run a batch of crops.

        Args:
            crops: RGB uint8 (N, S, S, 3), S as in the manifest; N may be 0.

        Returns:
            logits (N, 4) and evidence (N, 4, h, w), float32, in the order of `QUESTIONS`;
            h = w = 1 if N is 0. A logit is the mean of its map plus its bias; in bf16 it is
            computed from the map here, in float32, so that this holds there too.

        Raises:
            ValueError: another dtype or shape.
            NetworkError: the network gives values that are no numbers.
        """
        size = self.manifest.input_size
        if crops.dtype != np.uint8 or crops.ndim != 4 or crops.shape[1:] != (size, size, 3):
            raise ValueError(
                f"crops are uint8 (N, {size}, {size}, 3), got {crops.dtype} {crops.shape}"
            )
        if not len(crops):
            count = len(QUESTIONS)
            return np.zeros((0, count), np.float32), np.zeros((0, count, 1, 1), np.float32)
        logits, evidence = self._outputs(np.ascontiguousarray(crops))
        if self.precision != "f32":
            bias = np.asarray(self.manifest.bias, np.float32)
            logits = evidence.mean(axis=(2, 3), dtype=np.float32) + bias  # (N, 4)
        return logits, evidence

    def _outputs(self, crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Logits and evidence as the engine gives them.

        Raises:
            NetworkError: they are no numbers.
        """
        outputs = self._run({"crops": crops})
        logits, evidence = outputs["logits"], outputs["evidence"]
        if not (np.isfinite(logits).all() and np.isfinite(evidence).all()):
            raise NetworkError("the network gives values that are no numbers: don't use it")
        return logits, evidence

    def _verify(self) -> None:
        """See that network and manifest belong together: sizes, and logit = mean + bias.

        Raises:
            NetworkError: they don't.
        """
        size, count = self.manifest.input_size, len(QUESTIONS)
        logits, evidence = self._outputs(np.full((1, size, size, 3), 128, np.uint8))
        if logits.shape != (1, count) or evidence.shape[:2] != (1, count):
            raise NetworkError(f"the network gives {logits.shape}, not one logit per question")
        sums = evidence.mean(axis=(2, 3)) + np.asarray(self.manifest.bias, np.float32)
        if np.abs(sums - logits).max() > (1e-3 if self.precision == "f32" else 0.2):
            raise NetworkError("a logit is not the mean of its evidence plus the manifest's bias")
