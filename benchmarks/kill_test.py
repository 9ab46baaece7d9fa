"""Kill comparisons at random moments, resume each, and look whether anything differs.

Usage: python -m benchmarks kill_test [KILLS] [SEED] [--keep FILE] [--for SECONDS]

KILLS (default 50) comparisons are killed with SIGKILL at a random moment of their work, in turn with one
worker, with two, on a dask scheduler with two workers (if it is installed) and with two workers and the
trainings in random order. Each is resumed by the same command, in any of these ways; some are killed once
more before that. The exported document must be the same, byte for byte, as that of a run with one
worker that nobody disturbed. Left out are the timing fields (every ``seconds``, and the sentence of a verdict
that says how many times longer a method takes), the peak of the memory, the workers and the engine.

Before that each way runs undisturbed, and once on dask while one of its workers is killed. ``--for`` ends it
after so many seconds; with the same file to keep what was found, and the same code, it goes on from there.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.cluster import Cluster, cluster
from benchmarks.shared import RESULTS
from imbtool.evaluation.basis import versions

ASKED = ("--methods", "class_weight,random_over,random_under,smote", "--learners", "logistic")
FOLDS = ("--folds", "3", "--repeats", "6")
MEASURED = ("seconds", "jobs", "command", "engine", "peak_memory")
TITLE = """\
# Killed and resumed

`python -m benchmarks kill_test`: each comparison is killed with SIGKILL at a random moment, then resumed; the
exported JSON is compared byte for byte with that of an undisturbed run with one worker. Timing fields, the
peak of the memory, the workers and the engine are left out.

"""
HEADER = """\
| kill | way | killed after (seconds) | trials kept | killed again | resumed in the way | document |
|---|---|---|---|---|---|---|
"""
SHUFFLED = """\
import random
from imbtool.evaluation.book import Book
usual = Book.missing
def missing(self, rows, places):
    tasks = usual(self, rows, places)
    random.shuffle(tasks)
    return tasks
Book.missing = missing
from imbtool.__main__ import main
main()
"""


class Way(NamedTuple):
    """A way to do the same work: its name, how Python is started, further options."""

    name: str
    program: tuple[str, ...] = ("-m", "imbtool")
    options: tuple[str, ...] = ()


def ways(scheduler: str | None) -> list[Way]:
    """Return the ways there are."""
    found = [Way("1 worker", options=("--jobs", "1")), Way("2 workers", options=("--jobs", "2"))]
    if scheduler:
        found.append(Way("dask, 2 workers", options=("--scheduler", scheduler)))
    return [*found, Way("2 workers, shuffled", ("-c", SHUFFLED), ("--jobs", "2"))]


def table(path: Path, rows: int = 400) -> Path:
    """Write a small table with a weak signal and missing cells."""
    draw = random.Random(3)
    lines = ["age,amount,branch,fraud"]
    for _ in range(rows):
        fraud = draw.random() < 0.15
        age = "" if draw.random() < 0.05 else f"{draw.gauss(40, 9):.2f}"
        lines.append(f"{age},{draw.gauss(1 + fraud, 1):.3f},{draw.choice('nsw')},{int(fraud)}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class Comparison:
    """One command on one store, to be run, killed and exported."""

    def __init__(self, data: Path, store: Path, way: Way, asked: tuple[str, ...] = (*ASKED, *FOLDS)) -> None:
        self.data, self.store, self.way = data, store, way
        self.command = ["compare", data.name, "-t", "fraud", *asked, *way.options]

    def start(self) -> subprocess.Popen[str]:
        """Start it and return once its work begins, or when it is over."""
        process = subprocess.Popen(
            [sys.executable, *self.way.program, *self.command, "--store", str(self.store)],
            cwd=self.data.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stderr is not None
        while True:
            line = process.stderr.readline()
            if not line or "starting:" in line:
                return process

    def kill_after(self, seconds: float) -> bool:
        """Start it, kill it and its workers so long after its work began; return whether it was alive."""
        process = self.start()
        time.sleep(seconds)
        alive = process.poll() is None
        if alive:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return alive

    def run(self) -> float:
        """Run it to the end and return the seconds its work took."""
        process = self.start()
        began = time.monotonic()
        process.communicate()
        if process.returncode:
            raise RuntimeError(f"exit code {process.returncode}")
        return time.monotonic() - began

    def ask(self, *words: str) -> str:
        """Return what a command about the store prints."""
        command = [sys.executable, "-m", "imbtool", "runs", *words, "--store", str(self.store)]
        return subprocess.run(
            command, cwd=self.data.parent, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def done(self) -> int:
        """Return how many trials the store holds."""
        return int(json.loads(self.ask("show", "--json"))["done"])

    def document(self) -> str:
        """Return the exported document without its timing fields."""
        return json.dumps(timeless(json.loads(self.ask("export"))))


def timeless(value: Any) -> Any:
    """Return a document without what the clock, the memory and the workers decide."""
    if isinstance(value, list):
        return [timeless(item) for item in value if "times the training time" not in str(item)]
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in MEASURED}
    return value


def main(arguments: list[str]) -> int:
    """Run the test, or go on with it, and write its table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks kill_test")
    parser.add_argument("kills", nargs="?", type=int, default=50)
    parser.add_argument("seed", nargs="?", type=int, default=time.time_ns())
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--for", dest="seconds", type=float, default=math.inf)
    asked = parser.parse_args(arguments)
    end = time.monotonic() + asked.seconds
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        data = table(folder / "claims.csv")
        made = stack.enter_context(cluster(folder)) if find_spec("distributed") else None
        every = ways(made and made.address)
        found = kept(asked.keep) or undisturbed(every, made, data, folder)
        print("\n".join(found["lines"]), flush=True)
        keep(found, asked.keep)
        while len(found["rows"]) < asked.kills and time.monotonic() < end:
            number = len(found["rows"])
            draw = random.Random(f"{asked.seed}/{number}")
            cells, good = one_kill(number, every, found["length"], data, folder, found["wanted"], draw)
            found["rows"].append(f"| {' | '.join(map(str, cells))} | {'equal' if good else 'DIFFERENT'} |")
            found["equal"] += good
            print(found["rows"][-1], flush=True)
            keep(found, asked.keep)
            write(found)
    print(found["equal"], "of", len(found["rows"]), "resumed documents are equal")
    return 0 if found["equal"] == len(found["rows"]) and found["alike"] else 1


