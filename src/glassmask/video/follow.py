"""Find, follow and judge faces over frames, at a pace: finding goes on beside the frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from glassmask.checker import Checker
from glassmask.faces.face import Face
from glassmask.faces.finder import MIN_FACE
from glassmask.verdict import Verdict
from glassmask.video.events import Event, History
from glassmask.video.moment import Tracked
from glassmask.video.pace import Pace
from glassmask.video.source import Frame
from glassmask.video.state import LOOKS, Smoother
from glassmask.video.tracks import Track, Tracks

Result = TypeVar("Result")


@dataclass(slots=True, eq=False)
class _Look:
    """What is known of one track beside where it is."""

    history: History
    smoother: Smoother = field(default_factory=Smoother)
    votes: int = 0
    verdict: Verdict | None = None
    judged_at: float | None = None
    asked_at: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Task(Generic[Result]):
    """What is done beside the frames for one of them."""

    time: float
    is_corrupt: bool
    tracks: tuple[int, ...]
    result: Future[Result]


class Follower:
    """Follows everyone through the frames of one source; `close` it at the end.

    Results do not depend on how fast the machine is where frames are not live: what is found or
    judged beside them counts from a fixed time of film on, and is waited for.
    """

    def __init__(
        self, checker: Checker, pace: Pace, *, is_live: bool, min_face: float = MIN_FACE
    ) -> None:
        """Start with nobody.

        Args:
            checker: finds, follows and judges; one thread a network serves best here.
            pace: how often.
            is_live: whether results count as soon as they are there.
            min_face: leave out smaller faces, in pixels.
        """
        self._checker, self._pace, self._is_live = checker, pace, is_live
        self._min_face = min_face
        self._tracks = Tracks()
        self._looks: dict[int, _Look] = {}
        self._beside = ThreadPoolExecutor(1, "glassmask find")
        self._finding: _Task[tuple[Face, ...]] | None = None
        self._judging: list[_Task[tuple[Verdict, ...]]] = []
        self._found_at = self._closer_at = self._followed_at = -1e9
        self._passed: list[Frame] = []  # since the frame in which is being found
        self._shape: tuple[int, ...] | None = None
        self._is_wanted = False

    def step(self, frame: Frame) -> tuple[tuple[Tracked, ...], tuple[Event, ...]]:
        """Take the next frame.

        Returns:
            Everyone followed, and what has become known.
        """
        events: list[Event] = []
        if self._shape not in (None, frame.pixels.shape):
            events += self.leave_all()
        is_first, self._shape = self._shape is None, frame.pixels.shape
        if self._pace.is_exact:
            self._tracks.meet(frame.time, self._find(frame.pixels))
            self._ask_all(frame)
        else:
            if is_first:  # there is nobody yet: the first find is waited for
                self._tracks.meet(frame.time, self._find(frame.pixels))
                self._found_at = self._closer_at = self._followed_at = frame.time
            self._take_found(frame)
            self._follow(frame)
            if self._is_due(self._found_at, self._pace.find, frame) or self._is_wanted:
                self._start_finding(frame)
            self._ask_all(frame)
        events += self._take_judged(frame)
        for track in self._tracks.drop(frame.time):
            events += self._leave(track)
        return self.told(frame.time), tuple(events)

    def leave_all(self) -> list[Event]:
        """Everyone leaves: the film has ended, or goes on as another; open work is thrown away."""
        self._finding, self._judging, self._is_wanted = None, [], False
        self._found_at = -1e9
        return [event for track in self._tracks.end() for event in self._leave(track)]

    def finish(self) -> list[Event]:
        """The film has ended: what is still being judged counts, then everyone leaves."""
        events = self._judge_open(lambda _task: True)
        return events + self.leave_all()

    def close(self) -> None:
        """End the thread beside the frames."""
        self._beside.shutdown(wait=True, cancel_futures=True)

    def _find(self, pixels: NDArray[np.uint8], closer: bool = True) -> tuple[Face, ...]:
        return self._checker.find(pixels, min_face=self._min_face, tiles=closer)

    def _is_due(self, last: float, every: float, frame: Frame) -> bool:
        return frame.time - last >= every - 1e-6

    def _counts(self, task: _Task[Result], frame: Frame) -> bool:
        """Whether what a task gives counts from this frame on."""
        if self._is_live:
            return task.result.done()
        return self._is_due(task.time, self._pace.late, frame)

    def _take_found(self, frame: Frame) -> None:
        """Take what was found in a frame that has passed, and catch up with those it is new of."""
        if self._finding is None:
            return
        if not self._counts(self._finding, frame):
            self._passed.append(frame)
            return
        time, faces = self._finding.time, self._finding.result.result()
        self._finding = None
        behind = self._tracks.meet(time, faces)
        for passed in self._passed:
            if behind and passed.time > time:
                behind = self._look_for(passed, behind)
        self._passed = []

    def _follow(self, frame: Frame) -> None:
        if not self._is_due(self._followed_at, self._pace.follow, frame):
            return
        last, self._followed_at = self._followed_at, frame.time
        known = [track for track in self._tracks.tracks if track.seen >= last]
        if len(self._look_for(frame, known)) < len(known):
            self._is_wanted = True

    def _look_for(self, frame: Frame, tracks: list[Track]) -> list[Track]:
        """Follow tracks into a frame; those that are seen there."""
        if not tracks:
            return []
        faces = self._checker.follow(
            frame.pixels, [track.face for track in tracks], min_face=self._min_face
        )
        self._tracks.follow(frame.time, tracks, faces)
        return [track for track, face in zip(tracks, faces, strict=True) if face is not None]

    def _start_finding(self, frame: Frame) -> None:
        if self._finding is None:
            closer = self._is_due(self._closer_at, self._pace.closer, frame)
            self._closer_at = frame.time if closer else self._closer_at
            result = self._beside.submit(self._find, frame.pixels, closer)
            self._finding = _Task(frame.time, frame.is_corrupt, (), result)
            self._found_at, self._is_wanted, self._passed = frame.time, False, []

    def _ask_all(self, frame: Frame) -> None:
        """Have those judged that are due, all in one go."""
        due: list[Track] = []
        for track in self._tracks.seen_at(frame.time):
            look = self._looks.setdefault(track.number, _Look(History(track.number)))
            # Until a track has a state it is looked at twice as often.
            every = self._pace.judge * (0.5 if look.votes < LOOKS else 1.0)
            if look.asked_at is None or self._is_due(look.asked_at, every, frame):
                look.asked_at = frame.time
                due.append(track)
        if due:
            faces = [track.face for track in due]
            result = self._run(self._checker.judge, frame.pixels, faces)
            numbers = tuple(track.number for track in due)
            self._judging.append(_Task(frame.time, frame.is_corrupt, numbers, result))

    def _run(
        self,
        judge: Callable[[NDArray[np.uint8], Sequence[Face]], tuple[Verdict, ...]],
        pixels: NDArray[np.uint8],
        faces: Sequence[Face],
    ) -> Future[tuple[Verdict, ...]]:
        return self._beside.submit(judge, pixels, faces)

    def _take_judged(self, frame: Frame) -> list[Event]:
        return self._judge_open(lambda task: self._counts(task, frame))

    def _judge_open(self, counts: Callable[[_Task[tuple[Verdict, ...]]], bool]) -> list[Event]:
        events: list[Event] = []
        while self._judging and counts(self._judging[0]):
            task = self._judging.pop(0)
            for number, verdict in zip(task.tracks, task.result.result(), strict=True):
                look = self._looks.get(number)
                if look is None:  # it has left
                    continue
                look.verdict, look.judged_at = verdict, task.time
                if look.smoother.look(task.time, verdict, is_corrupt=task.is_corrupt):
                    look.votes += 1
                    state = look.smoother.state(task.time)
                    events += look.history.note(task.time, state, verdict)
        return events

    def _leave(self, track: Track) -> list[Event]:
        look = self._looks.pop(track.number, None)
        return [] if look is None else list(look.history.leave(track.seen))

    def told(self, time: float) -> tuple[Tracked, ...]:
        """Everyone followed, at a time."""
        told: list[Tracked] = []
        for track in self._tracks.tracks:
            look = self._looks.get(track.number) or _Look(History(track.number))
            told.append(
                Tracked(
                    track=track.number,
                    face=track.face,
                    is_seen=track.seen == time,
                    state=look.smoother.state(time),
                    verdict=look.verdict,
                    judged_at=look.judged_at,
                )
            )
        return tuple(told)
