"""Stopping work of a thread that is not the main one."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import engine_jobs as jobs

from imbtool.engine import alarm


def elsewhere(seconds, work):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(alarm.within_thread, seconds, work).result()


def test_work_of_another_thread_is_stopped_or_answers() -> None:
    assert elsewhere(0.05, lambda: jobs.count_up(None, 60)) == (False, None)
    assert elsewhere(60, lambda: 7) == (True, 7)


def test_a_thread_whose_work_is_done_is_left_alone() -> None:
    def work_and_wait():
        done = [alarm.within_thread(0.02, lambda: 1) for _ in range(20)]
        end = time.monotonic() + 0.1
        while time.monotonic() < end:
            sum(range(100))
        return done

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work_and_wait).result() == [(True, 1)] * 20


def test_an_import_is_not_broken_off(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "slow_to_import.py").write_text(
        "import time\nend = time.monotonic() + 0.3\nwhile time.monotonic() < end: pass\n"
    )

    def work():
        import_module("slow_to_import")
        jobs.count_up(None, 60)

    assert elsewhere(0.05, work) == (False, None)
    assert "slow_to_import" in sys.modules
