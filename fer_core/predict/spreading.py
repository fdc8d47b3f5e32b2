"""Files shared out over processes, or over the machines of a Dask cluster; answers come back in order, each once."""

import math
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from fer_core.command import Failure
from fer_core.predict.answer import FileAnswer, Task, answer_files, make_failed_answer
from fer_core.predict.network import Network, open_engine

MAX_SHARD = 8  # files; so many are answered in half a second, and sending them takes a hundredth of that
AHEAD = 4  # shards per worker that are sent ahead
WAITING = 64
"""Shards that may be sent while an earlier one is worked on, at least: their answers are lost when the program is killed."""
BREAKS_US = "This file ends the program that reads it: please report it."


@dataclass(frozen=True)
class Workers:
    """Where files are answered.

    `n`: how many shards at once; `open`: starts a concurrent.futures executor; `lost`: what a future raises when its
    worker died, and the executor with it where `lost` is BrokenExecutor.
    """

    n: int
    open: Callable[[], AbstractContextManager[Executor]]
    lost: type[Exception] = BrokenExecutor


def spread(
    tasks: list[Task],
    network: Network,
    workers: Workers,
    save: Callable[[FileAnswer], FileAnswer] = lambda answer: answer,
) -> Iterator[list[FileAnswer]]:
    """Yield the answers of all tasks, shard by shard, in the order of `tasks`: none is lost, none comes twice.

    `save` is given each answer as soon as it is there, and returns what is to be kept of it until its turn: few are kept,
    so behind a file that takes long the others wait. When a worker dies, its files are answered again one by one, and one
    that kills two more workers, alone in them, gets a problem for an answer.
    """
    ready, due, most = {}, 0, max(WAITING, 2 * AHEAD * workers.n)

    def may_begin(place: int) -> bool:
        return place < due + most

    for place, answers in _answer(_cut(tasks, workers.n), network.key, workers, may_begin):
        ready[place] = [save(answer) for answer in answers]
        while due in ready:
            yield ready.pop(due)
            due += 1


def _cut(tasks: list[Task], n_workers: int) -> list[list[Task]]:
    """Shards of neighbours, small enough that every worker gets several."""
    size = min(MAX_SHARD, math.ceil(len(tasks) / (AHEAD * n_workers))) or 1
    return [tasks[i : i + size] for i in range(0, len(tasks), size)]


def _answer(
    shards: list[list[Task]], key: str, workers: Workers, may_begin: Callable[[int], bool]
) -> Iterator[tuple[int, list[FileAnswer]]]:
    """All shards' answers as they come, each with its place in `shards`; `may_begin` says how far ahead to work."""
    todo = list(enumerate(shards))[::-1]
    while todo:
        suspects: list[tuple[int, list[Task]]] = []
        with workers.open() as executor:
            yield from _work_through(todo, executor, key, workers, suspects, may_begin)
        for place, shard in suspects:
            yield place, list(_answer_one_by_one(shard, key, workers))


def _work_through(
    todo: list, executor: Executor, key: str, workers: Workers, suspects: list, may_begin: Callable[[int], bool]
) -> Iterator[tuple]:
    """Take shards from the end of `todo`, until it is empty, the executor broken, or the next one has to wait for
    `suspects`, which gets those that were lost with their worker.
    """
    pending: dict[Future, tuple[int, list[Task]]] = {}
    broken = False
    while pending or (todo and not broken and may_begin(todo[-1][0])):
        while todo and not broken and len(pending) < AHEAD * workers.n and may_begin(todo[-1][0]):
            try:
                pending[executor.submit(answer_files, key, todo[-1][1])] = todo[-1]
                todo.pop()
            except BrokenExecutor:
                broken = True
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            place, shard = pending.pop(future)
            try:
                yield place, future.result()
            except workers.lost as error:
                suspects.append((place, shard))
                broken |= isinstance(error, BrokenExecutor)


def _answer_one_by_one(tasks: list[Task], key: str, workers: Workers) -> Iterator[FileAnswer]:
    """One file at a time: whichever loses its worker twice now is to blame; once may be the system's doing."""
    todo, once = tasks[::-1], None
    while todo:
        with workers.open() as executor:
            while todo:
                task = todo.pop()
                try:
                    yield executor.submit(answer_files, key, [task]).result()[0]
                except workers.lost as error:
                    if task == once:
                        yield make_failed_answer(task, BREAKS_US)
                    else:
                        todo.append(once := task)
                    if isinstance(error, BrokenExecutor):
                        break


@contextmanager
def use_processes(network: Network, n: int | None = None) -> Iterator[Workers]:
    """Work on this machine: in `n` processes, one per core by default, of one thread each."""
    n = n or count_cores()

    @contextmanager
    def open_pool():
        pool = ProcessPoolExecutor(n, multiprocessing.get_context("spawn"), _begin, (network,))
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)

    yield Workers(n, open_pool)


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(network: Network) -> None:
    """What each process does first. It ends at once and silently with Ctrl-C, and when its parent is killed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_follow_parent, daemon=True).start()
    open_engine(network)


def _follow_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


@contextmanager
def use_dask(network: Network, address: str) -> Iterator[Workers]:
    """Connect to the Dask scheduler at `address`, whose workers see the same files and the same version of this project.

    The network is sent to each worker, those that come later included. Raises Failure when nobody answers there.
    """
    try:
        from distributed import Client, KilledWorker, WorkerPlugin
        from distributed.comm import CommClosedError
    except ImportError:
        raise Failure('--dask needs Dask: pip install "distributed>=2025.1,<2027".') from None

    class OpenNetwork(WorkerPlugin):
        name = f"fer-{network.key}"

        def setup(self, worker) -> None:
            open_engine(network)

    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise Failure(f"no Dask scheduler answers at {address}: start one with `dask scheduler`.") from None
    with client:
        n = sum(client.nthreads().values())
        if not n:
            raise Failure(f"the scheduler at {address} has no workers: start some with `dask worker {address}`.")
        client.register_plugin(OpenNetwork())

        @contextmanager
        def open_executor():
            yield client.get_executor(pure=False)

        try:
            yield Workers(n, open_executor, KilledWorker)
            client.unregister_worker_plugin(OpenNetwork.name)
        except (CancelledError, CommClosedError):
            raise Failure(f"the scheduler at {address} went away: the same command goes on.") from None
