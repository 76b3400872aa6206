"""Tables of how right the wear network is: README.md and MODEL_CARD.md."""

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
    row,
    share,
    table,
    together,
)

WEARS: Final = {"correct": "correct", "incorrect": "incorrect", "none": "none"}

FRAMINGS: Final = {
    "tight": "tight (1 × 1)",
    "medium": "medium (1.5 × 1.5)",
    "portrait": "portrait (1.5 × 2)",
    "as given": "loose (3 × 3), and as given",
    "check": "**check**",
    "check, as labelled": "check, labels as they came",
    "check, certain": "check, certain labels alone",
}
_MASKS: Final = ("correct", "incorrect")
_UNCOVERED: Final = ("incorrect",)
_THINGS: Final = ("none",)
_ALL: Final = tuple(WEARS)
PAINTED: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "surgical": (("surgical",), _MASKS),
    "FFP2": (("ffp2",), _MASKS),
    "cup": (("cup",), _MASKS),
    "cloth": (("cloth",), _MASKS),
    "patterned": (("patterned mask",), _MASKS),
    "black": (("black mask",), _MASKS),
    "a mouth printed on it, as seen through a clear mask": (("a mouth printed on it",), _MASKS),
    "nose uncovered": (("nose",), _UNCOVERED),
    "chin uncovered": (("chin",), _UNCOVERED),
    "nose and mouth uncovered": (("nose_and_mouth",), _UNCOVERED),
    "**on the forehead, over the eyes**": (("elsewhere",), _UNCOVERED),
    "hand before the mouth": (("hand",), _THINGS),
    "beard, painted": (("beard",), _THINGS),
    "scarf": (("scarf",), _THINGS),
    "cup, phone, microphone before the mouth": (("cup", "phone", "microphone"), _THINGS),
    "people with a beard": (("beard (person)",), _ALL),
    "with glasses": (("glasses (person)",), _ALL),
    "who smile": (("smile (person)",), _ALL),
    "with headwear": (("headwear (person)",), _ALL),
    "profile, or nearly": (("profile, or nearly",), _ALL),
}
"""Row -> slices of the painted faces that it tells of, and wears: a cup is a mask and a thing."""
REAL: Final = {
    "all": "all of 48 px and more",
    "32 to 48 px": "32 to 48 px",
    "dark": "darkened to a quarter, with noise",
    "as dark as is judged": "as dark as is judged",
    "motion blur": "motion blur over 9 of 160 pixels",
    "as blurred as is judged": "as blurred as is judged",
    "face of 40 px": "reduced to a face of 40 px",
    "face of 32 px": "to one of 32 px, the least that is judged",
    "turned": "turned heads",
    "traits": "beard, glasses, headwear, smile (a face may count twice)",
}
UNCOVERED: Final = {"nose": "nose", "nose_and_mouth": "nose and mouth", "elsewhere": "elsewhere"}


def real() -> Table:
    """Recall on real photos, out of fold, as `check` frames them."""
    found = figures("accuracy")["out of fold"]["check"]
    parts = {
        "correct": ("worn correctly", found["recall"]["correct"]),
        "nose": ("worn incorrectly, nose uncovered", found["uncovered"]["nose"]),
        "nose_and_mouth": (
            "worn incorrectly, nose and mouth uncovered",
            found["uncovered"]["nose_and_mouth"],
        ),
        "none": ("no mask", found["recall"]["none"]),
        "balanced": ("balanced over correct, incorrect, none", found["balanced"]),
    }
    rows = [row(k, label, recall=share(x, interval=True)) for k, (label, x) in parts.items()]
    return table("", {"recall": "recall, with 95% interval"}, rows)


def framings() -> Table:
    """Balanced accuracy and recalls out of fold, by framing and by which labels."""
    found = figures("accuracy")["out of fold"]
    rows = []
    for name, label in FRAMINGS.items():
        if own := found.get(name):
            counts = name.startswith("check")
            recalls = {wear: share(own["recall"][wear], counts=counts) for wear in WEARS}
            rows.append(row(name, label, balanced=share(own["balanced"], interval=True), **recalls))
    return table("framing", {"balanced": "balanced accuracy", **WEARS}, rows)


