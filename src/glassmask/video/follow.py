"""Find, follow and judge faces over frames, at a pace: finding goes on beside the frames."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from glassmask.checker import Checker
from glassmask.faces.face import Face
from glassmask.faces.finder import MIN_FACE
from glassmask.verdict import Verdict
from glassmask.video.events import Event, History
from glassmask.video.moment import Tracked
from glassmask.video.pace import Pace
from glassmask.video.source import Frame
from glassmask.video.state import Smoother
from glassmask.video.tracks import Track, Tracks

Result = TypeVar("Result")

CATCH_UP_EVERY: Final = 0.04
CATCH_UP_FRAMES: Final = 16
"""Whoever is new in a frame that has passed is followed through what came since: through frames so
many seconds apart, and the newest so many of them, as each is kept until then."""


TRY_FOR: Final = 0.15
"""Seconds for which a face that is not seen is looked for where it should be by now."""

HELD: Final = 0.1
"""Seconds for which it counts as seen all the same: a look may fail where a head turns."""


@dataclass(slots=True, eq=False)
class _Look:
    """What is known of one track beside where it is."""

    history: History
    smoother: Smoother = field(default_factory=Smoother)
    verdict: Verdict | None = None
    judged_at: float | None = None
    asked_at: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Task(Generic[Result]):
    """What is done beside the frames for one of them."""

    frame: Frame
    result: Future[Result]
    tracks: tuple[int, ...] = ()
    closer: bool = False


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
        self._held = 0.0 if pace.is_exact else max(pace.follow, HELD)
        self._tracks = Tracks()
        self._looks: dict[int, _Look] = {}
        self._beside = ThreadPoolExecutor(1, "glassmask find")
        self._finding: _Task[tuple[Face, ...]] | None = None
        self._judging: list[_Task[tuple[Verdict, ...]]] = []
        self._found_at = self._closer_at = self._followed_at = -1e9
        self._passed: deque[Frame] = deque(maxlen=CATCH_UP_FRAMES)  # since that frame
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
        for track in self._tracks.drop(frame.time):
            events += self._leave(track)
        is_first, self._shape = self._shape is None, frame.pixels.shape
        if self._pace.is_exact or is_first:  # of a first frame, too, the find is waited for
            self._tracks.meet(frame.time, self._find(frame))
            self._found_at = self._closer_at = self._followed_at = frame.time
        else:
            self._take_found(frame)
            self._follow(frame)
            if self._is_due(self._found_at, self._pace.find, frame) or self._is_wanted:
                self._start_finding(frame)
        self._ask_all(frame)
        events += self._judge_open(lambda task: self._counts(task, frame))
        return self.told(frame.time), tuple(events)

    def leave_all(self) -> list[Event]:
        """Everyone leaves: the film has ended, or goes on as another; open work is thrown away."""
        self._finding, self._judging, self._is_wanted = None, [], False
        self._passed.clear()
        self._found_at = self._closer_at = -1e9
        return [event for track in self._tracks.end() for event in self._leave(track)]

    def finish(self) -> list[Event]:
        """The film has ended: what is still being judged counts, then everyone leaves."""
        events = self._judge_open(lambda _task: True)
        return events + self.leave_all()

    def close(self) -> None:
        """End the thread beside the frames."""
        self._beside.shutdown(wait=True, cancel_futures=True)

    def _find(self, frame: Frame, *, closer: bool = True) -> tuple[Face, ...]:
        return self._checker.find(frame.pixels, min_face=self._min_face, tiles=closer)

    def _is_due(self, last: float, every: float, frame: Frame) -> bool:
        return frame.time - last >= every - 1e-6

    def _counts(self, task: _Task[Result], frame: Frame) -> bool:
        """Whether what a task gives counts from this frame on."""
        if self._is_live and not self._pace.is_exact:
            return task.result.done()
        return self._is_due(task.frame.time, self._pace.late, frame)

    def _take_found(self, frame: Frame) -> None:
        """Take what was found in a frame that has passed, and catch up with those it is new of."""
        task = self._finding
        if task is None:
            return
        if not self._counts(task, frame):
            last = self._passed[-1].time if self._passed else task.frame.time
            if self._is_due(last, CATCH_UP_EVERY, frame):
                self._passed.append(frame)
            return
        self._finding = None
        behind = self._tracks.meet(task.frame.time, task.result.result(), closer=task.closer)
        for passed in self._passed:
            behind = self._look_for(passed, behind)
        self._look_for(frame, behind)
        self._passed.clear()

    def _follow(self, frame: Frame) -> None:
        """Follow those who were there when that was last done; `_take_found` did the others."""
        if not self._is_due(self._followed_at, self._pace.follow, frame):
            return
        self._followed_at = frame.time
        known = [
            track
            for track in self._tracks.tracks
            if frame.time - TRY_FOR <= track.seen < frame.time and not track.is_doubted
        ]
        if len(self._look_for(frame, known)) < len(known):
            self._is_wanted = True

    def _look_for(self, frame: Frame, tracks: list[Track]) -> list[Track]:
        """Follow tracks into a frame; those that are seen there."""
        if not tracks:
            return []
        faces = self._checker.follow(
            frame.pixels, [track.at(frame.time) for track in tracks], min_face=self._min_face
        )
        self._tracks.follow(frame.time, tracks, faces)
        return [track for track, face in zip(tracks, faces, strict=True) if face is not None]

    def _start_finding(self, frame: Frame) -> None:
        if self._finding is not None:
            return
        closer = self._is_due(self._closer_at, self._pace.closer, frame)
        self._closer_at = frame.time if closer else self._closer_at
        result = self._beside.submit(self._find, frame, closer=closer)
        self._finding = _Task(frame, result, closer=closer)
        self._found_at, self._is_wanted = frame.time, False
        self._passed.clear()

    def _ask_all(self, frame: Frame) -> None:
        """Have those judged that are due, all in one go."""
        if self._is_live and self._judging:
            return  # it is late already: asking for more would pile up
        due: list[Track] = []
        for track in self._tracks.seen_at(frame.time):
            look = self._looks.setdefault(track.number, _Look(History(track.number)))
            # Until a track has a state it is looked at twice as often.
            every = self._pace.judge * (0.5 if look.smoother.is_new else 1.0)
            if look.asked_at is None or self._is_due(look.asked_at, every, frame):
                look.asked_at = frame.time
                due.append(track)
        if due:
            faces = [track.face for track in due]
            result = self._beside.submit(self._checker.judge, frame.pixels, faces)
            self._judging.append(_Task(frame, result, tuple(track.number for track in due)))

    def _judge_open(self, counts: Callable[[_Task[tuple[Verdict, ...]]], bool]) -> list[Event]:
        events: list[Event | None] = []
        while self._judging and counts(self._judging[0]):
            task = self._judging.pop(0)
            time = task.frame.time
            for number, verdict in zip(task.tracks, task.result.result(), strict=True):
                look = self._looks.get(number)
                if look is None:  # it has left
                    continue
                look.verdict, look.judged_at = verdict, time
                if look.smoother.look(time, verdict, is_corrupt=task.frame.is_corrupt):
                    events.append(look.history.note(time, look.smoother.state(time), verdict))
        return [event for event in events if event is not None]

    def _leave(self, track: Track) -> list[Event]:
        look = self._looks.pop(track.number, None)
        event = None if look is None else look.history.leave(track.seen)
        return [] if event is None else [event]

    def told(self, time: float, *, in_gap: bool = False) -> tuple[Tracked, ...]:
        """Everyone followed, at a time; in a gap nobody is seen."""
        told: list[Tracked] = []
        for track in self._tracks.tracks:
            look = self._looks.get(track.number) or _Look(History(track.number))
            # Between two looks it goes on as it last moved.
            is_seen = time - track.seen <= self._held and not in_gap
            told.append(
                Tracked(
                    track=track.number,
                    face=track.at(time) if is_seen and track.seen < time else track.face,
                    is_seen=is_seen,
                    state=look.smoother.state(time),
                    verdict=look.verdict,
                    judged_at=look.judged_at,
                )
            )
        return tuple(told)
