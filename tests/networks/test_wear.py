from __future__ import annotations

import hashlib
import importlib.util
import json
from importlib import resources
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from glassmask.errors import NetworkError
from glassmask.faces.crop import Square, crop
from glassmask.networks.engines import Engine, Precision
from glassmask.networks.manifest import load_wear_network
from glassmask.networks.wear import Network

Demo = dict[str, NDArray[np.uint8]]

SIZE = load_wear_network()[1].input_size

SETTINGS: list[tuple[Engine, Precision]] = [
    ("onnxruntime", "f32"),
    ("openvino", "f32"),
    ("openvino", "bf16"),
]


@pytest.fixture(scope="module")
def crops(demo: Demo) -> NDArray[np.uint8]:
    faces = [crop(p, Square.around((0, 0, p.shape[1], p.shape[0])), SIZE) for p in demo.values()]
    noise = np.random.default_rng(0).integers(0, 256, (3, SIZE, SIZE, 3), dtype=np.uint8)
    return np.concatenate([np.stack(faces), noise])  # (8, S, S, 3)


@pytest.mark.parametrize(("engine", "precision"), SETTINGS)
def test_a_logit_is_the_mean_of_its_map_plus_its_bias(
    crops: NDArray[np.uint8], engine: Engine, precision: Precision
) -> None:
    network = Network(engine=engine, precision=precision)
    logits, evidence = network.run(crops)
    assert logits.shape == (8, 4)
    assert evidence.shape[:2] == (8, 4)
    assert min(evidence.shape[2:]) >= 10
    assert logits.dtype == evidence.dtype == np.float32
    sums = evidence.mean(axis=(2, 3), dtype=np.float64) + np.array(network.manifest.bias)
    np.testing.assert_allclose(logits, sums, atol=1e-4)


def test_the_engines_agree_in_f32(crops: NDArray[np.uint8]) -> None:
    logits, evidence = Network(engine="onnxruntime").run(crops)
    others, other_evidence = Network(engine="openvino", precision="f32").run(crops)
    np.testing.assert_allclose(logits, others, atol=2e-4)
    np.testing.assert_allclose(evidence, other_evidence, atol=2e-3 * np.abs(evidence).max())


def test_bf16_is_near_f32(crops: NDArray[np.uint8]) -> None:
    _, evidence = Network(engine="openvino", precision="f32").run(crops)
    _, rough = Network(engine="openvino", precision="bf16").run(crops)
    assert np.corrcoef(evidence.ravel(), rough.ravel())[0, 1] > 0.98


@pytest.mark.parametrize(("engine", "precision"), SETTINGS)
def test_a_batch_gives_what_its_crops_give_alone(
    crops: NDArray[np.uint8], engine: Engine, precision: Precision
) -> None:
    network = Network(engine=engine, precision=precision)
    together = network.run(crops)[0]
    alone = np.concatenate([network.run(one[None])[0] for one in crops])
    np.testing.assert_allclose(together, alone, atol=1e-3 if precision == "f32" else 0.2)


def test_results_stay_when_the_network_runs_again(crops: NDArray[np.uint8]) -> None:
    network = Network(engine="openvino")
    first = network.run(crops[:1])[1]
    kept = first.copy()
    network.run(crops[1:2])
    np.testing.assert_array_equal(first, kept)


def test_no_crops_give_no_results() -> None:
    logits, evidence = Network(engine="onnxruntime").run(np.zeros((0, SIZE, SIZE, 3), np.uint8))
    assert logits.shape == (0, 4)
    assert len(evidence) == 0


@pytest.mark.parametrize(
    "crops",
    [
        np.zeros((1, SIZE, SIZE, 3), np.float32),
        np.zeros((SIZE, SIZE, 3), np.uint8),
        np.zeros((1, 3, SIZE, SIZE), np.uint8),
        np.zeros((1, 128, 128, 3), np.uint8),
    ],
)
def test_other_arrays_are_refused(crops: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match=rf"crops are uint8 \(N, {SIZE}, {SIZE}, 3\), got"):
        Network(engine="onnxruntime").run(crops)


def test_bf16_needs_openvino() -> None:
    with pytest.raises(NetworkError, match="bf16 needs the engine openvino"):
        Network(engine="onnxruntime", precision="bf16")


def test_unknown_names_are_told() -> None:
    with pytest.raises(NetworkError, match="no engine 'tflite'"):
        Network(engine="tflite")  # type: ignore[arg-type]
    with pytest.raises(NetworkError, match="no precision 'int4'"):
        Network(precision="int4")  # type: ignore[arg-type]


def test_without_openvino(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert Network(engine="auto").engine == "onnxruntime"
    with pytest.raises(NetworkError, match=r"pip install 'glassmask\[openvino\]'"):
        Network(engine="openvino")


@pytest.mark.parametrize(
    ("change", "message"),
    [({"bias": [5.0] * 4}, "not the mean of its evidence"), ({"input_size": 128}, "can't load")],
)
def test_a_manifest_of_another_network(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    content, _ = load_wear_network()
    (tmp_path / "x.onnx").write_bytes(content)
    shipped = Path(str(resources.files("glassmask"))) / "weights" / "wear.json"
    (tmp_path / "x.json").write_text(json.dumps(json.loads(shipped.read_text()) | change))
    with pytest.raises(NetworkError, match=message):
        Network(tmp_path / "x.onnx", engine="onnxruntime")


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_values_that_are_no_numbers_are_no_verdict(tmp_path: Path, engine: Engine) -> None:
    model = onnx.load_from_string(load_wear_network()[0])
    bias = next(item for item in model.graph.initializer if item.name == "head.bias")
    bias.CopyFrom(onnx.numpy_helper.from_array(np.full(4, np.nan, np.float32), "head.bias"))
    content = model.SerializeToString()
    (tmp_path / "x.onnx").write_bytes(content)
    shipped = Path(str(resources.files("glassmask"))) / "weights" / "wear.json"
    fields = json.loads(shipped.read_text()) | {"sha256": hashlib.sha256(content).hexdigest()}
    (tmp_path / "x.json").write_text(json.dumps(fields))
    with pytest.raises(NetworkError, match="values that are no numbers"):
        Network(tmp_path / "x.onnx", engine=engine)


def test_values_that_are_no_numbers_for_one_crop(crops: NDArray[np.uint8]) -> None:
    network = Network(engine="onnxruntime")
    logits, evidence = network.run(crops)
    evidence[0, 0, 0, 0] = np.inf
    network._run = lambda _: {"logits": logits, "evidence": evidence}
    with pytest.raises(NetworkError, match="values that are no numbers"):
        network.run(crops)


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_a_file_that_is_no_network(tmp_path: Path, engine: Engine) -> None:
    shipped = Path(str(resources.files("glassmask"))) / "weights" / "wear.json"
    (tmp_path / "x.onnx").write_bytes(b"no network")
    fields = json.loads(shipped.read_text()) | {"sha256": hashlib.sha256(b"no network").hexdigest()}
    (tmp_path / "x.json").write_text(json.dumps(fields))
    with pytest.raises(NetworkError, match=f"{engine} can't load the network") as caught:
        Network(tmp_path / "x.onnx", engine=engine)
    assert "\n" not in str(caught.value)
