"""Where the wear network is weaker: kinds of masks, what is before the mouth, who, and how seen.

    python -m benchmarks.slices --data DATA --painted RUNS --runs RUNS/wear --mend FILE

Real faces are judged out of fold, and also darkened, blurred and reduced. Painted masks are on
faces of val and test people (RUNS/slices-val and slices-test, `make slices`), judged by the shipped
run. Groups of people are those of the faces that the masks are painted on, as their sources name
them. Wilson intervals.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.spoiling import blurred, darkened, moved, reduced, shot_in_the_dark
from benchmarks.wear_runs import arguments, faces_of, shipped
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets, read_traits
from glassmask.lab.datasets.meshes import read_mesh_faces
from glassmask.lab.evaluation.out_of_fold import Unseen, judge_folds, open_folds
from glassmask.lab.evaluation.slices import rows_by_slice
from glassmask.lab.judging.judge import Spoil, five_probabilities, judge_all
from glassmask.lab.metrics.accuracy import Proportion, accuracy, is_counted
from glassmask.labels import Wear
from glassmask.networks.manifest import load_network
from glassmask.painter import Region
from glassmask.verdict import BLURRED_DETAIL, DARK_LEVEL, SMALL_PX

SLICES_OF: Final = ("slices-val", "slices-test")
TRAITS: Final = Path(__file__).parent.parent / "recipes" / "traits.csv"
BLACK: Final = 45
"""A mask whose median luma (0-255) is under this is black."""
PROFILE: Final = 0.55
"""`MeshFace.turned` from which a face is a profile, or nearly."""
ELSEWHERE: Final = "elsewhere"
"""The way of wearing on the forehead or over the eyes."""
PEOPLE: Final = ("ethnicity", "gender", "age")
ORDER: Final = (Wear.CORRECT, Wear.INCORRECT, Wear.NONE)
LEAST: Final = 30
"""Groups with fewer faces are told, but not in the largest gap."""

Slices: TypeAlias = Mapping[str, Sequence[int]]


def main() -> None:
    """Print the tables."""
    options = arguments(__doc__.splitlines()[0]).parse_args()
    records = faces_of(options)
    cache = PictureCache(records)
    temperature = load_network()[1].temperature
    real(open_folds(options.runs, records, options.folds), cache, temperature)
    if options.folds:
        return
    full = shipped(options.runs, records)
    drawn = [options.painted / name for name in SLICES_OF]
    masked = full.unseen(read_datasets(drawn, options.mend).records)
    rows = painted_rows(drawn)
    logits = judge_all(full.judge, masked, PictureCache(masked), "check")
    probabilities = five_probabilities(logits, temperature)
    tell("painted", masked, probabilities, painted_parts(masked, rows, options.data / "faces"))
    bare = full.unseen([r for r in records if r.dataset == "faces" and r.split != "train"])
    named = {record.path.name: record for record in bare}
    usual = [i for i, record in enumerate(masked) if rows[record.path]["way"] != ELSEWHERE]
    people = [with_person(masked[i], named.get(photo_of(rows[masked[i].path]))) for i in usual]
    fairness(f"painted, but {ELSEWHERE}", people, probabilities[usual])
    logits = judge_all(full.judge, bare, cache, "check")
    fairness("bare faces", bare, five_probabilities(logits, temperature))


def real(folds: Sequence[Unseen], cache: PictureCache, temperature: float) -> None:
    """Real photos, out of fold: by size and by traits, and spoiled."""
    own, logits = judge_folds(folds, cache, "check")
    certain = [i for i, r in enumerate(own) if r.wear is not Wear.INCORRECT or r.certain]
    large = [row for row in certain if is_counted(own[row])]
    parts: dict[str, list[int]] = {"all of 48 px and more": large}
    for low, high in ((32, 48), (24, 32), (0, 24)):
        parts[f"{low} to {high} px"] = [i for i in certain if low <= own[i].face_px < high]
    traits = read_traits(TRAITS)
    for name in traits.names:
        parts[name] = [i for i in large if name in (traits.get(own[i]) or ())]
    tell("real, out of fold", own, five_probabilities(logits, temperature), parts)
    for name, spoil in SPOILED.items():
        _, spoiled = judge_folds(folds, cache, "check", spoil=spoil)
        probabilities = five_probabilities(spoiled, temperature)
        tell(f"real, out of fold, {name}", own, probabilities, {"all of 48 px and more": large})


SPOILED: Final[Mapping[str, Spoil]] = {
    "dark": shot_in_the_dark,
    "motion blur": moved,
    "face of 40 px": partial(reduced, face=40),
    "face of 32 px, the least that is judged": partial(reduced, face=SMALL_PX),
    "as dark as is judged": partial(darkened, level=DARK_LEVEL),
    "as blurred as is judged": partial(blurred, least=BLURRED_DETAIL),
}


def painted_rows(drawn: Iterable[Path]) -> dict[Path, dict[str, str]]:
    """Each painted picture's row of its table."""
    rows = {}
    for folder in drawn:
        with (folder / "painted.csv").open(newline="", encoding="utf-8") as lines:
            rows.update({folder / row["file"]: row for row in csv.DictReader(lines)})
    return rows


