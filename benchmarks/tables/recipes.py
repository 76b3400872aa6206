"""Tables with a row for each recipe, of peers and of splits: docs/."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.tables.table import (
    Cell,
    Row,
    Table,
    figures,
    hits,
    number,
    percent,
    row,
    share,
    table,
    together,
)

SEEDS: Final = {
    "seed-inception-resnet-v1": "Inception-ResNet-V1, Adam at 0.009",
    "seed-inception-resnet-v1-mild": (
        "Inception-ResNet-V1, a rate that falls from 0.001, smaller crops first"
    ),
    "seed-resnet50-scratch": (
        "ResNet50 from scratch, a rate that falls from 0.001, smaller crops first"
    ),
    "mobilenet-v2-scratch": "MobileNetV2 from scratch, smaller crops first",
    "alexnet": "AlexNet",
    "lenet5": "LeNet-5",
}
SETS: Final = {
    "MaskedFace-Net, val": "MaskedFace-Net, val",
    "real photos, val": "real photos, val",
    "MaskedFace-Net, test": "MaskedFace-Net, test",
    "real photos, test": "real photos, test",
}
TRANSFER: Final = {
    "maskedfacenet": "(a) MaskedFace-Net",
    "template": "(b) painted, one blue template",
    "painter": "(c) painted, the full painter",
    "real": "(d) real, out of fold",
    "real-painter": "(e) real + painter, out of fold",
}
TESTED: Final = ("real", "MaskedFace-Net", "painted", "real, test")
SEARCH: Final = {
    "search-unpainted": "real, MaskedFace-Net, bare faces; 48,000 crops",
    "search-painted": "a fifth painted, wrong labels corrected",
    "search-window-75": "the same, a cell sees 75 pixels",
    "search-pointed": "painted, and evidence supervision; 52,800 crops",
    "search-among": "the same, and faces among others (0.25) or turned far (0.1)",
}
CORRECTED: Final = {
    "search-unpainted": "",
    "search-painted": "",
    "search-pointed": "",
    "search-among": "",
    "search-mixed": "a fifth painted, pointing 0.1 instead of 0.3, 72,000 crops",
    "wear": "the same, faces among others (0.1) or turned far (0.07)",
    "search-lite0": "`wear` with EfficientNet-Lite0, in bf16",
}
PEERS: Final = {
    "ours, any mask": "ours, any mask",
    "ours, correct": "ours, a mask worn correctly",
    "face-mask-detector, tight": "face-mask-detector, the face's box",
    "face-mask-detector, medium": "face-mask-detector, half as much again",
}
LEAKS: Final = {
    "published, masked": "as published, masked pictures",
    "published, all": "as published, with the FFHQ photos as the unmasked class",
    "sample, masked": "a sample of {masked} masked pictures",
    "sample, all": "the same with {bare} bare faces",
}
_WEARS: Final = {"correct": "correct", "incorrect": "incorrect", "none": "none"}


def reproduction() -> Table:
    """The two studies' networks and the literature's baselines."""
    found = figures("reproduction")
    columns = {"published": "published"}
    columns |= {name: f"{label} ({found['faces'][name]})" for name, label in SETS.items()}
    columns["hours"] = "hours on 2 cores"
    rows = []
    for name, label in SEEDS.items():
        own = found["recipes"][name]
        published = Cell(own["published"], float(own["published"].split(",")[0]))
        sets = {kind: _in_percent(own[kind]) for kind in SETS if kind in own}
        rows.append(row(name, label, published=published, **sets, hours=number(own["hours"], 2)))
    return table("network", columns, rows)


def _in_percent(found: Mapping[str, Any]) -> Cell:
    whole = share(found["overall"], 1, interval=True, scale=100)
    parts = ", ".join(str(share(found["recall"][wear], 1, scale=100)) for wear in _WEARS)
    return Cell(f"{whole} ({parts})", whole.value, whole.interval)


def transfer() -> Table:
    """One small network trained on five kinds of data."""
    found = figures("transfer")["rows"]
    columns = {
        "balanced": "balanced accuracy",
        "incorrect": "recall of incorrect",
        "nose": "nose",
        "nose_and_mouth": "nose and mouth",
        "chin": "chin",
    }
    rows = []
    for name, label in TRANSFER.items():
        for tested in TESTED:
            if own := found[name].get(tested):
                parts = {
                    part: hits(own["uncovered"][part]) if part in own["uncovered"] else Cell("-")
                    for part in ("nose", "nose_and_mouth", "chin")
                }
                cells = {
                    "balanced": share(own["balanced"], interval=True),
                    "incorrect": share(own["recall"]["incorrect"], interval=True),
                }
                rows.append(row(f"{name}, {tested}", (label, tested), **cells, **parts))
    return table(("trained on", "tested on"), columns, rows)


def painter_changes() -> Table:
    """What each change of the painter did."""
    rows = [
        row(change["change"], change["change"], balanced=number(change["balanced"], 3))
        for change in figures("history")["painter_changes"]
    ]
    return table("change", {"balanced": "balanced accuracy of (c) on real photos"}, rows)


def search() -> Table:
    """Recipes tried on the first fold, by the labels that the data came with."""
    found = figures("history")["search"]["as labelled"]
    columns = {
        "loss": "real, check: loss",
        "balanced": "balanced",
        **_WEARS,
        "tight": "real, tight: loss",
        "painted": "painted: balanced",
    }
    rows = [
        row(
            name,
            f"`{name}`: {label}",
            **_real(found[name], interval=True),
            tight=number(found[name]["tight"]["loss"], 3),
            painted=share(found[name]["painted"]["balanced"]),
        )
        for name, label in SEARCH.items()
    ]
    return table("recipe", columns, rows)


def search_corrected() -> Table:
    """The same by corrected labels, and what was chosen."""
    found = figures("history")["search"]["corrected"]
    columns = {
        "loss": "real, check: loss",
        "balanced": "balanced",
        **_WEARS,
        "given": "as given",
        "painted": "painted",
    }
    rows = []
    for name, what in CORRECTED.items():
        own = found[name]
        code = f"**`{name}`**" if name == "wear" else f"`{name}`"
        label = f"{code}: {what}" if what else code
        given = share(own["as given"]["balanced"] if "as given" in own else None)
        painted = share(own["painted"]["balanced"] if "painted" in own else None)
        rows.append(row(name, label, **_real(own), given=given, painted=painted))
    return table("recipe", columns, rows)


def _real(found: Mapping[str, Any], *, interval: bool = False) -> dict[str, Cell]:
    check = found["check"]
    return {
        "loss": number(check["loss"], 3),
        "balanced": share(check["balanced"], interval=interval),
        **{wear: hits(check["recall"][wear]) for wear in _WEARS},
    }


def peers() -> Table:
    """How often a peer, and ours, say that there is a mask."""
    found = figures("peers")["says_mask"]
    columns = {
        "balanced": "balanced",
        "correct": "worn correctly",
        "none": "no mask",
        "nose": "nose out",
        "nose_and_mouth": "nose and mouth out",
    }
    rows = [
        row(
            name,
            label,
            balanced=number(found[name]["balanced"], 3),
            **{kind: hits(found[name][kind]) for kind in columns if kind != "balanced"},
        )
        for name, label in PEERS.items()
    ]
    return table("", columns, rows)


def leaks() -> Table:
    """How many test faces leak where a set is split by picture."""
    found = figures("leaks")["test_faces_known"]

    def line(name: str, label: str) -> Row:
        cells = {}
        for share_, low_high in found[name].items():
            ends = [percent(value, 1) for value in low_high]
            cells[share_] = together(*ends, separator=" – ")
            if len(ends) > 1:  # the unit stands once, at the end
                cells[share_] = Cell(cells[share_].text.replace("%", "", 1), ends[0].value)
        return row(name, label.format(**figures("leaks")["sample"]), **cells)

    columns = {"0.65": "65% in training", "0.8": "80%"}
    return table(
        "test faces whose person is in training",
        columns,
        [line(name, label) for name, label in LEAKS.items()],
    )
