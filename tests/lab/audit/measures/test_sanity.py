"""Networks with weights drawn anew, and how like their maps are."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.faces.crop import Square, crop
from glassmask.lab.attribution import Evidence, Gradient, attribute
from glassmask.lab.audit.control_maps import Edges
from glassmask.lab.audit.measures.sanity import (
    DEPTHS,
    measure_sanity,
    randomise,
    randomise_by_depth,
)
from glassmask.lab.audit.queries import crop_maps, crop_scores
from glassmask.lab.networks.classifier import Classifier
from glassmask.lab.networks.shipped import rebuild_network
from glassmask.networks.manifest import load_wear_network
from glassmask.painter import demo_photos


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
    network = rebuild_network()
    size = load_wear_network()[1].input_size
    photos = np.stack(
        [crop(p, Square(0, 0, min(p.shape[:2])), size) for p in demo_photos().values()]
    )
    drawn = randomise(network, 1.0, photos)
    own, other = (crop_scores(some, photos).std(axis=0) for some in (network, drawn))
    assert other.max() > 0.01 * own.max()  # drawn and left alone: 0.002
    before = network.stem(torch.zeros(1, 3, 160, 160))
    assert not torch.equal(drawn.get_submodule("stem")(torch.zeros(1, 3, 160, 160)), before)
