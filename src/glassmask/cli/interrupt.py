"""Stop at a good moment: between two photos, whatever asked for it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, Final, TypeAlias

_SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


_Handler: TypeAlias = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


class WaitEnded(KeyboardInterrupt):
    """A signal came while nothing was done but waiting."""


class StopRequest:
    """While entered, the first Ctrl-C (or SIGTERM, SIGHUP) only sets `wanted`; a second ends.

    It also ends `waiting`, which might else never end.

    Attributes:
        wanted: the signal that came; None as long as none did.
    """

    def __init__(self) -> None:
        self.wanted: int | None = None
        self._is_waiting = False
        self._before: dict[int, _Handler] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.wanted is not None:
            raise KeyboardInterrupt
        self.wanted = number
        if self._is_waiting:
            raise WaitEnded

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """While entered, the first signal raises `WaitEnded`."""
        self._is_waiting = True
        try:
            yield
        finally:
            self._is_waiting = False


@dataclass(slots=True)
class Ending:
    """What ended the work.

    Attributes:
        number: of the signal; that of Ctrl-C as long as none came.
    """

    number: int = signal.SIGINT

    @property
    def exit_code(self) -> int:
        """What shells call an end by that signal."""
        return 128 + self.number


@contextlib.contextmanager
def ended_by_signals() -> Iterator[Ending]:
    """While entered, SIGTERM and SIGHUP end the work as Ctrl-C does: by a `KeyboardInterrupt`."""
    ending, before = Ending(), {}

    def interrupt(number: int, _frame: FrameType | None) -> None:
        ending.number = number
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
