"""The report of an evaluation: one self-contained page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from glassmask.lab.evaluation.charts import confusion_chart, reliability_chart, roc_chart
from glassmask.lab.evaluation.figures import MIN_SLICE, SplitFigures
from glassmask.lab.evaluation.gallery import Mistake
from glassmask.lab.evaluation.hardness import Hardness
from glassmask.lab.evaluation.predictions import Predictions
from glassmask.lab.metrics.accuracy import Proportion
from glassmask.lab.metrics.calibration import TEMPERATURES
from glassmask.lab.pages import table, write_html
from glassmask.labels import WEARS, Wear
from glassmask.output.draw import data_url, heat
from glassmask.version import __version__

_SPLIT_NAMES = {"train": "Train", "val": "Validation", "test": "Test"}
_WEAR_NAMES = {
    Wear.CORRECT: "Correctly masked",
    Wear.INCORRECT: "Incorrectly masked",
    Wear.NONE: "Not masked",
}


def write_page(
    predictions: Predictions,
    splits: Mapping[str, SplitFigures],
    mistakes: Sequence[Mistake],
    path: Path,
) -> None:
    """Write the report; it holds pictures of people where there are mistakes.

    Raises:
        OSError: it can't be written.
    """
    parts = ["<h2>Accuracy by class and split</h2>", _by_wear(splits)]
    for split, figures in splits.items():
        parts += [f"<h2>{_name(split)}</h2>", _split(figures)]
    parts += ["<h2>The mistakes it was surest of</h2>", _gallery(mistakes)]
    subtitle = (
        f"Glassmask {__version__}; {_calibration(predictions.temperature)}; intervals are of 95 %: "
        "Wilson's, as if every face stood alone, but of the balanced accuracy by drawing whole "
        "persons"
    )
    write_html(path, f"Evaluation of {predictions.name}", subtitle, parts)


def _calibration(temperature: float | None) -> str:
    if temperature is None:
        return "not calibrated: there were no val faces"
    at_end = " (the end of what is tried)" if _is_end(temperature) else ""
    return f"calibrated on val with the temperature {temperature:.3f}{at_end}"


def _is_end(temperature: float) -> bool:
    lowest, highest = TEMPERATURES
    return not 1.01 * lowest < temperature < 0.99 * highest


def _by_wear(splits: Mapping[str, SplitFigures]) -> str:
    """Recall of each class in each split, as in Table II of the second study."""
    rows = []
    for wear in WEARS:
        cells = [_percent(figures.accuracy.by_wear.get(wear)) for figures in splits.values()]
        rows.append((_WEAR_NAMES[wear], *cells))
    rows.append(("Accuracy", *(_percent(f.accuracy.overall) for f in splits.values())))
    rows.append(("Balanced accuracy", *map(_balanced, splits.values())))
    rows.append(("Faces", *(str(figures.faces) for figures in splits.values())))
    if any(figures.doubtful for figures in splits.values()):
        left_out = (str(figures.doubtful) for figures in splits.values())
        rows.append(("Left out: doubtful labels", *left_out))
    return table(("", *map(_name, splits)), rows)


def _split(figures: SplitFigures) -> str:
    before, after = figures.before, figures.after
    charts = (
        (confusion_chart(figures.confusion), "Confusion: labels and what was said"),
        (roc_chart(figures.roc), "One wear against the others"),
        (
            reliability_chart(before.bins, after.bins),
            f"Calibration error {before.error:.3f} before, {after.error:.3f} after",
        ),
    )
    drawn = "".join(
        f"<figure>{svg}<figcaption>{escape(text)}</figcaption></figure>" for svg, text in charts
    )
    parts = [f'<div class="charts">{drawn}</div>']
    if figures.accuracy.by_reason:
        parts += _by_reason(figures)
    if figures.traits:
        parts.append(_traits(figures.traits))
    for name, slice_ in figures.slices.items():
        if len(slice_) < 2:  # all faces in one part: no news
            continue
        parts.append(f"<h3>By {escape(name)} (where there are {MIN_SLICE} faces or more)</h3>")
        header = (name, "accuracy", *(_WEAR_NAMES[wear].lower() for wear in WEARS))
        lines = [
            (part, _percent(found.overall), *(_percent(found.by_wear.get(w)) for w in WEARS))
            for part, found in slice_.items()
        ]
        parts.append(table(header, lines))
    return "\n".join(parts)


def _by_reason(figures: SplitFigures) -> list[str]:
    found = [
        (str(reason).replace("_", " "), _percent(recall))
        for reason, recall in figures.accuracy.by_reason.items()
    ]
    parts = ["<h3>Incorrect, by reason</h3>", table(("reason", "called incorrect"), found)]
    named = figures.accuracy.reason
    if figures.names_reasons and named.count:
        parts.append(f"<p>The reason is named correctly in {_percent(named)}.</p>")
    return parts


def _traits(traits: Sequence[Hardness]) -> str:
    rows = [
        (
            found.trait,
            _percent(found.errors_with),
            _percent(found.errors_without),
            _times(found.ratio, found.interval),
            "yes" if found.matters else "not shown",
        )
        for found in traits
    ]
    header = ("", "mistaken with it", "mistaken without", "times as often", "does it matter")
    return (
        "<h3>Which faults go with what else is to be seen</h3>"
        f"{table(header, rows)}"
        '<p class="soft">Times as often: among faces of the same dataset, label and size '
        "(Mantel-Haenszel). The intervals, by drawing people, hold all together in 95 %; a trait "
        "matters where its interval leaves 1 out.</p>"
    )


def _times(ratio: float, interval: Sequence[float]) -> str:
    if math.isnan(ratio):
        return _number(ratio)
    return f"{_number(ratio)} [{', '.join(map(_number, interval))}]"


def _number(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:.2f}" if math.isfinite(value) else "infinite"


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


def _percent(share: Proportion | None) -> str:
    """A share in percent, with its interval and count."""
    if share is None or not share.count:
        return "–"
    low, high = share.interval()
    return f"{share.value:.1%} [{low:.1%}, {high:.1%}] of {share.count}"


def _balanced(figures: SplitFigures) -> str:
    low, high = figures.intervals.balanced
    return f"{figures.accuracy.balanced:.1%} [{low:.1%}, {high:.1%}]"


def _name(split: str) -> str:
    return _SPLIT_NAMES.get(split, split or "no split")
