"""How often faces are found and judged, in seconds of film: the same at 25 and 60 frames each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

PaceName: TypeAlias = Literal["exact", "normal", "light"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is looked, in seconds of film.

    Attributes:
        find: between two finds of new faces; 0: in every frame.
        closer: between two finds that also look closer where faces are small; never more often
            than `find`.
        judge: between two looks at how a face wears its mask; 0: in every frame.
        follow: between two looks at where a known face is now; 0: in every frame.
        late: after which what was found or judged counts, in a film: finding goes on beside the
            frames, and a result that came when it came would differ from machine to machine.
    """

    find: float = 0.2
    closer: float = 0.4
    judge: float = 0.3
    follow: float = 0.05
    late: float = 0.12

    def __post_init__(self) -> None:
        for seconds in (self.find, self.closer, self.judge, self.follow, self.late):
            if not 0 <= seconds < math.inf:
                raise ValueError(f"a pace is in seconds, 0 or more, got {seconds}")

    @property
    def is_exact(self) -> bool:
        """Whether every frame is found and judged in, as `Checker.check` would."""
        return self.find == self.closer == self.judge == 0


PACES: Final[dict[PaceName, Pace]] = {
    "exact": Pace(find=0.0, closer=0.0, judge=0.0, follow=0.0, late=0.0),
    "normal": Pace(),
    "light": Pace(find=0.5, closer=2.0, judge=0.6, follow=0.1, late=0.25),
}
"""`exact`: every frame. `normal`: for two cores. `light`: for one."""
