"""Long studies in pieces: what was found is kept, so that a study can be stopped and taken up again.

With ``--minutes 4`` a benchmark stops after about so long and exits with 3 until everything is there::

    until python -m benchmarks false_claims --minutes 4; [ $? -ne 3 ]; do :; done

What was found lies in ``benchmarks/.pieces``, one line a piece. Nothing notices that code has changed: delete
the folder when it has.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

FOLDER = Path(__file__).resolve().parent / ".pieces"
UNFINISHED = 3


class OutOfTimeError(Exception):
    """The minutes are over before everything was there."""


class Pieces:
    """Pieces of one study.

    Parameters
    ----------
    study : str
        Name of the file that keeps them.
    jobs : int
        Processes.
    minutes : float or None
        After so many no more piece is begun.
    """

    def __init__(self, study: str, jobs: int, minutes: float | None) -> None:
        self.path = FOLDER / f"{study}.jsonl"
        self.until = float("inf") if minutes is None else time.monotonic() + 60 * minutes
        self.pool = ProcessPoolExecutor(jobs)
        self.found: dict[str, Any] = {}
        if self.path.exists():
            with self.path.open() as lines:
                self.found = dict(json.loads(line) for line in lines)

    def of(self, name: str, work: Callable[[Any], Any], items: Iterable[Any], batch: int = 20) -> list[Any]:
        """Return what `work` gives for each item, as plain data.

        Raises
        ------
        OutOfTimeError
            The minutes are over, and not everything is there.
        """
        keys = {f"{name} {item}": item for item in items}
        missing = [key for key in keys if key not in self.found]
        for start in range(0, len(missing), batch):
            if time.monotonic() > self.until:
                raise OutOfTimeError(f"{name}: {len(missing) - start} of {len(keys)} are missing")
            some = missing[start : start + batch]
            self._keep(some, list(self.pool.map(work, [keys[key] for key in some])))
        return [self.found[key] for key in keys]

    def _keep(self, keys: list[str], values: list[Any]) -> None:
        FOLDER.mkdir(exist_ok=True)
        with self.path.open("a") as file:
            for key, value in zip(keys, values, strict=True):
                self.found[key] = json.loads(json.dumps(value))
                file.write(json.dumps([key, value]) + "\n")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--jobs`` and ``--minutes``."""
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=None)


def run(study: str, asked: argparse.Namespace, work: Callable[[Pieces], None]) -> int:
    """Do the study as far as the time allows; return the exit code."""
    pieces = Pieces(study, asked.jobs, asked.minutes)
    try:
        work(pieces)
    except OutOfTimeError as error:
        print(error)
        return UNFINISHED
    finally:
        pieces.pool.shutdown()
    return 0
