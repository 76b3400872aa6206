"""Maps that know nothing of a network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import attribute
from glassmask.lab.audit.control_maps import CONTROLS, CentredGaussian, Edges, RandomMap
from glassmask.lab.networks.classifier import Classifier

SIDE = 20


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
