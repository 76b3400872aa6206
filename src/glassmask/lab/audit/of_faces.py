"""What real faces say of a method: nobody knows the truth, so it is tried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import Contrast, Method
from glassmask.lab.audit.faithfulness import faithfulness, road
from glassmask.lab.audit.figures import Table, mean_of
from glassmask.lab.audit.locality import HIDING
from glassmask.lab.audit.maps import Asked, ask, contrasts, logits_of, stacked, wear_of
from glassmask.lab.audit.parts import SEGMENTS, parts_table
from glassmask.lab.audit.reasons import by_class, shares_by_region
from glassmask.lab.audit.sanity import Drawn, sanity
from glassmask.lab.audit.sizes import Sizes, rows_of
from glassmask.lab.audit.stability import stability
from glassmask.lab.audit.subjects import Subject, parts_in
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.labels import WEARS

SEGMENTS_TEST: Final = "parts, MaskedFace-Net"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Faces, and what every method is asked of them: why what the network says, not the next.

    Attributes:
        faces: one or more.
        crops: RGB uint8 (N, S, S, 3).
        targets: of each.
        said: int64 (N,), what the network says, positions in `WEARS`.
        groups: whose each is.
    """

    faces: Sequence[Subject]
    crops: NDArray[np.uint8]
    targets: Sequence[Contrast]
    said: NDArray[np.int64]
    groups: Sequence[str]

    @classmethod
    def to(cls, network: PhotoNetwork, faces: Sequence[Subject]) -> Shown:
        """Show them to a network in evaluation mode."""
        crops = stacked(faces)
        logits = logits_of(network, crops)
        return cls(
            faces,
            crops,
            contrasts(logits),
            np.array([WEARS.index(wear) for wear in wear_of(logits)]),
            [face.record.group for face in faces],
        )


def of_faces(
    network: PhotoNetwork, drawn: Drawn, shown: Shown, method: Method, sizes: Sizes, *, asks: bool
) -> dict[str, Table]:
    """Regions, completeness, faithfulness, sanity and stability, of what the network says.

    Args:
        network: in evaluation mode.
        drawn: the same with weights drawn anew, of `sanity.draw`.
        shown: the faces.
        method: is asked.
        sizes: how many of them are for the tests that ask often.
        asks: whether the method knows the network: what does not is not asked for stability.
    """
    crops, targets, groups = shown.crops, shown.targets, shown.groups
    asked = ask(network, crops, targets, method)
    found = _regions(shown.faces, asked.maps, groups)
    if asked.error is not None:
        found["completeness"] = _completeness(asked, groups)
    wears = [face.record.wear for face in shown.faces]
    some, few = rows_of(wears, sizes.faithful), rows_of(wears, sizes.few)
    asking_most = (crops[some], shown.said[some], asked.maps[some])
    own = [groups[row] for row in some]
    for hiding in HIDING:
        areas = faithfulness(network, *asking_most, hiding)
        table = {"deletion": areas.deletion, "insertion": areas.insertion}
        if hiding == HIDING[0]:  # ROAD fills by itself: once is enough
            table["road"] = road(network, *asking_most)
        found[f"faithfulness, {hiding}"] = {
            name: mean_of(values, own) for name, values in table.items()
        }
    own = [groups[row] for row in few]
    asking = (crops[few], [targets[row] for row in few], asked.maps[few], method)
    alike = sanity(drawn, *asking)
    found["sanity"] = {depth: mean_of(values, own) for depth, values in alike.items()}
    if asks:
        alike = stability(network, *asking)
        found["stability"] = {name: mean_of(values, own) for name, values in alike.items()}
    return found


def of_segments(network: PhotoNetwork, shown: Shown, method: Method) -> dict[str, Table]:
    """Parts, of what the network says, on faces whose segments are known."""
    maps = ask(network, shown.crops, shown.targets, method).maps
    return {SEGMENTS_TEST: parts_table(maps, parts_in(shown.faces), SEGMENTS, shown.groups)}


def _regions(
    faces: Sequence[Subject], maps: NDArray[np.float32], groups: Sequence[str]
) -> dict[str, Table]:
    """Shares by region, of all faces and of each wear."""
    shares = shares_by_region(maps, np.stack([face.regions for face in faces]))
    rows = {"all": list(range(len(faces))), **by_class([str(f.record.wear) for f in faces])}
    return {
        f"regions, {name}": {
            region: mean_of(values[some], [groups[row] for row in some])
            for region, values in shares.items()
        }
        for name, some in rows.items()
    }


def _completeness(asked: Asked, groups: Sequence[str]) -> Table:
    """Errors in logits, and over the size of what is explained."""
    assert asked.error is not None
    assert asked.expected_sum is not None
    relative = asked.error / np.maximum(np.abs(asked.expected_sum), 0.1)
    return {"error": mean_of(asked.error, groups), "relative": mean_of(relative, groups)}
