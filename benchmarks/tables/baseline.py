"""Tables of the shipped network on the labels that were read anew: docs/data.md."""

from __future__ import annotations

from typing import Final

from benchmarks.tables.table import Row, Table, figures, hits, row, share, table, together

SPLITS: Final = ("val", "test")
"""Those that are measured are shown."""
ROWS: Final = {"all": "all", "certain": "certain", "certain, from 48 px": "certain, from 48 px"}
PARTS: Final = ("real and wild", "real", "wild")
REASONS: Final = {
    "nose": "nose",
    "nose_and_mouth": "nose and mouth",
    "elsewhere": "elsewhere",
    "unknown": "not said",
}
QUESTIONS: Final = {
    "mask": "is there a mask",
    "nose": "is the nose uncovered",
    "mouth": "is the mouth uncovered",
    "chin": "is the chin uncovered",
}


def wears() -> Table:
    """The three wears, calibration and abstention."""
    rows: list[Row] = []
    for split in filter(figures("baseline").__contains__, SPLITS):
        for part in PARTS:
            for name, label in ROWS.items():
                found = figures("baseline")[split][part][name]
                recalls = {wear: hits(found["recall"][wear]) for wear in found["recall"]}
                cells = {
                    "balanced": share(found["balanced_accuracy"], interval=True),
                    **recalls,
                    "error": share(found["calibration_error"], interval=True),
                    "answered": share(found["answered"]["balanced_accuracy"], interval=True),
                }
                labels = (split, part, f"{label} ({found['faces']})")
                rows.append(row(f"{split}, {part}, {name}", labels, **cells))
    columns = {
        "balanced": "balanced accuracy",
        "correct": "correct",
        "incorrect": "incorrect",
        "none": "none",
        "error": "calibration error",
        "answered": "balanced, the 5% least sure left open",
    }
    return table(("split", "photos", "labels (faces)"), columns, rows)


def incorrect() -> Table:
    """Incorrect faces by reason, and false alarms; certain labels."""
    rows: list[Row] = []
    for split in filter(figures("baseline").__contains__, SPLITS):
        for part in PARTS:
            found = figures("baseline")[split][part]["certain"]
            reasons = {key: hits(found["incorrect_by_reason"][key]) for key in REASONS}
            alarms = {
                f"alarm_{wear}": together(
                    hits(figure), share(figure, interval=True), separator=": "
                )
                for wear, figure in found["called_incorrect"].items()
            }
            cells = {
                "recall": share(found["recall"]["incorrect"], interval=True),
                **reasons,
                "named": hits(found["uncovered_named"]),
                **alarms,
            }
            rows.append(row(f"{split}, {part}", (split, part), **cells))
    columns = {
        "recall": "called incorrect",
        **REASONS,
        "named": "of these, what is uncovered named rightly",
        "alarm_correct": "false alarms, worn correctly",
        "alarm_none": "false alarms, bare",
    }
    return table(("split", "photos"), columns, rows)


def questions() -> Table:
    """The four questions on real and wild faces together; certain labels."""
    rows: list[Row] = []
    for split in filter(figures("baseline").__contains__, SPLITS):
        found = figures("baseline")[split]["real and wild"]["certain"]["questions"]
        for key, label in QUESTIONS.items():
            part = found[key]
            cells = {
                "yes": hits(part["yes"]),
                "no": hits(part["no"]),
                "balanced": share(part["balanced_accuracy"], interval=True),
                "error": share(part["calibration_error"], interval=True),
            }
            rows.append(row(f"{split}, {key}", (split, label), **cells))
    columns = {
        "yes": "yes, said so",
        "no": "no, said so",
        "balanced": "balanced accuracy",
        "error": "calibration error",
    }
    return table(("split", "question"), columns, rows)
