"""Every measure of the audit, by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from glassmask.faces.crop import Square, crop
from glassmask.faces.regions import REGIONS
from glassmask.lab.attribution import Evidence, Gradient, attribute
from glassmask.lab.audit.checks import shortcuts
from glassmask.lab.audit.control_maps import CONTROLS, CentredGaussian, Edges, RandomMap
from glassmask.lab.audit.figures import mean_of, pearson, spearman
from glassmask.lab.audit.measures import faithfulness as faithfulness_module
from glassmask.lab.audit.measures.faithfulness import fill_holes, measure_faithfulness, measure_road
from glassmask.lab.audit.measures.localisation import measure_localisation
from glassmask.lab.audit.measures.locality import measure_locality
from glassmask.lab.audit.measures.region_shares import (
    BORDER,
    area_table,
    part_shares,
    region_areas,
    region_shares,
)
from glassmask.lab.audit.measures.sanity import (
    DEPTHS,
    measure_sanity,
    randomise,
    randomise_by_depth,
)
from glassmask.lab.audit.measures.stability import CHANGES, measure_stability
from glassmask.lab.audit.queries import crop_logits, crop_maps, predicted_contrasts, predicted_wears
from glassmask.lab.datasets.pairs import dilate_truth
from glassmask.lab.judging.judge import five_probabilities, said_classes
from glassmask.lab.networks.classifier import Classifier
from glassmask.lab.networks.shipped import network_of_file
from glassmask.labels import WEARS, Wear
from glassmask.painter import demo_photos
from glassmask.verdict import decide

SIDE = 20


@pytest.fixture
def crops() -> NDArray[np.uint8]:
    """Two grey photos, each with a patch of blue, the second's on the right."""
    photos = np.full((2, SIDE, SIDE, 3), 60, np.uint8)
    photos[0, 4:8, 2:6] = photos[1, 4:8, 12:16] = (0, 0, 250)
    return photos


def test_pointing_mass_and_rank() -> None:
    truth = np.zeros((1, 4, 4), np.bool_)
    truth[0, 1, 1:3] = True
    values = np.zeros((1, 4, 4), np.float32)
    values[0, 1, 1], values[0, 0, 0], values[0, 3, 3] = 3.0, 2.0, -9.0
    found = measure_localisation(values, truth)
    assert found.hit.tolist() == [1]
    assert found.mass[0] == pytest.approx(3 / 5)
    assert found.rank[0] == pytest.approx(1 / 2)  # the two highest: one in, one out
    assert found.area[0] == pytest.approx(2 / 16)
    missed = measure_localisation(-values, truth)
    assert (missed.hit[0], missed.mass[0]) == (0, 0)
    flat = measure_localisation(
        np.ones((1, 4, 4), np.float32), truth
    )  # points nowhere: chance at best
    assert (flat.hit[0], flat.rank[0]) == (0, 2 / 16)
    assert flat.mass[0] == pytest.approx(2 / 16)
    assert np.isnan(measure_localisation(values, truth & False).hit[0])
    for nothing in (np.zeros((1, 4, 4), np.float32), -1 - values.clip(0)):
        empty = measure_localisation(nothing, truth)  # speaks for nothing anywhere
        assert (empty.hit[0], empty.mass[0], empty.rank[0]) == (0, 0, 2 / 16)


def test_ties_are_drawn() -> None:
    """Of four maxima one lies right; of the three highest pixels two are of six that are equal."""
    truth = np.zeros((1, 4, 4), np.bool_)
    truth[0, 0, :3] = True
    plateau = np.zeros((1, 4, 4), np.float32)
    plateau[0, :2, 2:] = 5.0
    assert measure_localisation(plateau, truth).hit[0] == pytest.approx(1 / 4)
    steps = np.zeros((1, 4, 4), np.float32)
    steps[0, 3, 3] = 2.0
    steps[0, 0, :3] = steps[0, 2, :3] = 1.0
    assert measure_localisation(steps, truth).rank[0] == pytest.approx(2 * (3 / 6) / 3)
    for place in ((3, 3), (2, 0), (1, 2)):  # one hot pixel, wherever it lies: chance, nearly
        spot = np.zeros((1, 4, 4), np.float32)
        spot[0, *place] = 1.0
        assert measure_localisation(spot, truth).rank[0] == pytest.approx(2 * (3 / 15) / 3)


def test_the_tolerance_is_half_a_cell() -> None:
    truth = np.zeros((160, 160), np.bool_)
    truth[80, 80] = True
    wide = dilate_truth(truth)
    assert wide[80, 88]
    assert not wide[80, 89]
    assert not wide[87, 87]  # a disc


