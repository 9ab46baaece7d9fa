"""Whether ``--budget``, ``--method-timeout`` and ``--max-memory`` are kept.

Usage: python -m benchmarks limits [budget] [timeout] [memory]

Each part writes its own table; a part that is not named is left as it was. Budgets are kept beside a process
that keeps a core busy, too. *load* is how many processes wanted to run on each core before the measurement
(the load average of the last minute by the number of cores): from 1 on a process has to wait. Memory is
looked at up to fifty times a second over the whole process tree: what processes have of their own (``held``),
and their share of what is resident (the kernel's PSS).
Linux.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.loop import busy_core
from benchmarks.shared import RESULTS, path_of, target_of
from imbtool.core.quantities import spell_bytes
from imbtool.engine import Limits, default_jobs, make_engine
from imbtool.engine.memory import held

if TYPE_CHECKING:
    from collections.abc import Callable

SHORT = ("oil_spill", "ecoli3", "mammography")
BUDGETS = (
    *((name, seconds, (), busy) for busy in ("", "yes") for name in SHORT for seconds in (3, 5, 10)),
    ("oil_spill", 10, ("--learners", "torch"), ""),
    ("mammography", 15, (), ""),
)
TIMEOUTS = (
    ("boosting rounds", "mammography", "lightgbm(n_estimators=50000)", "none"),
    ("neighbour search", "give_me_some_credit", "logistic", "smote_enn"),
    ("kernel matrices", "mammography", "logistic", "svm_smote"),
)
MEMORY = (("mammography", "250M"), ("mammography", "400M"))
FILE = RESULTS / "limits.md"
TITLE = """\
# Limits kept

`python -m benchmarks limits`. See the head of `benchmarks/limits.py` for what is measured.
"""


def load() -> str:
    """Return the processes that wanted a core in the last minute, by cores."""
    return f"{os.getloadavg()[0] / default_jobs():.1f}"


def command(name: str, *options: str) -> list[str]:
    """Return the command that compares on a shared data set and prints JSON."""
    common = ("--json", "--quiet", "--no-store", *options)
    return [sys.executable, "-m", "imbtool", "compare", str(path_of(name)), "-t", target_of(name), *common]


def told(output: str) -> str:
    """Return how many trials a document holds, and how many were cut off; or the error."""
    document = json.loads(output)
    if "error" in document:
        return str(document["error"]["code"])
    statuses = [trial["status"] for trial in document["trials"]]
    return f"{statuses.count('ok')} done, {statuses.count('cut-off')} cut off"


def budgets() -> list[str]:
    """Return the table of budgets."""
    lines = ["| data set | options | busy core | load | budget (s) | whole command (s) | over (s) | trials |"]
    lines.append("|---|---|---|---:|---:|---:|---:|---|")
    for name, seconds, options, busy in BUDGETS:
        asked = command(name, "--budget", f"{seconds}s", "--jobs", "2", *options)
        with busy_core() if busy else nullcontext():
            before, begun = load(), time.monotonic()
            done = subprocess.run(asked, capture_output=True, text=True, check=False)
            took = time.monotonic() - begun
        cells = (name, " ".join(options), busy, before, seconds, f"{took:.1f}")
        lines.append(f"| {' | '.join(map(str, cells))} | {took - seconds:+.1f} | {told(done.stdout)} |")
        print(lines[-1], flush=True)
    return lines


def timeouts() -> list[str]:
    """Return the table of stopped trainings."""
    from imbtool.data.load import load_dataset
    from imbtool.evaluation import plan
    from imbtool.evaluation.ahead import comparison_ahead
    from imbtool.evaluation.design import Design
    from imbtool.evaluation.options import Options
    from imbtool.evaluation.work import run_task

    lines = ["| work | engine | load | limit (s) | stopped after (s) |", "|---|---|---:|---:|---|"]
    for what, name, learner, method in TIMEOUTS:
        dataset = load_dataset(str(path_of(name)), target=target_of(name), max_rows=60_000)
        options = Options(learners=(learner,), methods=(method,), repeats=1, inner_folds=0).checked()
        design = Design.of(dataset, options)
        rows = [row for row in design.first() if str(row.recipe) == method]
        tasks = plan.tasks(rows, design.places[:3])
        for kind in ("processes", "serial"):
            before = load()
            with comparison_ahead(learners=learner, jobs=1, engine=kind, method_timeout=1):
                engine = make_engine(1, len(tasks), kind=kind, stoppable=True)
                outcomes = [*engine.run(run_task, design.shared(), tasks, Limits(task_seconds=1.0))]
                engine.close()
            seconds = ", ".join(f"{o.seconds:.2f}" if o.stopped else "(was done)" for o in outcomes)
            lines.append(f"| {what}: {learner} {method} | {kind} | {before} | 1 | {seconds} |")
            print(lines[-1], flush=True)
    return lines


def memory() -> list[str]:
    """Return the table of peaks."""
    head = "| data set | limit | own memory at most | resident at most (PSS) | trials | seconds |"
    lines = [head, "|---|---:|---:|---:|---|---:|"]
    methods = "class_weight,smote,enn,easy_ensemble"
    for name, limit in MEMORY:
        asked = command(name, "--max-memory", limit, "--jobs", "2", "--repeats", "1", "--methods", methods)
        begun = time.monotonic()
        process = subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)
        peaks = {"own": 0, "pss": 0}

        def look(root: int = process.pid, peaks: dict[str, int] = peaks) -> None:
            every = tree(root)
            peaks["own"] = max(peaks["own"], sum(map(held, every)))
            peaks["pss"] = max(peaks["pss"], sum(map(pss, every)))

        output = watched(process, look)
        own, resident = spell_bytes(peaks["own"]), spell_bytes(peaks["pss"])
        took = time.monotonic() - begun
        lines.append(f"| {name} | {limit} | {own} | {resident} | {told(output)} | {took:.0f} |")
        print(lines[-1], flush=True)
    return lines


def watched(process: subprocess.Popen[str], look: Callable[[], None]) -> str:
    """Look again and again while a process runs; return what it printed."""
    import threading

    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(process.communicate()[0]))
    reader.start()
    while reader.is_alive():
        look()
        reader.join(0.02)
    return found[0]


def tree(root: int) -> list[int]:
    """Return a process and all its descendants that are there now."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [root]
    for pid in found:
        found += parents.get(pid, [])
    return found


def pss(pid: int) -> int:
    """Return a process's share of what is resident, in bytes."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    match = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(match.group(1)) * 1024 if match else 0


PARTS: dict[str, tuple[str, Any]] = {
    "budget": ("The whole command under --budget", budgets),
    "timeout": ("A training under a limit of one second", timeouts),
    "memory": ("The process tree under --max-memory", memory),
}


def main(arguments: list[str]) -> int:
    """Measure the parts that are named, or all."""
    for name in arguments or PARTS:
        title, measure = PARTS[name]
        write(title, measure())
    return 0


def write(title: str, lines: list[str]) -> None:
    """Put one part's table into the file, in the place of its last one."""
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else TITLE
    kept = [part for part in re.split(r"\n(?=## )", text) if not part.startswith(f"## {title}\n")]
    part = f"## {title}\n\n" + "\n".join(lines)
    FILE.write_text("\n\n".join(p.strip() for p in [*kept, part]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
