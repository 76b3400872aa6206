"""Write the figures that the pages show: read from the project's own tables, never typed in.

python site/build/results.py      # writes site/generated/results.json

A table or a sentence that is no longer where it was is an error that says which.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / "site" / "generated" / "results.json"
MANIFESTS: Final = ("wear", "finder", "landmarks")

Cell: TypeAlias = dict[str, str | float]
"""`text`, and where they are known `value`, `low`, `high` and `of`."""


class MissingError(ValueError):
    """A table or a sentence is not where it is looked for; the message says which."""


@dataclass(frozen=True, slots=True)
class Table:
    """A Markdown table to read.

    Attributes:
        file: relative to the project's root.
        heading: that it stands under, without `#`.
        columns: names for the columns after the keys.
        rows: name -> how the row's key begins, the first that does; keys in several columns are
            joined by " | ".
        number: which of the tables under the heading, from 0.
        keys: how many columns make the key; an empty one is that of the row above.
    """

    file: str
    heading: str
    columns: Sequence[str]
    rows: Mapping[str, str]
    number: int = 0
    keys: int = 1


@dataclass(frozen=True, slots=True)
class Sentence:
    """Numbers within prose: `pattern` has a named group for each."""

    file: str
    pattern: str


TABLES: Final[Mapping[str, Table]] = {
    "real": Table(
        "README.md",
        "What it is good for, and what not",
        ("recall",),
        {
            "correct": "worn correctly",
            "nose": "worn incorrectly, nose uncovered",
            "nose_and_mouth": "worn incorrectly, nose and mouth",
            "none": "no mask",
            "balanced": "balanced",
        },
    ),
    "framings": Table(
        "MODEL_CARD.md",
        "Figures",
        ("balanced", "correct", "incorrect", "none"),
        {
            "tight": "tight",
            "medium": "medium",
            "portrait": "portrait",
            "loose": "loose",
            "check": "check",
            "certain": "check, certain",
        },
    ),
    "others": Table(
        "MODEL_CARD.md",
        "Figures",
        ("accuracy", "detail"),
        {
            "maskedfacenet_val": "MaskedFace-Net, val",
            "faces_val": "unmasked faces, val",
            "real_val": "real, val",
            "painted_val": "painted, val",
            "real_test": "real, test, check",
            "maskedfacenet_test": "MaskedFace-Net, test",
            "faces_test": "unmasked faces, test",
            "painted_test": "painted, test",
        },
        number=1,
    ),
    "slices": Table(
        "MODEL_CARD.md",
        "Where it is weaker",
        ("correct", "incorrect", "none"),
        {
            "chin": "chin uncovered",
            "elsewhere": "on the forehead",
            "hand": "hand before",
        },
    ),
    "evidence": Table(
        "MODEL_CARD.md",
        "Where the evidence lies",
        ("evidence", "centre", "of"),
        {"points": "points into", "stays": "stays"},
    ),
    "speed": Table(
        "MODEL_CARD.md",
        "Speed",
        ("with", "without", "cost"),
        {
            "onnxruntime": "ONNX Runtime, f32",
            "openvino": "OpenVINO, f32",
            "openvino_bf16": "OpenVINO, bf16",
        },
    ),
    "finder": Table(
        "MODEL_CARD.md",
        "The networks that find faces",
        ("under24", "under48", "under96", "over96", "from48", "from48_loose", "false"),
        {
            "masked": "test | masked",
            "bare": "test | bare",
            "yunet_masked": "test | YuNet (640), masked",
            "yunet_bare": "test | YuNet (640), bare",
        },
        number=1,
        keys=2,
    ),
    "reproduction": Table(
        "docs/reproduction.md",
        "Figures",
        ("published", "maskedfacenet_val", "real_val", "maskedfacenet", "real", "hours"),
        {
            "inception": "Inception-ResNet-V1, Adam at 0.009",
            "inception_mild": "Inception-ResNet-V1, a rate that falls",
            "resnet50": "ResNet50 from scratch",
            "mobilenet_v2": "MobileNetV2 from scratch",
            "alexnet": "AlexNet",
            "lenet5": "LeNet-5",
        },
    ),
    "transfer": Table(
        "docs/synthetic-to-real.md",
        "From synthetic to real",
        ("balanced", "incorrect", "nose", "nose_and_mouth", "chin"),
        {
            f"{row}_{name}": f"({row[0]}) | {tested}"
            for row in ("a", "b", "c", "d", "e")
            for name, tested in (
                ("real", "real"),
                ("maskedfacenet", "MaskedFace-Net"),
                ("painted", "painted"),
            )
        },
        keys=2,
    ),
    "maps": Table(
        "docs/explanations.md",
        "Speed",
        ("ms", "gradcam", "captum", "error", "correlation"),
        {
            "pytorch_grad_cam": "pytorch-grad-cam",
            "captum": "Captum",
            "torch": "ours, torch",
            "onnxruntime": "ours, ONNX Runtime f32",
            "openvino": "ours, OpenVINO f32",
            "openvino_bf16": "ours, OpenVINO bf16",
            "openvino_int8": "ours, OpenVINO int8",
        },
    ),
    "gradients": Table(
        "docs/explanations.md",
        "Speed",
        ("ms", "captum", "error", "correlation"),
        {
            "captum": "Captum, 50 steps",
            "f32": "ours, 18 steps, f32",
            "bf16": "ours, 18 steps, bf16",
        },
        number=1,
    ),
    "leaks": Table(
        "docs/data.md",
        "How much a split by picture leaks",
        ("at65", "at80"),
        {
            "masked": "as published, masked pictures",
            "all": "as published, with the FFHQ",
            "sample": "a sample of",
            "sample_all": "the same with",
        },
    ),
}

SENTENCES: Final = (
    Sentence("README.md", r"\((?P<real_faces>[\d,]+) faces of 48 px"),
    Sentence(
        "MODEL_CARD.md",
        r"Expected calibration error (?P<calibration_error>[\d.]+); (?P<unsure>\d+) % are unsure,"
        r" and of the others (?P<right_when_sure>[\d.]+) are right",
    ),
    Sentence("MODEL_CARD.md", r"is named rightly in (?P<reason>[\d.]+ \[[\d., ]+\] \(\d+/\d+\))"),
    Sentence("MODEL_CARD.md", r"About one in (?P<doubtful_in>\w+) of the unchecked real labels"),
    Sentence("MODEL_CARD.md", r"not even in it: (?P<found_tight>[\d.]+ \(\d+/\d+\)) of these"),
    Sentence(
        "MODEL_CARD.md",
        r"of one kind [^|]*?is (?P<gap>[\d.]+) points with masks",
    ),
    Sentence("MODEL_CARD.md", r"is the logit to (?P<exact>[\de-]+) in both engines"),
    Sentence("MODEL_CARD.md", r"by at most (?P<grad_cam>[\de.-]+) of the map's maximum"),
    Sentence("docs/data.md", r"still (?P<leaks>\d+) pairs leaked"),
    Sentence("docs/data.md", r"(?P<joined>\d+) groups joined, (?P<moved>\d+) faces moved"),
    Sentence("docs/synthetic-to-real.md", r"painter closes (?P<closed>\d+) % of the distance"),
    Sentence("docs/synthetic-to-real.md", r"the painter closes (?P<closed_test>\d+) % \("),
    Sentence("docs/synthetic-to-real.md", r"where (?P<chance>[\d.]+) is chance"),
)

_WORDS: Final = {"ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20"}
_NUMBER: Final = r"[+−-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?"


def results() -> dict[str, object]:
    """Every table by its name, and `said` and `networks`: what the sentences and manifests say."""
    tables = {name: _rows(name, table) for name, table in TABLES.items()}
    said = {name: cell for sentence in SENTENCES for name, cell in _found(sentence).items()}
    return {**tables, "said": said, "networks": {name: _network(name) for name in MANIFESTS}}


def _rows(name: str, table: Table) -> dict[str, dict[str, Cell]]:
    lines = _lines(name, table)
    width = table.keys + len(table.columns)
    if any(len(line) != width for line in lines):
        raise MissingError(f"{table.file}: the table {name!r} has not {width} columns any more")
    for above, line in pairwise(lines):  # an empty key is that of the row above
        line[: table.keys] = [key or above[i] for i, key in enumerate(line[: table.keys])]
    found = {}
    for row, key in table.rows.items():
        parts = key.split(" | ")
        fits = [x for x in lines if all(map(str.startswith, x[: table.keys], parts))]
        if not fits:
            raise MissingError(f"{table.file}: the table {name!r} has no row {key!r} any more")
        cells = zip(table.columns, fits[0][table.keys :], strict=True)
        found[row] = {column: cell_of(text) for column, text in cells}
    return found


def _lines(name: str, table: Table) -> list[list[str]]:
    """The body of a table, as cells."""
    section = re.search(
        rf"^#+ {re.escape(table.heading)}\n(.*?)(?=^#+ |\Z)", _text(table.file), re.M | re.S
    )
    if section is None:
        raise MissingError(f"{table.file}: no heading {table.heading!r}, for the table {name!r}")
    tables = re.findall(r"(?:^ *\|.*\n?)+", section[1], re.M)
    if len(tables) <= table.number:
        raise MissingError(
            f"{table.file}: {len(tables)} tables under {table.heading!r}; {name!r} is number "
            f"{table.number + 1}"
        )
    rows = [line.strip().strip("|").split("|") for line in tables[table.number].splitlines()]
    return [[cell.strip().replace("**", "") for cell in row] for row in rows[2:]]


def cell_of(text: str) -> Cell:
    """The text of a cell and, where it begins with a number, that; with its interval and counts."""
    text = _WORDS.get(text, text)
    cell: Cell = {"text": text}
    if counts := re.search(r"(\d+)/(\d+)", text):
        cell["of"] = counts[0]
    if counts and counts.start() == 0:
        cell["value"] = int(counts[1]) / int(counts[2])
    elif number := re.match(_NUMBER, text):
        cell["value"] = float(number[0].replace(",", "").replace("−", "-"))
    if interval := re.search(rf"\[({_NUMBER}), ({_NUMBER})\]", text):
        cell["low"], cell["high"] = float(interval[1]), float(interval[2])
    return cell


def _found(sentence: Sentence) -> dict[str, Cell]:
    match = re.search(sentence.pattern, " ".join(_text(sentence.file).split()))
    if match is None:
        raise MissingError(f"{sentence.file}: says no more: {sentence.pattern}")
    return {name: cell_of(text) for name, text in match.groupdict().items()}


def _network(name: str) -> dict[str, Any]:
    """What a manifest says that the pages show."""
    file = ROOT / "src" / "glassmask" / "weights" / f"{name}.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    megabytes = file.with_suffix(".onnx").stat().st_size / 1e6
    kept = ("version", "input_size", "temperature", "confidence", "licence", "metrics")
    told = {key: manifest[key] for key in kept if key in manifest}
    faces: dict[str, dict[str, int]] = {}
    for key, count in manifest.get("run", {}).get("faces", {}).items():
        dataset, _, label = key.partition("/")
        faces.setdefault(dataset, {})[label] = count
    return {**told, "megabytes": round(megabytes, 1), "trained": faces}


@cache
def _text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def main() -> None:
    """Write the file."""
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(results(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