def undisturbed(every: list[Way], made: Cluster | None, data: Path, folder: Path) -> dict[str, Any]:
    """Run each way to its end; return what the kills are measured by."""
    whole = {way.name: Comparison(data, folder / f"whole{n}.db", way) for n, way in enumerate(every)}
    length = {name: one.run() for name, one in whole.items()}
    wanted = whole[every[0].name].document()
    same = [name for name, one in whole.items() if one.document() == wanted]
    lines = [f"Undisturbed, equal documents: {'; '.join(same)} ({len(same)} of {len(whole)}).\n"]
    if made:
        lines.append(f"{worker_killed(made, data, folder / 'worker.db', wanted)}\n")
    found = {"code": dict(versions()), "length": length, "wanted": wanted, "lines": lines}
    return found | {"alike": len(same) == len(whole), "rows": [], "equal": 0}


def kept(path: Path | None) -> dict[str, Any] | None:
    """Return what an earlier call with the same code found."""
    if path is None or not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found if found["code"] == dict(versions()) else None


def keep(found: dict[str, Any], path: Path | None) -> None:
    """Write what is needed to go on."""
    if path is not None:
        path.write_text(json.dumps(found), encoding="utf-8")


def write(found: dict[str, Any]) -> None:
    """Write the table."""
    total = (
        f"\n{found['equal']} of {len(found['rows'])} resumed documents are equal to the undisturbed one.\n"
    )
    text = TITLE + "\n".join(found["lines"]) + "\n" + HEADER + "\n".join(found["rows"]) + "\n" + total
    (RESULTS / "kill_test.md").write_text(text, encoding="utf-8")


def one_kill(
    number: int,
    every: list[Way],
    length: dict[str, float],
    data: Path,
    folder: Path,
    wanted: str,
    draw: random.Random,
) -> tuple[tuple[object, ...], bool]:
    """Kill one comparison, resume it; return the cells of its row and whether its document is right."""
    way, store = every[number % len(every)], folder / f"{number}.db"
    one = Comparison(data, store, way)
    after = draw.uniform(0, length[way.name])
    while not one.kill_after(after):  # it was over before: begin anew, kill earlier
        one.ask("prune", "--all")
        after = draw.uniform(0, after)
    kept = one.done()
    again = draw.random() < 0.3 and one.kill_after(draw.uniform(0, length[way.name] / 2))
    resumed = Comparison(data, store, draw.choice(every))
    resumed.run()
    cells = (number + 1, way.name, f"{after:.2f}", kept, "yes" if again else "no", resumed.way.name)
    return cells, resumed.document() == wanted


def worker_killed(made: Cluster, data: Path, store: Path, wanted: str) -> str:
    """Kill a worker of the scheduler in the middle of a comparison; say what became of the document."""
    from distributed import Client

    one = Comparison(data, store, Way("dask", options=("--scheduler", made.address)))
    process = one.start()
    with Client(made.address, set_as_default=False) as client:
        victim = next(iter(client.run(os.getpid).values()))
    os.kill(victim, signal.SIGKILL)
    process.communicate()
    verdict = "equal" if process.returncode == 0 and one.document() == wanted else "DIFFERENT"
    return f"One of the two dask workers killed in the middle: the document is {verdict}."
