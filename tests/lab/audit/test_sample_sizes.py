"""Which faces a test takes."""

from __future__ import annotations

from glassmask.lab.audit.sample_sizes import SampleSizes, choose_evenly, choose_rows


def test_rows_are_spread_within_their_kinds() -> None:
    """Pairs come as nose, chin, nose and mouth, again and again: every second is no nose."""
    kinds = ["nose", "chin", "both"] * 20
    rows = choose_rows(kinds, 30)
    assert [sum(kinds[row] == kind for row in rows) for kind in ("nose", "chin", "both")] == [
        10
    ] * 3
    assert rows.tolist() == sorted(set(rows.tolist()))
    few = choose_rows(["a"] * 50 + ["b"] * 3, 20)
    assert [int((few < 50).sum()), int((few >= 50).sum())] == [17, 3]  # all there are, and the rest
    assert choose_rows([], 5).tolist() == []
    assert choose_evenly("xyxyxy", 2, str) == ["x", "y"]


def test_tests_that_ask_often_take_fewer() -> None:
    sizes = SampleSizes.for_faces(60, 2)
    assert (sizes.pairs, sizes.faces, sizes.examples) == (60, 60, 2)
    assert (sizes.locality, sizes.faithfulness, sizes.sanity) == (20, 12, 10)
    assert SampleSizes.for_faces(2, 0).sanity == 2