def test_means_by_groups() -> None:
    found = mean_of([1, 1, 1, 0, np.nan], ["a", "a", "a", "b", "c"])
    assert (found.value, found.count, found.people) == (0.75, 4, 2)
    assert (found.low, found.high) == (0, 1)  # two people: one of them alone may be drawn
    sure = mean_of(np.full(50, 0.3), [str(k) for k in range(50)])
    assert [sure.low, sure.high] == pytest.approx([0.3, 0.3])
    empty = mean_of([np.nan], ["a"])
    assert empty.count == 0
    assert empty.to_json() == {"value": None, "interval": None, "count": 0, "people": 0}
    with pytest.raises(ValueError, match="2 faces"):
        mean_of([1.0], ["a", "b"])


def test_correlations() -> None:
    ramp = np.arange(6.0).reshape(2, 3)
    assert pearson(ramp, 2 * ramp + 1) == pytest.approx(1)
    assert spearman(ramp, np.exp(ramp)) == pytest.approx(1)
    assert spearman(ramp, -(ramp**3)) == pytest.approx(-1)
    assert np.isnan(pearson(ramp, np.full((2, 3), 0.1)))
    assert np.isnan(spearman(np.zeros((2, 3)), ramp))


def test_a_local_map_is_local_and_a_spread_one_is_not(
    local: Classifier, spread: Classifier, crops: NDArray[np.uint8]
) -> None:
    regions = np.zeros(crops.shape[:3], np.bool_)
    regions[0, 4:8, 2:6] = regions[1, 4:8, 12:16] = True
    for network, stays, goes in ((local, 1.0, 0.0), (spread, 0.13, 0.87)):
        maps = crop_maps(network, crops, [2, 2], Evidence())
        found = measure_locality(network, crops, [2, 2], maps, regions, Evidence(), "black")
        np.testing.assert_allclose(found.stays, stays, atol=0.02)
        np.testing.assert_allclose(found.goes, goes, atol=0.02)


def test_regions_without_evidence_are_not_counted(
    local: Classifier, crops: NDArray[np.uint8]
) -> None:
    maps = np.zeros(crops.shape[:3], np.float32)
    regions = np.zeros(crops.shape[:3], np.bool_)
    found = measure_locality(local, crops, [2, 2], maps, regions, Evidence(), "mean")
    assert np.isnan(found.stays).all()
    assert np.isnan(found.alike).all()


def test_faithfulness_of_a_true_map_and_of_its_contrary(
    local: Classifier, crops: NDArray[np.uint8]
) -> None:
    maps = crop_maps(local, crops, [2, 2], Evidence())
    incorrect = [WEARS.index(Wear.INCORRECT)] * 2
    true = measure_faithfulness(local, crops, incorrect, maps, "black")
    false = measure_faithfulness(local, crops, incorrect, -maps, "black")
    assert (true.deletion < false.deletion).all()
    assert (true.insertion > false.insertion).all()
    filled = measure_road(local, crops, incorrect, maps)
    assert (filled > 0).all()
    np.testing.assert_allclose(filled, -measure_road(local, crops, incorrect, -maps), atol=0.02)


def test_deletion_by_hand(local: Classifier) -> None:
    """Blue is removed in even steps: the class's chance falls along a logistic curve."""
    photo = np.zeros((1, SIDE, SIDE, 3), np.uint8)
    photo[..., 2] = 200
    flat = np.zeros((1, SIDE, SIDE), np.float32)
    found = measure_faithfulness(local, photo, [WEARS.index(Wear.INCORRECT)], flat, "black")
    left = 200 / 50 * (1 - np.arange(17) / 16)
    chances = np.exp(left) / (np.exp(left) + 2)
    area = (chances[0] / 2 + chances[1:-1].sum() + chances[-1] / 2) / 16
    np.testing.assert_allclose(found.deletion, area, atol=1e-3)
    np.testing.assert_allclose(found.insertion, found.deletion, atol=1e-3)


