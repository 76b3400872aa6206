"""The processes that make views: how they start, and that none outlives the training."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from typing import Any, Final

import cv2
from threadpoolctl import threadpool_limits

# A fork of this process would inherit the locks of its thread pools, and hang on them. A process
# that is started anew (`spawn`) has none, but imports torch and all else: ten seconds, in which
# the next one waits. A fork server imports once, has no threads, and is forked. Not on macOS,
# whose own libraries do not bear a fork.
_HAS_FORK_SERVER: Final = (
    "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
)

_SERVER_SETTINGS: Final[Mapping[str, str]] = {
    # No pools of threads: workers use one thread each, and none is there when they are forked.
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # Nothing in the current folder, `random.py` say, is taken for what is to be imported.
    "PYTHONSAFEPATH": "1",
}


class PackedViews:
    """Views that are packed once, however many workers there are, and unpacked in each of them.

    A worker takes the bytes at once and unpacks them while the next one starts.
    """

    def __init__(self, views: Any) -> None:
        self._views, self._content = views, pickle.dumps(views)

    def __len__(self) -> int:
        return len(self._views)

    def __getitem__(self, number: int) -> Any:
        return self._views[number]

    def __reduce__(self) -> tuple[Any, ...]:
        return pickle.loads, (self._content,)  # what a worker is sent by its own parent


def worker_context(views: object) -> BaseContext:
    """How workers are started that make these views; where that is a fork server, it is there.

    Raises:
        KeyboardInterrupt: the server was still importing; it is gone.
    """
    if not _HAS_FORK_SERVER:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    modules = (prepare_worker.__module__, "torch", type(views).__module__)
    context.set_forkserver_preload([name for name in modules if name != "__main__"])
    _start_server()
    try:  # the wait for the server is here, where it can be ended, and not in a worker's start
        first = context.Process(target=_do_nothing)
        first.start()
        first.join()
    except KeyboardInterrupt:
        _kill_server()
        raise
    return context


@contextlib.contextmanager
def interrupts_deferred() -> Iterator[None]:
    """While entered, Ctrl-C, SIGTERM and SIGHUP wait: half of what a worker is sent is an error.

    Where workers do not come from a fork server, that would take too long.
    """
    if _HAS_FORK_SERVER:
        with _blocked((signal.SIGINT, signal.SIGTERM, signal.SIGHUP)):
            yield
    else:
        yield


def _start_server() -> None:
    resource_tracker.ensure_running()  # by itself: it unblocks signals
    # It imports from where this process does, as its workers do later.
    settings = {**_SERVER_SETTINGS, "PYTHONPATH": os.pathsep.join(sys.path)}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        # Blocked in the server and its workers for good: Ctrl-C is for this process, which they
        # end with.
        with _blocked((signal.SIGINT,)):
            forkserver.ensure_running()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _kill_server() -> None:
    """It would end with this process, but only when it has imported everything."""
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def _blocked(signals: Iterable[int]) -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def prepare_worker(_: int) -> None:
    """Keep a worker from fighting the training step for the cores, and from outliving it."""
    cv2.setNumThreads(1)
    threadpool_limits(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End with the process that trains, however that ends.

    Torch asks which process is above: a fork server, which lives as long as its workers do.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do_nothing() -> None:
    pass
