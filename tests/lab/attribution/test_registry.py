"""A new method is one file and one line: everything else asks the registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from torch import Tensor
from typer.testing import CliRunner

from glassmask.cli.app import app
from glassmask.errors import MethodError
from glassmask.lab.attribution import METHODS, attribute, make_method, method_options, methods_for
from glassmask.lab.attribution.explain import choose_methods
from glassmask.lab.attribution.method import Method, MethodOutput, Weigh
from glassmask.lab.attribution.pictures import default_palette
from glassmask.lab.attribution.registry import ALL
from glassmask.lab.audit.run import audit_methods
from glassmask.lab.networks.classifier import Classifier
from glassmask.lab.networks.photo_network import PhotoNetwork


@dataclass(frozen=True, slots=True)
class Redness(Method):
    """How red each pixel is: somebody's new method."""

    name: ClassVar[str] = "redness"
    baseline: str = "black"

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> MethodOutput:
        logits = network.logits(photos)
        weigh(logits)
        return MethodOutput(photos[..., 0].float(), logits.detach())


@pytest.fixture
def redness(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(METHODS, Redness.name, Redness)
    return Redness.name


def test_a_new_method_is_known_everywhere(redness: str, linear: Classifier) -> None:
    photos = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), np.uint8)
    found = attribute(linear, photos, 0, redness)
    np.testing.assert_array_equal(found.maps, photos[..., 0])
    assert method_options(redness) == ("baseline",)
    assert make_method(redness, baseline="white") == Redness("white")
    assert default_palette(found.method) == "inferno"
    assert redness in methods_for(linear)
    assert choose_methods(redness, linear) == [Redness()]
    assert choose_methods(redness, linear, baselines=["blur"]) == [Redness("blur")]
    assert choose_methods(ALL, linear)[-1] == Redness()
    assert Redness() in audit_methods(linear)
    assert audit_methods(linear, [redness]) == [Redness()]


def test_evidence_is_for_networks_that_convert(linear: Classifier, bent: Classifier) -> None:
    assert methods_for(linear) == list(METHODS)
    assert methods_for(bent) == [name for name in METHODS if name != "evidence"]


def test_the_methods_of_a_sheet(linear: Classifier) -> None:
    def names(*arguments: object) -> list[str]:
        return [method.name for method in choose_methods(*arguments)]  # type: ignore[arg-type]

    assert names("occlusion", linear) == ["occlusion"]
    assert names("integrated-gradients", linear) == ["gradient", "integrated-gradients"]
    everything = ["evidence", "grad-cam", "gradient", "integrated-gradients", "occlusion"]
    assert names(ALL, linear) == everything
    both = choose_methods("integrated-gradients", linear, baselines=["black", "blur"])
    assert both[1] == make_method("integrated-gradients", baselines=("black", "blur"))
    layered = choose_methods(ALL, linear, "maps", ["white"])
    assert layered[1] == make_method("grad-cam", layer="maps")
    assert layered[4] == make_method("occlusion", baseline="white")
    with pytest.raises(MethodError, match="occlusion shows one baseline, not 2"):
        choose_methods(ALL, linear, baselines=["black", "white"])
    with pytest.raises(MethodError, match="no method 'lime'; there are: evidence, grad-cam"):
        choose_methods("lime", linear)


def test_an_audit_asks_fewer_steps(linear: Classifier) -> None:
    (path,) = audit_methods(linear, ["integrated-gradients"], "bf16")
    assert path == make_method("integrated-gradients", max_steps=64, precision="bf16")
    with pytest.raises(MethodError, match="no method 'lime' for this network"):
        audit_methods(linear, ["lime"])


def test_the_help_names_every_method() -> None:
    text = " ".join(
        CliRunner().invoke(app, ["explain", "--help"], terminal_width=200).output.split()
    )
    assert [name for name in METHODS if name not in text] == []


def test_settings_that_can_not_be() -> None:
    with pytest.raises(MethodError, match="window"):
        make_method("occlusion", window=2.0)
    with pytest.raises(TypeError):
        make_method("gradient", layer="body")
