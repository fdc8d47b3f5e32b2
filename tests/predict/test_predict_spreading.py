"""Work shared out: in order, each file once, whoever dies meanwhile."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import psutil
import pytest
from picture_files import encode_portrait

from fer_core.command import Failure
from fer_core.predict import spreading
from fer_core.predict.answer import FileAnswer, Task, make_failed_answer
from fer_core.predict.spreading import BREAKS_US, Workers, spread, use_dask, use_processes
from fer_core.predict.table_file import HEADER

ROOT = Path(__file__).resolve().parents[2]


def answer_or_die(key: str, tasks: list[Task]) -> list[FileAnswer]:
    """Ends the process for a file named "deadly", for one named "once" the first time."""
    for task in tasks:
        name = Path(task.path).name
        if name == "deadly" or (name == "once" and not Path(f"{task.path}.seen").exists()):
            Path(f"{task.path}.seen").touch()
            os._exit(1)
    return [make_failed_answer(task, "Fine.") for task in tasks]


def test_dead_workers_lose_nothing(tmp_path, network, monkeypatch):
    monkeypatch.setattr(spreading, "answer_files", answer_or_die)
    names = [str(i) for i in range(40)]
    names[5], names[21] = "deadly", "once"
    tasks, saved = [Task(i, str(tmp_path / name)) for i, name in enumerate(names, 1)], []
    with use_processes(network, 2) as workers:
        answers = [*chain(*spread(tasks, network, workers, lambda answer: saved.append(answer) or answer))]
    assert [answer.task for answer in answers] == tasks
    assert sorted(answer.task.number for answer in saved) == list(range(1, 41)), "each saved once"
    problems = {answer.task.number: answer.problem for answer in answers if answer.problem != "Fine."}
    assert problems == {6: BREAKS_US}


def test_a_slow_file_keeps_few_answers_from_the_table(network, monkeypatch):
    """What is answered but not in the table yet is lost when the program is killed."""
    saved = []

    def answer(key: str, tasks: list[Task]) -> list[FileAnswer]:
        while tasks[0].number == 1 and (before := len(saved)) < 5000:
            time.sleep(0.5)
            if before == len(saved) > 0:  # the others wait
                break
        return [make_failed_answer(task, "Fine.") for task in tasks]

    monkeypatch.setattr(spreading, "answer_files", answer)
    tasks, held = [Task(i, str(i)) for i in range(1, 5001)], []
    workers = Workers(2, lambda: ThreadPoolExecutor(2))
    answers = []
    for shard in spread(tasks, network, workers, lambda answer: saved.append(answer) or answer):
        held.append(len(saved) - len(answers))
        answers += shard
    assert 100 < max(held) <= spreading.WAITING * spreading.MAX_SHARD
    assert [answer.task for answer in answers] == tasks and len(saved) == 5000


def test_a_file_that_is_lost_first_does_not_hold_the_others_up_for_ever(network, monkeypatch):
    """With an executor that lives on, as Dask's does."""

    class LostError(Exception):
        pass

    def answer(key: str, tasks: list[Task]) -> list[FileAnswer]:
        if tasks[0].number == 1:
            raise LostError
        return [make_failed_answer(task, "Fine.") for task in tasks]

    monkeypatch.setattr(spreading, "answer_files", answer)
    tasks = [Task(i, str(i)) for i in range(1, 2001)]
    answers = [*chain(*spread(tasks, network, Workers(2, lambda: ThreadPoolExecutor(2), LostError)))]
    assert [answer.task for answer in answers] == tasks
    assert [answer.task.number for answer in answers if answer.problem == BREAKS_US] == [1]


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for i in range(60):
        (folder / f"{i:02d}.jpg").write_bytes(encode_portrait(200 + i))
    return folder


def start(photos: Path, out: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "fer_core.predict", str(photos), "--csv", str(out), "--workers", "2"]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def count_rows(out: Path) -> int:
    return out.read_bytes().count(b"\n") if out.exists() else 0


def test_command_killed_at_any_time_goes_on_to_the_same_table(photos, tmp_path):
    whole, out = tmp_path / "whole.csv", tmp_path / "out.csv"
    assert start(photos, whole).wait(120) == 0
    assert count_rows(whole) == 61
    for rows in (1, 20, 40):
        process = start(photos, out)
        while count_rows(out) < rows and process.poll() is None:
            time.sleep(0.01)
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(children, timeout=10)
        assert not alive, "its workers end with it"
    assert start(photos, out).wait(120) == 0
    assert out.read_bytes() == whole.read_bytes()


def test_interrupted_command_says_that_it_goes_on(photos, tmp_path):
    out = tmp_path / "out.csv"
    command = [sys.executable, "-m", "fer_core.predict", str(photos), "--csv", str(out)]
    # Tests that run in the background ignore Ctrl-C, and would hand that on; a handler is not handed on.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    signal.signal(signal.SIGINT, before)
    while count_rows(out) < 2:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and said.strip().endswith("predict: stopped; the same command goes on.")
    assert "Traceback" not in said
    assert out.read_bytes().startswith(HEADER) and sorted(tmp_path.iterdir()) == [out]


def test_dask_worker_killed_midway_loses_nothing(photos, network):
    distributed = pytest.importorskip("distributed", reason="an optional extra: pip install .[cluster]")
    tasks = [Task(i, str(photo)) for i, photo in enumerate(sorted(photos.iterdir()), 1)]
    saved = []
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        victim = next(iter(cluster.workers.values())).pid

        def save(answer: FileAnswer) -> FileAnswer:
            if not saved:
                os.kill(victim, signal.SIGKILL)
            saved.append(answer.task.number)
            return answer

        with use_dask(network, cluster.scheduler_address) as workers:
            answers = [*chain(*spread(tasks, network, workers, save))]
    assert [answer.task for answer in answers] == tasks and sorted(saved) == list(range(1, 61))
    assert not [answer.problem for answer in answers if answer.problem]
    assert all(answer.n_faces == 1 for answer in answers)


def test_dask_scheduler_that_nobody_runs_is_a_sentence(network):
    pytest.importorskip("distributed", reason="an optional extra: pip install .[cluster]")
    with (
        pytest.raises(Failure, match="no Dask scheduler answers at tcp://127.0.0.1:9"),
        use_dask(network, "tcp://127.0.0.1:9"),
    ):
        pass


def test_dask_scheduler_that_goes_away_is_a_sentence(network):
    distributed = pytest.importorskip("distributed", reason="an optional extra: pip install .[cluster]")
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster,
        pytest.raises(Failure, match="went away: the same command goes on"),
        use_dask(network, cluster.scheduler_address) as workers,
        workers.open() as executor,
    ):
        future = executor.submit(time.sleep, 60)
        cluster.close()
        future.result()
