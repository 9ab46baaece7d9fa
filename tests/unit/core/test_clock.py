"""From when the time of a command counts."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from imbtool.core import clock


def test_without_a_command_time_counts_from_now() -> None:
    before = time.monotonic()
    assert before <= clock.take_start() <= time.monotonic()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a process began")
def test_a_command_counts_from_the_start_of_its_process_and_what_is_nested_in_it_from_now() -> None:
    code = (
        "import time; time.sleep(0.3)\nfrom imbtool.core import clock\nclock.begin_command()\n"
        "print(time.monotonic() - clock.take_start(), time.monotonic() - clock.take_start())"
    )
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    whole = time.monotonic() - begun
    first, second = map(float, done.stdout.split())
    assert 0.3 <= first <= whole + 0.05
    assert second < first - 0.25


def test_where_the_system_does_not_tell_processor_time_stands_in(monkeypatch) -> None:
    monkeypatch.setattr(clock, "open", lambda *_, **__: (_ for _ in ()).throw(OSError), raising=False)
    age = time.monotonic() - clock.process_start()
    assert age == pytest.approx(time.process_time(), abs=0.05)
