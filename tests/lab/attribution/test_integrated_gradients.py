"""Integrated Gradients against hand calculation, Captum, and a dense rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients as CaptumIG
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.errors import MethodError
from glassmask.lab.attribution import IntegratedGradients, attribute
from glassmask.lab.networks.classifier import Classifier

AsClassifier = Callable[[nn.Module, str], Classifier]
Photos = NDArray[np.uint8]


def photos(number: int = 2, height: int = 4, width: int = 6) -> Photos:
    return np.random.default_rng(1).integers(0, 256, (number, height, width, 3), np.uint8)


class Cube(nn.Module):
    """The sum of the cubes of red."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Identity()

    def forward(self, pixels: Tensor) -> Tensor:
        total: Tensor = (self.maps(pixels)[:, :1] ** 3).sum(dim=(2, 3))
        return total


class Step(nn.Module):
    """Steep at a twentieth of the way to a red of 100, and flat elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Identity()

    def forward(self, pixels: Tensor) -> Tensor:
        reds = self.maps(pixels)[:, :1].sum(dim=(2, 3)) / pixels[0, 0].numel()
        return 10 * torch.sigmoid(8 * (reds - 5))


@pytest.mark.parametrize(("baseline", "value"), [("black", 0.0), ("white", 255.0)])
def test_a_straight_line_by_hand(linear: Classifier, baseline: str, value: float) -> None:
    seen = photos()
    found = attribute(linear, seen, 1, IntegratedGradients(baselines=(baseline,)))
    np.testing.assert_allclose(found.maps, 2 * (seen[..., 2] - value) / 24, atol=1e-3)
    assert found.error is not None
    assert found.steps is not None
    assert found.error.max() < 1e-2
    assert found.steps.tolist() == [8, 8]  # a straight line: the first steps are enough


def test_a_cube_by_the_midpoint_rule(as_classifier: AsClassifier) -> None:
    seen = np.zeros((1, 1, 1, 3), np.uint8)
    seen[..., 0] = 2
    # 2 * mean of 3 (2a)^2 over the midpoints of n steps = 8 (1 - 1 / (4 n^2))
    for steps in (1, 3):
        method = IntegratedGradients(first_steps=steps, max_steps=steps)
        found = attribute(as_classifier(Cube(), "maps"), seen, 0, method)
        assert found.error is not None
        np.testing.assert_allclose(found.maps, 8 * (1 - 1 / (4 * steps**2)), rtol=1e-5)
        np.testing.assert_allclose(found.error, 8 / (4 * steps**2), rtol=1e-4)


def test_a_step_is_added_where_the_way_is_off_by_most(as_classifier: AsClassifier) -> None:
    seen = np.zeros((1, 1, 1, 3), np.uint8)
    seen[..., 0] = 2
    # The slope along the way is 24 a^2: 1.5 at 1/4 and 13.5 at 3/4; the map is 7.5 of 8. Stretches
    # are off by 1/4, 1/2 and -5/4: 1/2 in all would do, but 2 without signs is more than 14 % of 8.
    # So 7/8 is added, with slope 18.375; the three count for 1/2, 5/16 and 3/16 of the way.
    method = IntegratedGradients(first_steps=2, max_steps=9, bound=0.07)
    found = attribute(as_classifier(Cube(), "maps"), seen, 0, method)
    assert found.steps is not None
    assert found.steps.tolist() == [3]
    wanted = 1.5 / 2 + 13.5 * 5 / 16 + 18.375 * 3 / 16
    np.testing.assert_allclose(found.maps, wanted, rtol=1e-5)
    assert found.error is not None
    np.testing.assert_allclose(found.error, wanted - 8, rtol=1e-4)
    assert found.expected_sum is not None
    np.testing.assert_allclose(found.expected_sum, 8)


def test_steps_gather_where_the_network_changes(as_classifier: AsClassifier) -> None:
    seen = np.full((1, 2, 2, 3), 100, np.uint8)
    network = as_classifier(Step(), "maps")
    found = attribute(network, seen, 0, IntegratedGradients(max_steps=64))
    even = attribute(network, seen, 0, IntegratedGradients(first_steps=64, max_steps=64))
    assert found.error is not None
    assert even.error is not None
    assert found.steps is not None
    assert found.steps[0] < 64
    assert found.error[0] < 0.5 < even.error[0]  # logits of 10: even steps miss it


def test_steps_stop_at_the_most_and_say_so(bent: Classifier) -> None:
    method = IntegratedGradients(bound=1e-9, first_steps=2, max_steps=7)
    found = attribute(bent, photos(3, 8, 8), 0, method)
    assert found.steps is not None
    assert found.steps.tolist() == [7, 7, 7]
    assert np.isfinite(found.maps).all()


@pytest.mark.parametrize("batch", [1, 5, 64])
def test_even_steps_are_captums(bent: Classifier, batch: int) -> None:
    seen = photos(3, 8, 10)
    method = IntegratedGradients(first_steps=27, max_steps=27, batch=batch)
    found = attribute(bent, seen, 2, method)
    pixels = torch.from_numpy(seen).float().requires_grad_()
    wanted = CaptumIG(bent).attribute(
        pixels, torch.zeros_like(pixels), target=2, n_steps=27, method="riemann_middle"
    )
    own = wanted.sum(dim=3).detach().numpy()
    np.testing.assert_allclose(found.maps, own, atol=1e-5 * np.abs(own).max())


def test_chosen_steps_come_to_what_many_even_ones_do(bent: Classifier) -> None:
    seen = photos(3, 8, 10)
    found = attribute(bent, seen, 2, IntegratedGradients(bound=1e-3))
    dense = attribute(bent, seen, 2, IntegratedGradients(first_steps=999, max_steps=999))
    assert found.steps is not None
    assert found.steps.max() <= 128
    for own, reference in zip(found.maps, dense.maps, strict=True):
        assert np.corrcoef(own.ravel(), reference.ravel())[0, 1] > 0.999


def test_the_error_is_that_of_the_map(bent: Classifier) -> None:
    seen = photos(3, 8, 10)
    found = attribute(bent, seen, 0, IntegratedGradients(bound=0.5, first_steps=3))
    with torch.no_grad():
        ends = bent.logits(
            torch.from_numpy(np.stack([np.zeros_like(seen), seen]).reshape(-1, 8, 10, 3))
        )
    rises = (ends[3:, 0] - ends[:3, 0]).numpy()
    assert found.error is not None
    assert found.expected_sum is not None
    np.testing.assert_allclose(found.expected_sum, rises, atol=1e-5)
    np.testing.assert_allclose(found.error, np.abs(found.maps.sum(axis=(1, 2)) - rises), atol=1e-5)


def test_bf16_is_nearly_the_same(bent: Classifier) -> None:
    seen = photos(2, 8, 8)
    full, half = (
        attribute(bent, seen, 1, IntegratedGradients(max_steps=8, precision=precision))
        for precision in ("f32", "bf16")
    )
    assert half.maps.dtype == np.float32
    assert not np.array_equal(full.maps, half.maps)
    assert np.corrcoef(full.maps.ravel(), half.maps.ravel())[0, 1] > 0.99
    np.testing.assert_allclose(full.values, half.values)


def test_several_baselines_are_their_mean(bent: Classifier) -> None:
    seen = photos(2, 8, 8)
    single = [
        attribute(bent, seen, 1, IntegratedGradients(baselines=(b,))).maps
        for b in ("black", "blur", "mean")
    ]
    together = attribute(
        bent, seen, 1, IntegratedGradients(baselines=("black", "blur", "mean"))
    ).maps
    np.testing.assert_allclose(together, np.mean(single, axis=0), atol=1e-5)


def test_settings_that_make_no_sense() -> None:
    with pytest.raises(MethodError, match="at least one baseline"):
        IntegratedGradients(())
    with pytest.raises(MethodError, match="first_steps"):
        IntegratedGradients(first_steps=0)
