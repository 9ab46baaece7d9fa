"""Kill comparisons at random moments, resume each, and look whether anything differs.

Usage: python -m benchmarks kill_test [KILLS] [SEED]

KILLS (default 50) comparisons are killed with SIGKILL at a random moment of their work, half of them with one
worker, half with two. Each is resumed by the same command; some are killed once more before that, and some
are resumed with the other number of workers. The exported document must be the same, byte for byte, as that
of a run with one worker that nobody disturbed. Left out are the timing fields (every ``seconds``, and the
sentence of a verdict that says how many times longer a method takes) and the number of workers itself.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.shared import RESULTS

ASKED = ("--methods", "class_weight,random_over,random_under,smote", "--learners", "logistic")
FOLDS = ("--folds", "3", "--repeats", "6")
MEASURED = ("seconds", "jobs", "command", "engine", "peak_memory")
TITLE = """\
# Killed and resumed

`python -m benchmarks kill_test`: each comparison is killed with SIGKILL at a random moment, then resumed by
the same command; the exported JSON is compared byte for byte with that of an undisturbed run with one worker,
timing fields and the number of workers aside.

| kill | workers | killed after (seconds) | trials kept | killed again | resumed with | document |
|---|---|---|---|---|---|---|
"""


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

    def __init__(self, data: Path, store: Path, jobs: int, asked: tuple[str, ...] = (*ASKED, *FOLDS)) -> None:
        self.data, self.store, self.jobs = data, store, jobs
        self.command = ["compare", data.name, "-t", "fraud", *asked, "--jobs", str(jobs)]

    def start(self) -> subprocess.Popen[str]:
        """Start it and return once its work begins, or when it is over."""
        process = subprocess.Popen(
            [sys.executable, "-m", "imbtool", *self.command, "--store", str(self.store)],
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
    """Run the test and write its table."""
    kills = int(arguments[0]) if arguments else 50
    draw = random.Random(int(arguments[1]) if len(arguments) > 1 else time.time_ns())
    lines, equal = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = table(folder / "claims.csv")
        whole = {jobs: Comparison(data, folder / f"whole{jobs}.db", jobs) for jobs in (1, 2)}
        length = {jobs: one.run() for jobs, one in whole.items()}
        wanted = whole[1].document()
        print(f"undisturbed, 1 and 2 workers: {'equal' if whole[2].document() == wanted else 'DIFFERENT'}")
        for number in range(kills):
            jobs, store = 1 + number % 2, folder / f"{number}.db"
            one = Comparison(data, store, jobs)
            after = draw.uniform(0, length[jobs])
            while not one.kill_after(after):  # it was over before: begin anew, kill earlier
                one.ask("prune", "--all")
                after = draw.uniform(0, after)
            kept = one.done()
            again = draw.random() < 0.3 and one.kill_after(draw.uniform(0, length[jobs] / 2))
            resumed = Comparison(data, store, draw.choice((1, 2)))
            resumed.run()
            same = resumed.document() == wanted
            equal += same
            cells = (number + 1, jobs, f"{after:.2f}", kept, "yes" if again else "no", resumed.jobs)
            lines.append(f"| {' | '.join(map(str, cells))} | {'equal' if same else 'DIFFERENT'} |")
            print(lines[-1], flush=True)
            total = f"\n{equal} of {number + 1} resumed documents are equal to the undisturbed one.\n"
            (RESULTS / "kill_test.md").write_text(TITLE + "\n".join(lines) + "\n" + total)
    print(total)
    return 0 if equal == kills else 1
