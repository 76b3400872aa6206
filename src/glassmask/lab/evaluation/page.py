"""The report of an evaluation: one self-contained page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from glassmask.lab.evaluation.charts import confusion_chart, reliability_chart, roc_chart
from glassmask.lab.evaluation.curves import confusion, roc
from glassmask.lab.evaluation.evaluate import LEAST, Evaluation
from glassmask.lab.evaluation.gallery import Mistake
from glassmask.lab.metrics.calibration import TEMPERATURES, reliability
from glassmask.lab.pages import table, write_html
from glassmask.labels import WEARS
from glassmask.output.draw import data_url, heat
from glassmask.version import __version__

_SPLIT_NAMES = {"train": "Train", "val": "Validation", "test": "Test"}
_WEAR_NAMES = {
    "correct": "Correctly masked",
    "incorrect": "Incorrectly masked",
    "none": "Not masked",
}


def write_page(
    evaluation: Evaluation,
    metrics: Mapping[str, Any],
    mistakes: Sequence[Mistake],
    path: Path,
) -> None:
    """Write the report; it holds pictures of people where there are mistakes.

    Raises:
        OSError: it can't be written.
    """
    splits = metrics["splits"]
    parts = ["<h2>Accuracy by class and split</h2>", _by_wear(splits)]
    for split in evaluation.splits:
        parts += [f"<h2>{_name(split)}</h2>", _split(evaluation, split, splits[split])]
    parts += ["<h2>The mistakes it was surest of</h2>", _gallery(mistakes)]
    subtitle = (
        f"Glassmask {__version__}; {_calibration(evaluation.temperature)}; intervals are of 95 %: "
        "Wilson's, as if every face stood alone, but of the balanced accuracy by drawing whole "
        "persons"
    )
    write_html(path, f"Evaluation of {evaluation.name}", subtitle, parts)


def _calibration(temperature: float | None) -> str:
    if temperature is None:
        return "not calibrated: there were no val faces"
    at_end = " (the end of what is tried)" if _is_end(temperature) else ""
    return f"calibrated on val with the temperature {temperature:.3f}{at_end}"


def _is_end(temperature: float) -> bool:
    least, most = TEMPERATURES
    return not 1.01 * least < temperature < 0.99 * most


def _by_wear(splits: Mapping[str, Any]) -> str:
    """Recall of each class in each split, as in Table II of the second study."""
    rows = []
    for wear in WEARS:
        cells = [_percent(figures["by_wear"].get(str(wear))) for figures in splits.values()]
        rows.append((_WEAR_NAMES[str(wear)], *cells))
    rows.append(("Accuracy", *(_percent(figures["accuracy"]) for figures in splits.values())))
    balanced = [figures["balanced_accuracy"] for figures in splits.values()]
    rows.append(("Balanced accuracy", *map(_percent, balanced)))
    rows.append(("Faces", *(str(figures["faces"]) for figures in splits.values())))
    if any(figures["doubtful"] for figures in splits.values()):
        left_out = (str(figures["doubtful"]) for figures in splits.values())
        rows.append(("Left out: doubtful labels", *left_out))
    return table(("", *map(_name, splits)), rows)


def _split(evaluation: Evaluation, split: str, figures: Mapping[str, Any]) -> str:
    rows = evaluation.rows(split)
    records = [evaluation.records[row] for row in rows]
    raw, calibrated = evaluation.raw[rows], evaluation.calibrated[rows]
    error = figures["calibration_error"]
    charts = (
        (confusion_chart(confusion(calibrated, records)), "Confusion: labels and what was said"),
        (roc_chart(roc(calibrated, records)), "One wear against the others"),
        (
            reliability_chart(reliability(raw, records), reliability(calibrated, records)),
            f"Calibration error {error['before']:.3f} before, {error['after']:.3f} after",
        ),
    )
    drawn = "".join(
        f"<figure>{svg}<figcaption>{escape(t)}</figcaption></figure>" for svg, t in charts
    )
    parts = [f'<div class="charts">{drawn}</div>']
    if figures["by_reason"]:
        parts.append("<h3>Incorrect, by reason</h3>")
        found = [
            (reason.replace("_", " "), _percent(recall))
            for reason, recall in figures["by_reason"].items()
        ]
        parts.append(table(("reason", "called incorrect"), found))
        if figures.get("reason", {}).get("count"):
            parts.append(f"<p>The reason is named rightly in {_percent(figures['reason'])}.</p>")
    if figures.get("traits"):
        parts.append(_traits(figures["traits"]))
    for name, slice_ in figures["slices"].items():
        if len(slice_) < 2:  # all faces in one part: no news
            continue
        parts.append(f"<h3>By {escape(name)} (where there are {LEAST} faces or more)</h3>")
        header = (name, "accuracy", *(_WEAR_NAMES[str(wear)].lower() for wear in WEARS))
        lines = [
            (part, _percent(told), *(_percent(told["by_wear"].get(str(w))) for w in WEARS))
            for part, told in slice_.items()
        ]
        parts.append(table(header, lines))
    return "\n".join(parts)


def _traits(found: Mapping[str, Any]) -> str:
    rows = [
        (
            name,
            _percent(told["errors_with"]),
            _percent(told["errors_without"]),
            _times(told["ratio"], told["interval"]),
            "yes" if told["matters"] else "not shown",
        )
        for name, told in found.items()
    ]
    header = ("", "mistaken with it", "mistaken without", "times as often", "does it matter")
    return (
        "<h3>Which faults go with what else is to be seen</h3>"
        f"{table(header, rows)}"
        '<p class="soft">Times as often: among faces of the same dataset, label and size '
        "(Mantel-Haenszel). The intervals, by drawing people, hold all together in 95 %; a trait "
        "matters where its interval leaves 1 out.</p>"
    )


def _times(ratio: float | str | None, interval: Sequence[float | str | None]) -> str:
    def told(value: float | str | None) -> str:
        return "–" if value is None else value if isinstance(value, str) else f"{value:.2f}"

    return told(ratio) if ratio is None else f"{told(ratio)} [{', '.join(map(told, interval))}]"


def _gallery(mistakes: Sequence[Mistake]) -> str:
    if not mistakes:
        return "<p>None.</p>"
    items = []
    for mistake in mistakes:
        said = f"{mistake.called} ({mistake.chance:.1%}), labelled {mistake.record.wear}"
        where = f"{mistake.record.path.name}, {mistake.record.split}"
        pictures = [("what it saw", mistake.crop)]
        pictures += [(name, heat(mistake.crop, values)) for name, values in mistake.maps.items()]
        drawn = "".join(
            f'<img alt="{escape(name)}" title="{escape(name)}" src="{data_url(picture)}">'
            for name, picture in pictures
        )
        text = f'<p><b>{escape(said)}</b> <span class="soft">{escape(where)}</span></p>'
        items.append(f'<div class="mistake">{text}{drawn}</div>')
    names = ["what it saw", *mistakes[0].maps]
    path = " (its way begins at black)" if len(names) > 1 else ""
    legend = f'<p class="soft">From left to right: {escape(", ".join(names))}{path}.</p>'
    return f'{legend}<div class="gallery">{"".join(items)}</div>'


def _percent(told: Mapping[str, Any] | None) -> str:
    """A share in percent, with its interval and count where it has them."""
    if not told or told.get("value") is None:
        return "–"
    text = f"{told['value']:.1%}"
    if "interval" in told:
        low, high = told["interval"]
        text += f" [{low:.1%}, {high:.1%}]"
    return f"{text} of {told['count']}" if "count" in told else text


def _name(split: str) -> str:
    return _SPLIT_NAMES.get(split, split or "no split")
