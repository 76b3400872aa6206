"""Times of frames, of which each is later than the one before."""

from __future__ import annotations

from fractions import Fraction


class Clock:
    """Times of which each is later than the one before.

    Files have frames without times, or with the same, and joined streams jump back.
    """

    def __init__(self, rate: Fraction | None) -> None:
        """Start at zero.

        Args:
            rate: frames a second, for where a time is missing; None: 25.
        """
        self._step = float(1 / rate) if rate and 1 <= rate <= 240 else 1 / 25
        self.restart()

    def restart(self) -> None:
        """Frames begin anew, at any time."""
        self.now = self._shift = 0.0
        self._is_new = True

    def tick(self, given: float | None) -> float:
        """The time of the next frame, in seconds.

        Args:
            given: what the file says; None where it does not.
        """
        if given is None:
            time = self.now if self._is_new else self.now + self._step
        elif self._is_new:
            self._shift = max(0.0, -given)
            time = given + self._shift
        else:
            time = given + self._shift
            if time < self.now - 0.5:  # another stream begins
                time = self.now + self._step
                self._shift = time - given
            time = max(time, self.now + 0.001)
        self._is_new = False
        self.now = time
        return time
