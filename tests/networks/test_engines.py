from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import numpy as np
import onnxruntime
import openvino
import pytest
from numpy.typing import NDArray

from glassmask.errors import NetworkError
from glassmask.networks.engines import Engine, Run, as_network_error, choose_engine, open_engine
from glassmask.networks.manifest import load_wear_network

pytestmark = pytest.mark.heavy

SIZE = load_wear_network()[1].input_size
ENGINES: tuple[Engine, ...] = ("onnxruntime", "openvino")

FORKED = """
import os, signal, sys
import numpy as np
from glassmask.networks.engines import open_engine
from glassmask.networks.manifest import load_wear_network

content, manifest = load_wear_network()
run = open_engine(content, sys.argv[1])
shape = (3, manifest.input_size, manifest.input_size, 3)
crops = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
wanted = run({"crops": crops})
child = os.fork()
if not child:
    signal.alarm(60)  # a child that waits for threads it has not got would wait for ever
    got = run({"crops": crops})
    same = all(np.array_equal(got[name], wanted[name]) for name in wanted)
    os._exit(0 if same else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def crops(count: int, seed: int) -> dict[str, NDArray[np.uint8]]:
    rng = np.random.default_rng(seed)
    return {"crops": rng.integers(0, 256, (count, SIZE, SIZE, 3), dtype=np.uint8)}


@pytest.fixture(scope="module", params=ENGINES)
def run(request: pytest.FixtureRequest) -> Run:
    return open_engine(load_wear_network()[0], request.param)


def test_threads_get_the_answers_to_their_own_inputs(run: Run) -> None:
    inputs = [crops(1 + seed % 3, seed) for seed in range(6)]
    wanted = [run(given) for given in inputs]
    together = Barrier(len(inputs))

    def ask(number: int) -> bool:
        together.wait()
        answers = (run(inputs[number]) for _ in range(8))
        return all(
            np.array_equal(answer[name], wanted[number][name])
            for answer in answers
            for name in ("logits", "evidence")
        )

    with ThreadPoolExecutor(len(inputs)) as pool:
        assert list(pool.map(ask, range(len(inputs)))) == [True] * len(inputs)


def test_outputs_are_the_callers_own(run: Run) -> None:
    first = run(crops(1, 0))
    before = {name: value.copy() for name, value in first.items()}
    run(crops(1, 1))
    for name, value in before.items():
        np.testing.assert_array_equal(first[name], value)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_forked_child_gives_the_same_answers(engine: Engine) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORKED, engine]
    assert subprocess.run(command, check=False, timeout=120).returncode == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_the_number_of_threads_reaches_the_engine(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    session, compile_model = onnxruntime.InferenceSession, openvino.Core.compile_model

    def open_session(content: bytes, options: Any, **others: Any) -> Any:
        told.append(options.intra_op_num_threads)
        return session(content, options, **others)

    def open_compiled(core: Any, model: Any, device: str, config: dict[str, Any]) -> Any:
        told.append(config["INFERENCE_NUM_THREADS"])
        return compile_model(core, model, device, config)

    monkeypatch.setattr(onnxruntime, "InferenceSession", open_session)
    monkeypatch.setattr(openvino.Core, "compile_model", open_compiled)
    content = load_wear_network()[0]
    one = open_engine(content, engine, threads=1)
    assert told == [1]
    monkeypatch.undo()
    usual = open_engine(content, engine)(crops(2, 0))
    np.testing.assert_allclose(one(crops(2, 0))["logits"], usual["logits"], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_threads_are_refused(engine: Engine) -> None:
    with pytest.raises(NetworkError, match="threads is 0: give 1 or more"):
        open_engine(load_wear_network()[0], engine, threads=0)


def test_a_chosen_engine_is_never_auto(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_engine("auto", "f32") == "openvino"
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert choose_engine("auto", "f32") == "onnxruntime"


def test_an_engines_error_is_one_line_of_ours() -> None:
    with (
        pytest.raises(NetworkError, match=r"^it can't: first$"),
        as_network_error("it can't"),
    ):
        raise EngineError("first\nsecond")
    with pytest.raises(NetworkError, match=r"^ours$"), as_network_error("it can't"):
        raise NetworkError("ours")


class EngineError(Exception):
    """Of an engine: neither Python's nor ours."""