def test_holes_are_filled_as_the_equations_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rong et al. 2022: 1/6 beside, 1/12 across, over those that there are; solved densely."""
    monkeypatch.setattr(faithfulness_module, "_NOISE", 0.0)
    rng = np.random.default_rng(3)
    photo = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    holes = rng.random((5, 7)) < 0.5
    holes[0, :2] = True  # at the border and in its corner
    places = [(y, x) for y in range(5) for x in range(7)]
    matrix, wanted = np.eye(35), photo.reshape(-1, 3).astype(float)
    for own, (y, x) in enumerate(places):
        if holes[y, x]:
            near = {
                other: 1 / 6 if abs(v - y) + abs(u - x) == 1 else 1 / 12
                for other, (v, u) in enumerate(places)
                if other != own and abs(v - y) <= 1 and abs(u - x) <= 1
            }
            for other, weight in near.items():
                matrix[own, other] = -weight / sum(near.values())
            wanted[own] = 0
    solved = np.linalg.solve(matrix, wanted).reshape(5, 7, 3)
    assert np.abs(fill_holes(photo, holes, rng) - solved).max() <= 0.5 + 1e-9


def test_holes_are_filled_with_what_is_around() -> None:
    rng = np.random.default_rng(0)
    ramp = np.tile(np.linspace(20, 220, 30)[None, :, None], (24, 1, 3)).round().astype(np.uint8)
    holes = np.zeros((24, 30), np.bool_)
    holes[6:18, 8:22] = True
    filled = fill_holes(ramp, holes, rng).astype(int)
    np.testing.assert_array_equal(filled[~holes], ramp[~holes])
    assert np.abs(filled[holes] - ramp[holes]).max() < 14  # the mean of neighbours keeps a ramp
    assert np.abs(filled[holes] - ramp[holes]).mean() < 4
    flat = np.full((9, 9, 3), 77, np.uint8)
    all_but_one = np.ones((9, 9), np.bool_)
    all_but_one[0, 0] = False
    assert np.abs(fill_holes(flat, all_but_one, rng).astype(int) - 77).max() < 14
    everything = np.ones((9, 9), np.bool_)
    np.testing.assert_array_equal(fill_holes(flat, everything, rng), flat)
    np.testing.assert_array_equal(fill_holes(flat, ~everything, rng), flat)


def test_randomised_networks(bent: Classifier, crops: NDArray[np.uint8]) -> None:
    before = {name: value.clone() for name, value in bent.state_dict().items()}
    head, every = randomise(bent, 0.0, crops), randomise(bent, 1.0, crops)
    changed = {
        name
        for name, value in head.state_dict().items()
        if value.ndim > 1 and not torch.equal(value, before[name])
    }
    assert changed == {"network.classifier.3.weight"}
    kernels = [name for name, value in before.items() if value.ndim > 1 and "weight" in name]
    assert all(not torch.equal(every.state_dict()[name], before[name]) for name in kernels)
    assert all(torch.equal(value, before[name]) for name, value in bent.state_dict().items())
    maps = crop_maps(bent, crops, [0, 1], Gradient())
    learnt = measure_sanity(randomise_by_depth(bent, crops), crops, [0, 1], maps, Gradient())
    assert list(learnt) == list(DEPTHS)
    assert np.isfinite(learnt["all"]).all()
    assert np.abs(learnt["all"]).max() < 0.6
    edges = crop_maps(bent, crops, [0, 1], Edges())
    blind = measure_sanity(randomise_by_depth(bent, crops), crops, [0, 1], edges, Edges())
    np.testing.assert_allclose(blind["all"], 1)  # it never looked at the network
    constant = measure_sanity(
        randomise_by_depth(bent, crops), crops, [0, 1], np.ones_like(maps), Gradient()
    )
    assert np.isnan(constant["all"]).all()  # shows nothing


def test_a_randomised_head_is_the_copys_own(local: Classifier, crops: NDArray[np.uint8]) -> None:
    """Its evidence must add up to its own logits, not to those of the network it is a copy of."""
    drawn = randomise(local, 0.0, crops)
    found = attribute(drawn, crops, 0, Evidence())
    assert found.error is not None
    assert found.error.max() < 1e-5
    assert not np.allclose(found.maps, attribute(local, crops, 0, Evidence()).maps)


def test_randomised_networks_still_tell_photos_apart() -> None:
    """Also the shipped one, whose BatchNorms are folded away."""
    network = network_of_file()
    photos = np.stack(
        [crop(p, Square(0, 0, min(p.shape[:2])), 160) for p in demo_photos().values()]
    )
    drawn = randomise(network, 1.0, photos)
    own, other = (crop_logits(some, photos).std(axis=0) for some in (network, drawn))
    assert other.max() > 0.01 * own.max()  # drawn and left alone: 0.002
    before = network.stem(torch.zeros(1, 3, 160, 160))
    assert not torch.equal(drawn.get_submodule("stem")(torch.zeros(1, 3, 160, 160)), before)


def test_stability(local: Classifier, crops: NDArray[np.uint8]) -> None:
    crops = crops.copy()
    crops[:, :, :, 1] += 100  # sure enough of its wear to stay with it
    maps = crop_maps(local, crops, [2, 2], Evidence())
    found = measure_stability(local, crops, [2, 2], maps, Evidence())
    assert list(found) == list(CHANGES)
    assert found["shift by 3 px"] == pytest.approx(1)
    assert (found["noise"] > 0.9).all()
    assert (found["JPEG"] > 0.5).all()


def test_region_shares() -> None:
    regions = np.full((1, SIDE, SIDE), REGIONS.index("background"), np.uint8)
    regions[0, 10:, :] = REGIONS.index("mouth")
    maps = np.zeros((2, SIDE, SIDE), np.float32)
    maps[0, 12, 5], maps[0, 0, 0], maps[0, 5, 5] = 3.0, 1.0, -7.0
    found = region_shares(maps, np.repeat(regions, 2, axis=0))
    assert found["mouth"][0] == pytest.approx(0.75)
    assert found["background"][0] == pytest.approx(0.25)
    assert found[BORDER][0] == pytest.approx(0.25)
    assert np.isnan([values[1] for values in found.values()]).all()
    areas = region_areas(regions)
    assert areas["mouth"] == areas["background"] == 0.5
    assert areas[BORDER] == pytest.approx(1 - 18**2 / 20**2)
    told = {name: float(values[0]) for name, values in found.items()}
    assert shortcuts(told, areas) == ["background", BORDER]  # a quarter is too much anywhere
    assert shortcuts({**told, "background": 0.19}, areas) == [BORDER]  # less than its area
    assert shortcuts({**told, BORDER: 0.09}, areas) == ["background"]  # hardly any
    assert shortcuts({**told, BORDER: 0.15}, {**areas, BORDER: 0.1}) == ["background", BORDER]


def test_shares_by_part_by_hand() -> None:
    """1 + 2 of 6 in the first column; the negative value is no evidence; an empty map has none."""
    maps = np.array([[[1, 3], [2, -4]], [[0, -1], [0, 0]]], np.float32)
    labels = np.array([[[0, 2], [0, 2]]] * 2, np.uint8)
    found = part_shares(maps, labels, ("one", "two", "three"))
    assert found["one"][0] == pytest.approx(0.5)
    assert found["two"][0] == 0
    assert found["three"][0] == pytest.approx(0.5)
    assert all(np.isnan(values[1]) for values in found.values())
    table = area_table(labels, ("one", "two", "three"), ["a", "b"])
    assert (table["one"].value, table["two"].value, table["three"].count) == (0.5, 0, 2)


def test_what_a_network_says() -> None:
    five = np.array([[3, 0, 0, 0, 0], [0, 1, 0, 1.5, 0], [0, 0, 1, 0.9, 0.9]], np.float32)
    assert predicted_wears(five) == [Wear.NONE, Wear.INCORRECT, Wear.INCORRECT]
    assert [(c.this, c.that) for c in predicted_contrasts(five)] == [(0, 1), (3, 1), (2, 0)]
    # The largest is *correct*, but the three incorrect classes together are likelier.
    together = np.array([[0, 2.0, 1.9, 1.8, -1]], np.float32)
    assert predicted_wears(together) == [Wear.INCORRECT]
    assert [(c.this, c.that) for c in predicted_contrasts(together)] == [(2, 1)]
    assert decide(five_probabilities(together, 1.0)[0]) == "nose"
    assert said_classes(together, 0.1) == [1]  # as sure as that, it says the largest
    three = np.array([[0, 2, 1], [0, 1, 2]], np.float32)
    assert predicted_wears(three) == [Wear.CORRECT, Wear.INCORRECT]
    assert [(c.this, c.that) for c in predicted_contrasts(three)] == [(1, 2), (2, 1)]


def test_controls_know_nothing_of_the_network(
    local: Classifier, bent: Classifier, crops: NDArray[np.uint8]
) -> None:
    for control in CONTROLS:
        one, other = (attribute(network, crops, 0, control).maps for network in (local, bent))
        np.testing.assert_array_equal(one, other)
        assert np.ptp(one[0]) > 0
    random = attribute(local, crops, 0, RandomMap()).maps
    assert random.shape == (2, 10, 10)
    assert not np.array_equal(random[0], random[1])
    bell = attribute(local, crops, 0, CentredGaussian()).maps[0]
    assert bell.argmax() in (9 * SIDE + 9, 9 * SIDE + 10, 10 * SIDE + 9, 10 * SIDE + 10)
    np.testing.assert_allclose(bell, bell[::-1, ::-1], atol=1e-6)
    edges = attribute(local, crops, 0, Edges()).maps[0]
    assert edges[5, 1] > 0
    assert edges[15, 15] == 0