def others() -> Table:
    """The shipped network on val and test of every dataset."""
    found = figures("accuracy")
    rows = [
        row("maskedfacenet_val", "MaskedFace-Net, val", **_overall(found["val"]["maskedfacenet"])),
        row("faces_val", "unmasked faces, val", **_overall(found["val"]["faces"])),
        row("painted_val", "painted, val", **_overall(found["val"]["painted"])),
        row("real_val", "real, val, check", **_balanced(found["val"]["real, check"])),
        row("real_test", "**real, test, check**", **_balanced(found["test"]["real, check"])),
        row("framings_test", "real, test, by framing", accuracy=_framed(found["test"])),
        row(
            "maskedfacenet_test",
            "**MaskedFace-Net, test**",
            **_overall(found["test"]["maskedfacenet"]),
        ),
        row("faces_test", "**unmasked faces, test**", **_overall(found["test"]["faces"])),
        row("painted_test", "**painted, test**", **_overall(found["test"]["painted"])),
    ]
    key = "other, the shipped network"
    return table(key, {"accuracy": "accuracy", "detail": ""}, rows)


def _overall(found: Mapping[str, Any]) -> dict[str, Cell]:
    parts = [hits(found["overall"])]
    if "reason" in found:
        parts.append(Cell(f"reason {hits(found['reason'])}"))
    return {"accuracy": share(found["overall"], interval=True), "detail": together(*parts)}


def _balanced(found: Mapping[str, Any]) -> dict[str, Cell]:
    """Real faces: balanced accuracy, and of each wear how many."""
    value = share(found["balanced"], interval=True)
    text = value.text.replace(" [", " balanced [")
    parts = [
        f"{UNCOVERED[name]} {hits(found['uncovered'][name])}"
        for name in UNCOVERED
        if name in found.get("uncovered", {})
    ]
    incorrect = f"incorrect {hits(found['recall']['incorrect'])}"
    if parts:
        incorrect += f" ({', '.join(parts)})"
    kinds = [f"{wear} {hits(found['recall'][wear])}" for wear in ("correct", "none")]
    return {
        "accuracy": Cell(text, value.value, value.interval),
        "detail": Cell(", ".join([*kinds, incorrect])),
    }


def _framed(test: Mapping[str, Any]) -> Cell:
    """Balanced accuracy of real faces in each framing."""
    names = ("tight", "medium", "portrait", "loose")
    return Cell(", ".join(f"{n} {share(test[f'real, {n}']['balanced'])}" for n in names))


def painted_slices() -> Table:
    """By what was painted, and on whom."""
    found = figures("accuracy")["slices"]["painted"]
    rows = []
    for label, (names, wears) in PAINTED.items():
        bold = label.startswith("**")
        cells = {
            wear: together(*(hits(found[name].get(wear), bold=bold) for name in names))
            for wear in wears
        }
        name = "things" if len(names) > 1 else names[0]
        rows.append(row(name, label, **cells))
    return table("", WEARS, rows)


def real_slices() -> Table:
    """Real photos out of fold: by size and traits, and degraded."""
    found = figures("accuracy")["slices"]["real"]
    rows = [
        row(
            name,
            label,
            balanced=number(found[name].get("balanced"), 3),
            **{wear: hits(found[name]["recall"][wear]) for wear in WEARS},
        )
        for name, label in REAL.items()
        if name in found
    ]
    return table("", {"balanced": "balanced", **WEARS}, rows)


def people() -> Table:
    """Accuracy by who is in the picture, as its source names them."""
    found = figures("accuracy")["people"]
    labels = {"F": "women", "M": "men"}

    def line(group: str) -> Row:
        label = labels.get(group, group)
        cells = {
            kind: share(found[kind][group], interval=True, counts=True)
            for kind in ("painted", "bare")
        }
        return row(group, label, **cells)

    columns = {
        "painted": "masks and things painted on them (val and test)",
        "bare": "bare (val and test)",
    }
    return table("", columns, [line(group) for group in found["bare"] if group in found["painted"]])
