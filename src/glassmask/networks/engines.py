"""Open a network's bytes in an engine: ONNX Runtime, or OpenVINO where it is installed.

Threads: any number of them may call what `open_engine` gives at the same time, and each gets the
answer to its own input. ONNX Runtime works for all at once; OpenVINO for one after the other, on
all the threads it may use: it has one stream, so separate requests would only wait further
inside, and each would keep its own memory.

Forks: a child of `os.fork` may go on using a network if no thread was running it at the moment of
the fork. A process that is started anew (`spawn`) opens its own.
"""

from __future__ import annotations

import contextlib
import importlib.util
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import NetworkError

Engine: TypeAlias = Literal["onnxruntime", "openvino"]
EngineChoice: TypeAlias = Literal["auto"] | Engine
Precision: TypeAlias = Literal["f32", "bf16"]

Arrays: TypeAlias = Mapping[str, NDArray[Any]]
Run: TypeAlias = Callable[[Mapping[str, NDArray[np.uint8]]], Arrays]
"""Input name -> array, to output name -> array; the outputs are the caller's own.

Any thread may call it at any time."""

PRECISIONS: Final = ("f32", "bf16")


def choose_engine(engine: EngineChoice, precision: Precision) -> Engine:
    """The engine to use: `auto` takes OpenVINO when it is installed, else ONNX Runtime.

    Raises:
        NetworkError: no such engine or precision, not installed, or they don't go together.
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
    return engine


def open_engine(
    content: bytes,
    engine: Engine = "onnxruntime",
    precision: Precision = "f32",
    *,
    threads: int | None = None,
) -> Run:
    """Open the bytes of an ONNX file.

    Call it inside `as_network_error`: each engine has its own errors.

    Args:
        content: the file's bytes.
        engine: as `choose_engine` gives it.
        precision: `bf16` for OpenVINO only.
        threads: how many the engine may use for one call, 1 or more; None: as many as it thinks
            best, about one per core.

    Raises:
        NetworkError: no such number of threads.
    """
    if threads is not None and threads < 1:
        raise NetworkError(f"threads is {threads}: give 1 or more, or None for one per core")
    if engine == "openvino":
        return _openvino(content, precision, threads)
    return _onnxruntime(content, threads)


@contextlib.contextmanager
def as_network_error(what: str) -> Iterator[None]:
    """Turn whatever goes wrong while a network is loaded into a NetworkError of one line.

    Args:
        what: who can't load what, for instance `openvino can't load the network`.
    """
    try:
        yield
    except NetworkError:
        raise
    except Exception as error:  # each engine has its own kinds
        detail = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise NetworkError(f"{what}: {detail}") from error


def _onnxruntime(content: bytes, threads: int | None) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only: warnings would spoil a user's output
    # Three networks take turns: threads of one that wait by spinning take the cores from the
    # others, and finding faces would take three times as long on two cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if threads is not None:
        options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]

    def run(inputs: Mapping[str, NDArray[np.uint8]]) -> Arrays:
        return dict(zip(names, session.run(names, dict(inputs)), strict=True))

    return run


def _openvino(content: bytes, precision: Precision, threads: int | None) -> Run:
    import openvino

    # The hint is always given: OpenVINO's own default on CPUs with bf16 units is bf16, silently.
    config: dict[str, str | int] = {
        "INFERENCE_PRECISION_HINT": precision,
        "PERFORMANCE_HINT": "LATENCY",
    }
    if threads is not None:
        config["INFERENCE_NUM_THREADS"] = threads
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(content, b""), "CPU", config)
    request = compiled.create_infer_request()
    request_lock = threading.Lock()  # its outputs are the next caller's as soon as it is free
    names = [output.any_name for output in compiled.outputs]

    def run(inputs: Mapping[str, NDArray[np.uint8]]) -> Arrays:
        with request_lock:
            results = request.infer(dict(inputs))
            return {name: results[name].copy() for name in names}

    return run
