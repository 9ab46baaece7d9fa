"""Workers that were started ahead do what others do, and leave nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import engine_jobs as jobs
import numpy as np
import pytest

from imbtool.engine import Limits
from imbtool.engine.nursery import Copy, workers_ahead
from imbtool.engine.processes import ProcessEngine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are started ahead on Linux only")

SHARED = {"X": np.arange(6.0)}


def collect(engine, function, shared, tasks, **limits):
    return {o.number: o for o in engine.run(function, shared, tasks, Limits(**limits))}


def gone(pid: int) -> bool:
    """Whether a process ends within ten seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def engine():
    with workers_ahead(2, ["engine_jobs"]):
        made = ProcessEngine(2)
        yield made
        made.close()


def test_results_are_those_of_other_workers_and_the_workers_are_copies(engine) -> None:
    found = collect(engine, jobs.add, SHARED, range(9))
    assert {n: o.value for n, o in found.items()} == {n: 15.0 + n for n in range(9)}
    assert [type(worker) for worker in engine._workers] == [Copy, Copy]
    assert len({os.getpid(), *(worker.pid for worker in engine._workers)}) == 3


def test_a_copy_that_is_stopped_or_dies_is_replaced_and_nothing_else_is_lost(engine, tmp_path) -> None:
    slow = collect(engine, jobs.nap, None, [0.0, 60, 0.0, 0.0], task_seconds=1.5)
    assert [slow[n].stopped for n in range(4)] == ["", "timeout", "", ""]
    dead = collect(engine, jobs.die_once, tmp_path, range(4))
    assert {n: o.value for n, o in dead.items()} == {n: n for n in range(4)}
    assert (tmp_path / "died").exists()
    assert {type(worker) for worker in engine._workers} == {Copy}


def test_closing_ends_the_copies_and_what_they_were_copied_from() -> None:
    with workers_ahead(2, []):
        engine = ProcessEngine(2)
        collect(engine, jobs.add, SHARED, range(4))
        pids = [worker.pid for worker in engine._workers] + [engine._nursery._process.pid]
        engine.close()
        assert all(gone(pid) for pid in pids)


def test_workers_that_nobody_took_end_with_the_block() -> None:
    from imbtool.engine import nursery

    with workers_ahead(2, []):
        (ahead,) = nursery._ahead
        with workers_ahead(2, []):
            assert nursery._ahead == [ahead]
        copies = [ahead.new().connection.recv()[2] for _ in range(2)]
    assert len({*copies}) == 2
    assert all(gone(pid) for pid in [*copies, ahead._process.pid])
    assert nursery._ahead == []


def test_a_copy_that_is_given_up_before_it_is_born_does_none_of_its_work(tmp_path) -> None:
    with workers_ahead(1, ["engine_slowly"], stoppable=True):
        engine = ProcessEngine(1)
        begun = time.monotonic()
        (outcome,) = engine.run(jobs.touch, tmp_path, [0], Limits(deadline=begun + 0.1))
        assert outcome.stopped == "deadline"
        assert time.monotonic() - begun < 0.9
        assert collect(engine, jobs.add, SHARED, [1])[0].value == 16.0
        engine.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "asked", [{"jobs": 1}, {"jobs": 2, "engine": "serial"}, {"jobs": 2, "scheduler": "tcp://x:1"}]
)
def test_nothing_is_started_where_no_processes_are_wanted(asked) -> None:
    from imbtool.engine import nursery

    with workers_ahead(asked.pop("jobs"), [], **asked):
        assert nursery._ahead == []


@pytest.mark.parametrize("module", ["no_such_module", "engine_threads"])
def test_where_there_can_be_no_copies_workers_start_in_the_ordinary_way(module) -> None:
    with workers_ahead(2, [module]):
        engine = ProcessEngine(2)
        found = collect(engine, jobs.add, SHARED, range(2))
        assert [found[n].value for n in range(2)] == [15.0, 16.0]
        assert not any(isinstance(worker, Copy) for worker in engine._workers)
        engine.close()


def test_copies_end_soon_after_their_owner_was_killed() -> None:
    code = (
        "from imbtool.engine import Limits\nfrom imbtool.engine.processes import ProcessEngine\n"
        "from imbtool.engine.nursery import workers_ahead\nimport engine_jobs as jobs\n"
        "with workers_ahead(2, []):\n"
        "    e = ProcessEngine(2)\n    list(e.run(jobs.nap, None, [0.0, 0.0], Limits()))\n"
        "    print(*[w.pid for w in e._workers], e._nursery._process.pid, flush=True)\n"
        "    list(e.run(jobs.nap, None, [60.0, 60.0], Limits()))"
    )
    root = Path(__file__).parent / "importable"
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True) as owner:
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        owner.kill()
    assert len(pids) == 3
    assert all(gone(pid) for pid in pids)