def painted_parts(
    masked: Sequence[FaceRecord], rows: Mapping[Path, Mapping[str, str]], faces: Path
) -> dict[str, list[int]]:
    """Named parts of the painted pictures, by what was painted and on whom.

    Masks on the forehead or over the eyes are a part by themselves and in no other: so many of
    them are missed that they would hide everything else.
    """
    turned = {face.path.name: face.turned for face in read_mesh_faces(faces)}
    traits = read_traits(TRAITS)
    parts: dict[str, list[int]] = defaultdict(list)
    for number, record in enumerate(masked):
        row = rows[record.path]
        if row["way"] == ELSEWHERE:
            parts[ELSEWHERE].append(number)
            continue
        photo = photo_of(row)
        names = [row["kind"], row["object"], row["way"]]
        if row["pattern"] not in ("", "plain", "mouth"):
            names.append("patterned mask")
        if row["pattern"] == "mouth":
            names.append("a mouth printed on it")
        if row["kind"] and median_luma(record, row["regions"]) < BLACK:
            names.append("black mask")
        if turned.get(photo, 0.0) >= PROFILE:
            names.append("profile, or nearly")
        names += [f"{trait} (person)" for trait in sorted(traits.by_face.get(("faces", photo), ()))]
        for name in names:
            if name:
                parts[name].append(number)
    return dict(sorted(parts.items()))


def photo_of(row: Mapping[str, str]) -> str:
    """The name of the photo that a picture was painted on."""
    return Path(row["photo"]).name


def median_luma(record: FaceRecord, regions: str) -> float:
    """Of the mask's pixels in a painted picture."""
    shown = cv2.imread(str(record.path), cv2.IMREAD_GRAYSCALE)
    where = cv2.imread(str(record.path.parent.parent / regions), cv2.IMREAD_UNCHANGED)
    assert shown is not None
    assert where is not None
    inside = shown[where == int(Region.MASK)]
    return float(np.median(inside)) if len(inside) else 255.0


def with_person(record: FaceRecord, person: FaceRecord | None) -> FaceRecord:
    """A painted face with what is known of the person whose photo it was painted on."""
    if person is None:
        return record
    return replace(record, **{name: getattr(person, name) for name in PEOPLE})


def tell(
    name: str, faces: Sequence[FaceRecord], probabilities: NDArray[np.float64], parts: Slices
) -> None:
    """Print a row a slice."""
    print(
        f"\n| {name} | balanced | correct | incorrect | none | reason |\n|---|---|---|---|---|---|"
    )
    for part, rows in parts.items():
        if not rows:
            print(f"| {part} | no face | | | | |")
            continue
        found = accuracy([faces[row] for row in rows], probabilities[list(rows)])
        recalls = [str(found.by_wear.get(wear, "")) for wear in ORDER]
        reason = str(found.reason) if found.reason.count else ""
        print(f"| {part} | {found.balanced:.3f} | {' | '.join(recalls)} | {reason} |", flush=True)


def fairness(name: str, faces: Sequence[FaceRecord], probabilities: NDArray[np.float64]) -> None:
    """Print a row a group of people, and the largest gap between groups of `LEAST` faces."""
    print(f"\n| {name} | | balanced | of all | correct | incorrect | none |")
    print("|---|---|---|---|---|---|---|")
    gaps: list[tuple[float, str]] = []
    for kind in PEOPLE:
        shares: dict[str, Proportion] = {}
        for group, rows in rows_by_slice(faces, kind).items():
            found = accuracy([faces[row] for row in rows], probabilities[rows])
            figures = [found.overall, *(found.by_wear.get(wear, "") for wear in ORDER)]
            cells = [kind, group, f"{found.balanced:.3f}", *map(str, figures)]
            print(f"| {' | '.join(cells)} |")
            if found.overall.count >= LEAST:
                shares[group] = found.overall
        if len(shares) > 1:
            low, high = (end(shares, key=lambda group: shares[group].value) for end in (min, max))
            gap = shares[high].value - shares[low].value
            gaps.append((gap, f"{kind}: {high} {shares[high]} over {low} {shares[low]}"))
    if gaps:
        gap, told = max(gaps)
        print(f"largest gap: {100 * gap:.1f} points, {told}", flush=True)


if __name__ == "__main__":
    main()
