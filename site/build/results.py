"""Write the figures that the pages show: out of results/*.json, never typed in.

python site/build/results.py      # writes site/generated/results.json

Tables are those of the texts (`benchmarks.tables`), with the names that the pages know.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

ROOT: Final = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # run as a file, this folder alone is searched

from benchmarks.tables import TABLES, recipes  # noqa: E402
from benchmarks.tables.table import Cell, figures, number, power, share  # noqa: E402

OUT: Final = ROOT / "site" / "generated" / "results.json"
MANIFESTS: Final = ("wear", "finder", "landmarks")

PageCell: TypeAlias = dict[str, str | float]
"""`text`, and where they are known `of`, `value`, `low` and `high`."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the pages show of a table.

    Attributes:
        table: its name in `TABLES`.
        rows: the pages' name -> the row's.
        columns: the pages' name -> the column's, where they differ.
    """

    table: str
    rows: Mapping[str, str]
    columns: Mapping[str, str] = field(default_factory=dict)


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


SHOWN: Final[Mapping[str, Shown]] = {
    "real": Shown("real", _same("correct", "nose", "nose_and_mouth", "none", "balanced")),
    "framings": Shown(
        "framings",
        {
            **_same("tight", "medium", "portrait", "check"),
            "loose": "as given",
            "certain": "check, certain",
        },
    ),
    "others": Shown(
        "others",
        _same(
            *(
                f"{name}_{split}"
                for name in ("maskedfacenet", "faces", "real", "painted")
                for split in ("val", "test")
            )
        ),
    ),
    "slices": Shown("painted-slices", _same("chin", "elsewhere", "hand")),
    "evidence": Shown("evidence", _same("points", "stays")),
    "speed": Shown(
        "map-cost",
        {
            "onnxruntime": "onnxruntime f32",
            "openvino": "openvino f32",
            "openvino_bf16": "openvino bf16",
        },
    ),
    "finder": Shown(
        "finding-by-split",
        {
            "masked": "test, masked",
            "bare": "test, bare",
            "yunet_masked": "test, YuNet (640), masked",
            "yunet_bare": "test, YuNet (640), bare",
        },
        {
            "under24": "<24",
            "under48": "24-48",
            "under96": "48-96",
            "over96": ">96",
            "from48": ">=48",
            "from48_loose": ">=48, IoU 0.4",
            "false": "false",
        },
    ),
    "reproduction": Shown(
        "reproduction",
        {
            "inception": "seed-inception-resnet-v1",
            "inception_mild": "seed-inception-resnet-v1-mild",
            "resnet50": "seed-resnet50-scratch",
            "mobilenet_v2": "mobilenet-v2-scratch",
            **_same("alexnet", "lenet5"),
        },
        {
            "published": "published",
            "maskedfacenet_val": "MaskedFace-Net, val",
            "real_val": "real photos, val",
            "maskedfacenet": "MaskedFace-Net, test",
            "real": "real photos, test",
            "hours": "hours",
        },
    ),
    "transfer": Shown(
        "transfer",
        {
            f"{letter}_{short}": f"{row}, {tested}"
            for letter, row in zip("abcde", recipes.TRANSFER, strict=True)
            for short, tested in (
                ("real", "real"),
                ("maskedfacenet", "MaskedFace-Net"),
                ("painted", "painted"),
            )
        },
    ),
    "maps": Shown(
        "maps",
        {
            "pytorch_grad_cam": "pytorch-grad-cam",
            "captum": "Captum LayerGradCam",
            "torch": "ours, torch",
            "onnxruntime": "ours, ONNX Runtime f32",
            "openvino": "ours, OpenVINO f32",
            "openvino_bf16": "ours, OpenVINO bf16",
            "openvino_int8": "ours, OpenVINO int8",
        },
    ),
    "gradients": Shown(
        "gradients",
        {
            "captum": "Captum, 50 steps",
            "f32": "ours, 18 steps, f32",
            "bf16": "ours, 18 steps, bf16",
        },
    ),
    "leaks": Shown(
        "leaks",
        {
            "masked": "published, masked",
            "all": "published, all",
            "sample": "sample, masked",
            "sample_all": "sample, all",
        },
        {"at65": "0.65", "at80": "0.8"},
    ),
}


def results() -> dict[str, object]:
    """Every table by its name, and `said` and `networks`: single figures, and the manifests."""
    return {
        **{name: _rows(shown) for name, shown in SHOWN.items()},
        "said": {name: page_cell(cell) for name, cell in _said().items()},
        "networks": {name: _network(name) for name in MANIFESTS},
    }


def _rows(shown: Shown) -> dict[str, dict[str, PageCell]]:
    table = TABLES[shown.table]()
    columns = shown.columns or _same(*table.columns)
    found = {}
    for name, row in shown.rows.items():
        cells = table.row(row)
        found[name] = {ours: page_cell(cells.get(theirs)) for ours, theirs in columns.items()}
    return found


def page_cell(cell: Cell | None) -> PageCell:
    """A cell as the pages take it; None is an empty one."""
    if cell is None:
        return {"text": ""}
    found: PageCell = {"text": cell.text}
    if cell.counts:
        found["of"] = f"{cell.counts[0]}/{cell.counts[1]}"
    if cell.value is not None:
        found["value"] = cell.value
    if cell.interval:
        found["low"], found["high"] = cell.interval
    return found


def _said() -> dict[str, Cell]:
    """Single figures that the pages' sentences name."""
    accuracy, history = figures("accuracy"), figures("history")
    check, exactness = accuracy["out of fold"]["check"], figures("exactness")
    faces = accuracy["out of fold"]["faces"]
    engines = (exactness["logit_error"][f"{name} f32"] for name in ("onnxruntime", "openvino"))
    leaked = history["between_datasets"]
    return {
        "real_faces": Cell(f"{faces:,}", faces),
        "calibration_error": number(check["calibration_error"], 3),
        "unsure": number(100 * (1 - check["sure"]["value"])),
        "right_when_sure": share(check["right_when_sure"]),
        "reason": share(check["reason"], interval=True, counts=True),
        "doubtful_in": number(history["one_unchecked_label_is_doubtful_in"]),
        "found_tight": share(history["under_the_chin_in_tight_pictures"], 2, counts=True),
        "gap": number(100 * accuracy["people"]["largest_gap"]["painted"], 1),
        "exact": power(max(engines)),
        "grad_cam": power(exactness["grad_cam_error"]["float32, the verdict's class"], 1),
        "leaks": number(leaked["pairs_leaked"]),
        "joined": number(leaked["groups_joined"]),
        "moved": number(leaked["faces_moved"]),
        "closed": number(100 * _closed("real")),
        "closed_test": number(100 * _closed("real, test")),
        "chance": number(1 / 3, 3),
    }


def _closed(tested: str) -> float:
    """How much of the way from MaskedFace-Net to real photos the painter goes, on a test set."""
    rows = figures("transfer")["rows"]
    drawn, painted, real = (
        rows[name][tested]["balanced"]["value"] for name in ("maskedfacenet", "painter", "real")
    )
    return float((painted - drawn) / (real - drawn))


def _network(name: str) -> dict[str, Any]:
    """What a manifest says that the pages show."""
    file = ROOT / "src" / "glassmask" / "weights" / f"{name}.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    megabytes = file.with_suffix(".onnx").stat().st_size / 1e6
    kept = ("version", "input_size", "temperature", "confidence", "licence", "metrics")
    found = {key: manifest[key] for key in kept if key in manifest}
    faces: dict[str, dict[str, int]] = {}
    for key, count in manifest.get("run", {}).get("faces", {}).items():
        dataset, _, label = key.partition("/")
        faces.setdefault(dataset, {})[label] = count
    return {**found, "megabytes": round(megabytes, 1), "trained": faces}


def main() -> None:
    """Write the file."""
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(results(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
