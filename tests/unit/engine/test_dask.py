"""The engine dask against a real scheduler with two worker processes on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import engine_jobs as jobs
import numpy as np
import pytest

from imbtool.core.errors import ImbtoolError, UsageError
from imbtool.engine import Limits, make_engine

pytest.importorskip("distributed", reason="imbtool[dask] is not installed")
pytestmark = [
    pytest.mark.filterwarnings("default"),  # those of dask are not ours
    pytest.mark.xdist_group("dask"),
]

SHARED = {"X": np.arange(200_000.0).reshape(-1, 4), "name": "x"}


@pytest.fixture
def engine(scheduler):
    made = make_engine(None, 9, scheduler=scheduler)
    yield made
    made.close()


def collect(engine, function, shared, tasks, **limits):
    return {o.number: o for o in engine.run(function, shared, tasks, Limits(**limits))}


def test_every_task_is_done_once_by_other_processes_and_values_are_those_of_one_process(engine) -> None:
    assert engine.jobs == 2
    found = collect(engine, jobs.add, SHARED, range(9))
    plain = collect(make_engine(1, 9), jobs.add, SHARED, range(9))
    assert {n: o.value for n, o in found.items()} == {n: o.value for n, o in plain.items()}
    pids = {o.value[0] for o in engine.run(jobs.whose, SHARED, range(8), Limits())}
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert engine.peak > 0


def test_what_two_runs_share_under_the_same_names_is_kept_apart(engine) -> None:
    begun = engine.run(jobs.add, {"X": np.zeros(4)}, range(6), Limits())
    first = next(begun)
    among = collect(engine, jobs.add, {"X": np.ones(4)}, range(6))
    assert {n: o.value for n, o in among.items()} == {n: 4.0 + n for n in range(6)}
    assert {o.number: o.value for o in (first, *begun)} == {n: float(n) for n in range(6)}


def test_the_task_of_a_worker_that_is_killed_is_done_by_another_one(engine, tmp_path) -> None:
    found = collect(engine, jobs.die_once, tmp_path, range(8))
    assert (tmp_path / "died").exists()
    assert {n: (o.value, o.stopped) for n, o in found.items()} == {n: (n, "") for n in range(8)}


def test_a_task_that_takes_too_long_is_stopped_and_nothing_else_is_lost(engine) -> None:
    collect(engine, jobs.nap, None, [0, 0])
    begun = time.monotonic()
    found = collect(engine, jobs.nap, None, [0.1, 120, 0.1, 0.1, 0.1], task_seconds=1)
    assert time.monotonic() - begun < 60
    assert [found[n].stopped for n in range(5)] == ["", "timeout", "", "", ""]


def test_nothing_begins_or_goes_on_after_the_deadline(engine) -> None:
    found = collect(engine, jobs.nap, None, [0.0, 2.5, 2.5, 2.5], deadline=time.monotonic() + 1)
    assert [found[n].stopped for n in range(3)] == ["", "deadline", "deadline"]
    assert 3 not in found


def test_a_task_that_the_deadline_cut_frees_its_worker(engine) -> None:
    found = collect(engine, jobs.count_up, None, [60.0, 60.0], deadline=time.monotonic() + 0.5)
    assert [found[n].stopped for n in range(2)] == ["deadline", "deadline"]
    begun = time.monotonic()
    collect(engine, jobs.add, SHARED, range(2))
    assert time.monotonic() - begun < 30  # the others would have gone on for a minute


def test_a_task_that_its_worker_stopped_first_has_no_value(engine, monkeypatch) -> None:
    monkeypatch.setattr("imbtool.engine.dask._Crew._left", lambda self: 0.3)
    found = collect(engine, jobs.count_up, None, [60.0], deadline=time.monotonic() + 30)
    assert (found[0].value, found[0].stopped) == (None, "deadline")


def test_an_error_in_a_task_reaches_the_caller_and_closing_early_is_no_error(engine) -> None:
    with pytest.raises(LookupError, match="task 0"):
        collect(engine, jobs.fail, None, [0])
    outcomes = engine.run(jobs.add, SHARED, range(9), Limits())
    next(outcomes)
    outcomes.close()


@pytest.mark.usefixtures("no_dead_clients")
def test_a_scheduler_that_is_not_there_gives_a_clear_error(monkeypatch) -> None:
    monkeypatch.setattr("imbtool.engine.scheduler.PATIENCE", 1.0)
    with pytest.raises(UsageError, match=r"No dask scheduler answers at tcp://127\.0\.0\.1:9") as caught:
        make_engine(None, 3, scheduler="tcp://127.0.0.1:9")
    assert caught.value.code == "scheduler-unreachable"
    with pytest.raises(UsageError, match="No dask scheduler answers"):
        make_engine(None, 3, scheduler="nonsense://x")


@pytest.mark.usefixtures("no_dead_clients")
def test_a_scheduler_without_workers_gives_a_clear_error(tmp_path, monkeypatch) -> None:
    from benchmarks.cluster import cluster

    monkeypatch.setattr("imbtool.engine.scheduler.PATIENCE", 1.0)
    with cluster(tmp_path, workers=0) as made, pytest.raises(UsageError, match="has no workers") as caught:
        make_engine(None, 3, scheduler=made.address)
    assert "dask worker tcp://" in caught.value.hint


@pytest.mark.usefixtures("no_dead_clients")
def test_workers_with_other_packages_are_refused(dask_cluster, monkeypatch) -> None:
    ours = {"imbtool": "9.9.9", "numpy": np.__version__}  # the workers say what is true
    monkeypatch.setattr("imbtool.engine.scheduler.SAME", ("imbtool", "numpy"))
    monkeypatch.setattr("imbtool.engine.scheduler.version", ours.get)
    with pytest.raises(UsageError, match=r"has other packages: imbtool .*here 9\.9\.9"):
        make_engine(None, 3, scheduler=dask_cluster.address)


def test_workers_without_a_package_that_the_work_needs_are_refused(dask_cluster, monkeypatch) -> None:
    monkeypatch.setattr("imbtool.engine.scheduler.version", lambda name: "2.13.0")
    with pytest.raises(UsageError, match=r"torchless not installed, here 2\.13\.0"):
        make_engine(None, 3, scheduler=dask_cluster.address, packages=("torchless",))


def test_a_scheduler_that_goes_away_in_the_middle_gives_a_clear_error(tmp_path) -> None:
    from benchmarks.cluster import cluster

    with cluster(tmp_path, workers=1, importable=jobs.HERE) as made:
        engine = make_engine(None, 9, scheduler=made.address)
        outcomes = engine.run(jobs.nap, None, [0.0, 3.0, 3.0], Limits())
        next(outcomes)
        made.scheduler.kill()
        with pytest.raises(ImbtoolError, match="went away") as caught:
            list(outcomes)
        assert "store" not in str(caught.value.hint)  # the engine does not know whether there is one
        engine.close()


def test_what_is_attended_ends_with_its_children_when_its_owner_was_killed() -> None:
    code = (
        "import sys, time; sys.path[:0] = sys.argv[1:]\nfrom benchmarks.cluster import attended\n"
        "attended('engine_family', cwd=sys.argv[1]); time.sleep(60)"
    )
    root = str(Path(__file__).parents[3])
    command = [sys.executable, "-c", code, jobs.HERE, root]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        owner.kill()
    assert len(pids) == 2
    end = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(alive, pids))


def alive(pid: int) -> bool:
    """Whether a process works; one that is dead and waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_without_dask_there_is_one_clear_message() -> None:
    code = (
        "import sys; sys.modules['distributed'] = None\nfrom imbtool.engine import make_engine\n"
        "make_engine(None, 3, scheduler='tcp://127.0.0.1:1')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'pip install "imbtool[dask]"' in done.stderr
    assert "MissingExtraError" in done.stderr
