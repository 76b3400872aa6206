"""Errors by traits, against numbers worked by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from glassmask.errors import DatasetError
from glassmask.lab.datasets import FaceRecord, Traits, read_traits
from glassmask.lab.evaluation.hardness import hardness
from glassmask.labels import Wear
from labelled import labelled


def face(name: str, wear: Wear, face_px: float = 100) -> FaceRecord:
    return labelled(wear, path=Path("pictures") / name, group=name, split="val", face_px=face_px)


def faces_of(
    strata: list[tuple[Wear, int, int, int, int]],
) -> tuple[list[FaceRecord], list[bool], Traits]:
    """Of each wear: errors and faces with a smile, errors and faces without."""
    records: list[FaceRecord] = []
    wrong: list[bool] = []
    seen: dict[tuple[str, str], frozenset[str]] = {}
    for wear, a, n1, b, n0 in strata:
        for smiles, faults, number in ((True, a, n1), (False, b, n0)):
            for k in range(number):
                records.append(face(f"{len(records)}.jpg", wear))
                wrong.append(k < faults)
                has = frozenset({"smile"} if smiles else ())
                seen["real", records[-1].path.name] = has
    return records, wrong, Traits(("smile",), seen, Path("traits.csv"))


def test_the_ratio_of_two_strata_by_hand() -> None:
    """Mantel-Haenszel: (4 * 50/60 + 6 * 40/60) / (5 * 10/60 + 2 * 20/60) = 7.3333 / 1.5.

    The interval of independent faces is nearly that of Greenland and Robins (1985), worked by
    hand: ((10*50*9 - 4*5*60)/3600 + (20*40*8 - 6*2*60)/3600) / (7.3333 * 1.5) = 0.2268 is the
    variance of the logarithm, so exp(ln 4.8889 -+ 1.96 * 0.4762) = 1.92, 12.43.
    """
    records, wrong, traits = faces_of([(Wear.CORRECT, 4, 10, 5, 50), (Wear.NONE, 6, 20, 2, 40)])
    (found,) = hardness(records, np.array(wrong), traits)
    assert (found.trait, found.errors_with.hits, found.errors_with.count) == ("smile", 10, 30)
    assert (found.errors_without.hits, found.errors_without.count) == (7, 90)
    assert found.ratio == pytest.approx(4.8889, abs=1e-4)
    assert found.interval[0] == pytest.approx(1.92, rel=0.2)
    assert found.interval[1] == pytest.approx(12.43, rel=0.4)
    assert found.matters


def test_more_pictures_of_the_same_people_are_no_more_proof() -> None:
    records, wrong, traits = faces_of([(Wear.CORRECT, 6, 20, 6, 60)])
    (once,) = hardness(records, np.array(wrong), traits)
    again = [replace(r, path=r.path.with_name(f"{k}{r.path.name}")) for k in "ab" for r in records]
    seen = {("real", r.path.name): traits.by_face["real", r.path.name[1:]] for r in again}
    (twice,) = hardness(again, np.array(wrong * 2), Traits(traits.names, seen, traits.path))
    assert twice.ratio == pytest.approx(once.ratio) == pytest.approx(3.0)
    assert twice.interval == pytest.approx(once.interval)


def test_many_traits_need_more_to_matter() -> None:
    records, wrong, traits = faces_of([(Wear.CORRECT, 7, 20, 7, 60)])
    (alone,) = hardness(records, np.array(wrong), traits)
    more = Traits((*traits.names, *"abcdefg"), traits.by_face, traits.path)
    among = next(h for h in hardness(records, np.array(wrong), more) if h.trait == "smile")
    assert among.ratio == alone.ratio
    assert among.interval[0] < alone.interval[0]
    assert among.interval[1] > alone.interval[1]


def test_a_trait_that_only_goes_with_a_hard_label_does_not_matter() -> None:
    """Half of all smiles are mistaken and hardly another face; but each label's rates are equal."""
    records, wrong, traits = faces_of([(Wear.NONE, 20, 40, 2, 4), (Wear.CORRECT, 0, 4, 0, 400)])
    (found,) = hardness(records, np.array(wrong), traits)
    assert found.errors_with.value > 50 * found.errors_without.value
    assert found.ratio == pytest.approx(1.0)
    assert not found.matters


def test_errors_on_one_side_only() -> None:
    never = hardness(*_as_arrays(faces_of([(Wear.NONE, 0, 5, 3, 5)])))[0]
    assert never.ratio == 0
    only = hardness(*_as_arrays(faces_of([(Wear.NONE, 3, 5, 0, 5)])))[0]
    assert only.ratio == float("inf")
    nobody = hardness(*_as_arrays(faces_of([(Wear.NONE, 0, 5, 0, 5)])))[0]
    assert np.isnan(nobody.ratio)
    assert not nobody.matters


def test_faces_that_nobody_looked_at_do_not_count() -> None:
    records, wrong, traits = faces_of([(Wear.NONE, 1, 2, 1, 2)])
    records.append(face("unseen.jpg", Wear.NONE))
    (found,) = hardness(records, np.array([*wrong, True]), traits)
    assert found.errors_with.count + found.errors_without.count == 4
    assert hardness(records[-1:], np.array([True]), traits) == []


def _as_arrays(
    made: tuple[list[FaceRecord], list[bool], Traits],
) -> tuple[list[FaceRecord], np.ndarray, Traits]:
    records, wrong, traits = made
    return records, np.array(wrong), traits


def test_a_table_of_traits_is_read(tmp_path: Path) -> None:
    table = tmp_path / "traits.csv"
    table.write_text("dataset,file,traits\nreal,1.jpg,beard glasses\nreal,2.jpg,\n", "utf-8")
    traits = read_traits(table)
    assert traits.names == ("beard", "glasses")
    assert traits.get(face("1.jpg", Wear.NONE)) == frozenset({"beard", "glasses"})
    assert traits.get(face("2.jpg", Wear.NONE)) == frozenset()
    assert traits.get(face("3.jpg", Wear.NONE)) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("file,traits\n1.jpg,beard\n", "not a table of dataset, file, traits"),
        ("dataset,file,traits\nreal,,beard\n", "line 2"),
        ("dataset,file,traits\nreal,1.jpg,beard\nreal,1.jpg,\n", "line 3"),
        ("dataset,file,traits\nreal,1.jpg\n", "line 2"),
    ],
)
def test_a_table_that_is_none_is_an_error_that_says_where(
    tmp_path: Path, text: str, told: str
) -> None:
    table = tmp_path / "traits.csv"
    table.write_text(text, "utf-8")
    with pytest.raises(DatasetError, match=told):
        read_traits(table)
    with pytest.raises(DatasetError, match="can't be read"):
        read_traits(tmp_path / "missing.csv")
