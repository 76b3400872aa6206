"""The course of a run as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmask.lab.training.curve import draw_curve


def test_a_curve_is_drawn(tmp_path: Path) -> None:
    table, out = tmp_path / "metrics.csv", tmp_path / "curve.svg"
    rows = ["step,loss,learning_rate,crops_per_second", "100,2.5,1e-3,90", "200,1.25,2e-3,91"]
    table.write_text("\n".join(rows) + "\n")
    draw_curve(table, out)
    drawn = out.read_text()
    assert "<svg" in drawn
    assert drawn.count("<path") > 4
    table.write_text("\n".join([rows[0], "100,2.5,1e-3,90", "200,nan,2e-3,91"]) + "\n")
    draw_curve(table, out)
    assert out.read_text() != drawn
    with pytest.raises(OSError, match="none"):
        draw_curve(tmp_path / "none.csv", out)
