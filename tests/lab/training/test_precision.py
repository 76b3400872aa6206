from __future__ import annotations

from typing import Literal

import pytest

from glassmask.lab.training.precision import choose_precision
from glassmask.networks.engines import Precision


@pytest.mark.parametrize(
    ("wanted", "units", "here"),
    [
        ("auto", True, "bf16"),
        ("auto", False, "f32"),
        ("bf16", False, "bf16"),  # what is asked for is done
        ("f32", True, "f32"),
    ],
)
def test_auto_is_what_the_machine_is_made_for(
    wanted: Precision | Literal["auto"],
    units: bool,
    here: Precision,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"amx_bf16": units})
    assert choose_precision(wanted) == here


@pytest.mark.parametrize("units", [True, False])
def test_auto_on_a_gpu(units: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda: units)
    assert choose_precision("auto") == ("bf16" if units else "f32")
