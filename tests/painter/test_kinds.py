from __future__ import annotations

import numpy as np
import pytest

from glassmask.painter import draw_look
from glassmask.painter.kinds import KINDS


def test_looks_are_of_all_kinds_and_the_template_is_one() -> None:
    rng = np.random.default_rng(0)
    looks = [draw_look(rng) for _ in range(400)]
    assert {look.kind for look in looks} == set(KINDS)
    assert len({look.colour for look in looks}) > 300
    plain = [draw_look(rng, "maskedfacenet") for _ in range(50)]
    assert {(look.kind, look.colour) for look in plain} == {("surgical", (0.62, 0.78, 0.90))}
    with pytest.raises(ValueError, match="no style 'oil'"):
        draw_look(rng, "oil")
