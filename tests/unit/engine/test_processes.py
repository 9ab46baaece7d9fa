"""Workers that can be stopped, and that may die, one by one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import engine_jobs as jobs
import numpy as np
import pytest

from imbtool.engine import Limits
from imbtool.engine.alarm import Overtime, can_ring, started, until_started
from imbtool.engine.folder import PREFIX, SharedFolder
from imbtool.engine.memory import peak
from imbtool.engine.processes import ProcessEngine
from imbtool.engine.serial import SerialEngine

SHARED = {"X": np.arange(200_000.0).reshape(-1, 4), "name": "x"}


@pytest.fixture(scope="module")
def engine():
    made = ProcessEngine(2)
    yield made
    made.close()


def collect(engine, function, shared, tasks, **limits):
    return {o.number: o for o in engine.run(function, shared, tasks, Limits(**limits))}


def test_every_task_is_done_once_and_results_are_those_of_the_serial_engine(engine) -> None:
    found = collect(engine, jobs.add, SHARED, range(9))
    plain = collect(SerialEngine(), jobs.add, SHARED, range(9))
    assert {n: o.value for n, o in found.items()} == {n: o.value for n, o in plain.items()}
    assert set(found) == set(range(9))


def test_workers_are_other_processes_and_stay_for_the_next_call(engine) -> None:
    pids = [{o.value[0] for o in engine.run(jobs.whose, SHARED, range(8), Limits())} for _ in range(2)]
    assert os.getpid() not in pids[0] | pids[1]
    assert pids[0] & pids[1]
    assert engine.peak > 0


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the system cannot forget a peak")
def test_what_was_let_go_before_the_workers_came_is_not_added_to_theirs() -> None:
    large = np.ones(60_000_000)
    most = peak()
    del large
    engine = ProcessEngine(1)
    try:
        collect(engine, jobs.add, SHARED, range(2))
        workers = sum(engine._peaks.values())
        assert workers > 0
        assert 0.99 * most < engine.peak < 0.99 * most + workers  # the system counts in batches of pages
    finally:
        engine.close()


def test_tasks_are_taken_one_by_one_as_workers_become_free(engine) -> None:
    taken = []

    def supply():
        for number in range(6):
            taken.append(number)
            yield number

    outcomes = engine.run(jobs.add, SHARED, supply(), Limits())
    next(outcomes)
    assert len(taken) <= 3
    outcomes.close()
    assert len(taken) <= 3
    assert engine.busy_workers() == []


def test_a_task_that_takes_too_long_is_stopped_and_nothing_else_is_lost(engine) -> None:
    collect(engine, jobs.nap, None, [0, 0])  # the workers are there
    begun = time.monotonic()
    found = collect(engine, jobs.nap, None, [0.1, 60, 0.1, 60, 0.1], task_seconds=0.7)
    assert time.monotonic() - begun < 20
    assert [found[n].stopped for n in range(5)] == ["", "timeout", "", "timeout", ""]
    assert 0.7 <= found[1].seconds < 3
    assert [found[n].value for n in range(5)] == [0.1, None, 0.1, None, 0.1]


def test_starting_a_worker_does_not_count_as_time_of_its_task() -> None:
    fresh = ProcessEngine(1)
    try:
        (outcome,) = fresh.run(jobs.nap, None, [0.0], Limits(task_seconds=0.3))
        assert outcome.stopped == ""
    finally:
        fresh.close()


def test_nothing_begins_or_goes_on_after_the_deadline(engine) -> None:
    collect(engine, jobs.nap, None, [0, 0])
    found = collect(engine, jobs.nap, None, [0.0, 60, 60, 60], deadline=time.monotonic() + 1)
    assert [found[n].stopped for n in range(3)] == ["", "deadline", "deadline"]
    assert 3 not in found


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGALRM")
@pytest.mark.parametrize("function", [jobs.nap, jobs.count_up])
def test_this_process_stops_its_own_task_too_and_goes_on(function) -> None:
    before = signal.getsignal(signal.SIGALRM)
    begun = time.monotonic()
    found = collect(SerialEngine(), function, None, [0.0, 60.0, 0.01, 0.0], task_seconds=0.2)
    assert time.monotonic() - begun < 20
    assert [found[n].stopped for n in range(4)] == ["", "timeout", "", ""]
    assert found[2].value == 0.01
    found = collect(SerialEngine(), function, None, [60.0, 0.0], deadline=time.monotonic() + 0.2)
    assert [o.stopped for o in found.values()] == ["deadline", "deadline"]
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGALRM")
def test_what_comes_before_the_work_is_broken_off_but_not_the_work() -> None:
    with pytest.raises(Overtime), until_started(time.monotonic() + 0.05):
        time.sleep(30)
    with until_started(time.monotonic() + 0.05):
        started()
        time.sleep(0.3)
        assert can_ring()
        assert collect(SerialEngine(), jobs.nap, None, [30.0], task_seconds=0.05)[0].stopped == "timeout"


def test_another_thread_than_the_main_one_keeps_the_deadline_between_tasks() -> None:
    found = []

    def work() -> None:
        limits = {"deadline": time.monotonic() + 0.2, "task_seconds": 0.1}
        found.extend(SerialEngine().run(jobs.nap, None, [0.3, 60.0], Limits(**limits)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [(o.value, o.stopped) for o in found] == [(0.3, ""), (None, "deadline")]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_the_task_of_a_worker_that_dies_is_begun_again(engine, tmp_path) -> None:
    found = collect(engine, jobs.die_once, tmp_path, range(4))
    assert (tmp_path / "died").exists()
    assert {n: o.value for n, o in found.items()} == {n: n for n in range(4)}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_task_that_kills_its_worker_twice_is_given_up_and_the_rest_goes_on(engine) -> None:
    found = collect(engine, jobs.die, None, range(4))
    assert [found[n].stopped for n in range(4)] == ["", "died", "", ""]


def test_an_error_in_a_task_reaches_the_caller(engine) -> None:
    with pytest.raises(LookupError, match="task 0"):
        collect(engine, jobs.fail, None, [0])
    assert collect(engine, jobs.add, SHARED, [1])[0].stopped == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what processes hold")
def test_too_much_memory_costs_workers_first_and_only_then_the_task() -> None:
    from imbtool.engine.memory import held

    fresh = ProcessEngine(2)
    try:
        collect(fresh, jobs.nap, None, [0.0, 0.0, 0.0])
        idle = held() + sum(w.held for w in fresh._workers)
        limit = idle + 250 * 2**20
        found = collect(fresh, jobs.swell, None, [150, 150, 600, 1], memory=limit)
        assert [found[n].stopped for n in range(4)] == ["", "", "memory", ""]
    finally:
        fresh.close()


def test_what_tasks_share_counts_where_it_is_kept_in_memory(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("imbtool.engine.folder.ROOM", 0)
    monkeypatch.setattr("imbtool.engine.folder.MEMORY", tmp_path)
    fresh = ProcessEngine(1)
    try:
        fresh._store(jobs.add, SHARED)
        assert fresh.stored >= SHARED["X"].nbytes
        monkeypatch.setattr("imbtool.engine.folder.MEMORY", tmp_path / "other")
        assert fresh.stored == 0
    finally:
        fresh.close()


def test_closing_leaves_no_process_and_no_file() -> None:
    fresh = ProcessEngine(1)
    collect(fresh, jobs.add, SHARED, [1])
    folder, process = fresh._folder.path, fresh._workers[0].process
    assert folder.exists()
    fresh.close()
    assert not folder.exists()
    assert not process.is_alive()


@pytest.mark.skipif(os.name == "nt", reason="needs file locks")
def test_what_killed_processes_left_behind_is_removed_but_nothing_that_is_in_use(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("imbtool.engine.folder._place", lambda: tmp_path)
    code = "import os, imbtool.engine.folder as f, pathlib, sys\n"
    code += "f._place = lambda: pathlib.Path(sys.argv[1])\nf.SharedFolder(); os._exit(1)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    (left,) = tmp_path.glob(f"{PREFIX}*")
    mine = SharedFolder()
    assert not left.exists()
    other = SharedFolder()
    assert mine.path.exists()
    mine.remove()
    other.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell who the parent is")
def test_workers_end_soon_after_their_owner_was_killed() -> None:
    code = (
        "import time\nfrom imbtool.engine import Limits\nfrom imbtool.engine.processes import ProcessEngine\n"
        "import engine_jobs as jobs\n"
        "e = ProcessEngine(1)\nlist(e.run(jobs.nap, None, [0.0], Limits()))\n"
        "print(e._workers[0].process.pid, flush=True)\nlist(e.run(jobs.nap, None, [60.0], Limits()))"
    )
    root = Path(__file__).parent / "importable"
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True) as owner:
        worker = int(owner.stdout.readline())
        owner.kill()
    end = time.monotonic() + 10
    while Path(f"/proc/{worker}").exists() and time.monotonic() < end:
        time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
