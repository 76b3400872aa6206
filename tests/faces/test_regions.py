from __future__ import annotations

import numpy as np
import pytest

from glassmask.faces.regions import REGIONS, mean_regions


@pytest.mark.parametrize("size", [32, 160, 224])
def test_every_pixel_has_one_of_the_regions_and_all_occur(size: int) -> None:
    regions = mean_regions(size)
    assert regions.shape == (size, size)
    assert set(np.unique(regions)) == set(range(len(REGIONS)))


def test_regions_lie_in_the_order_of_a_face() -> None:
    regions = mean_regions(160)
    middle = [
        np.argwhere(regions == REGIONS.index(name))[:, 0].mean()
        for name in ("forehead", "eyes", "nose", "mouth", "chin")
    ]
    assert middle == sorted(middle)
    assert regions[0, 0] == REGIONS.index("outside")


def test_regions_are_about_alike_left_and_right() -> None:
    regions = mean_regions(160)
    assert (regions == regions[:, ::-1]).mean() > 0.9


def test_regions_can_not_be_changed_by_accident() -> None:
    with pytest.raises(ValueError, match="read-only"):
        mean_regions(32)[0, 0] = 1
