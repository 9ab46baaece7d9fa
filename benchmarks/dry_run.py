"""Seconds and memory that a dry run predicts, against what the work then takes, over the shared data sets.

Usage: python -m benchmarks dry_run [--keep FOLDER] [--for SECONDS] [NAME[:MAX_ROWS[:LEARNER]] ...]

For each set the plan is made as `imbtool compare --dry-run` makes it, and every training of the first fold
is then run. Both are measured in processor seconds of one thread, which other work on the machine does not
change; memory is the peak of the process while a training runs (Linux). With the slow learner torch it is
every third training. What was measured is kept in the folder, one file a set, so that the benchmark goes on
where it was stopped; ``--for`` ends it after the set that is begun within so many seconds.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.shared import RESULTS, path_of, target_of

SETS = (
    *("mammography:5000", "oil_spill:5000", "abalone19:5000", "satimage_c4:5000", "page_blocks0:5000"),
    *("stroke:5000", "thyroid_hypothyroid:5000", "telco_churn:5000", "polish_bankruptcy_1y:5000"),
    *("coil2000_caravan:5000", "yeast:5000", "credit_default_tw:5000", "fraud_oracle:5000"),
    *("bank_additional:20000", "give_me_some_credit:20000", "oil_spill:5000:torch", "mammography:2500:torch"),
)
LEARNERS = ("lightgbm", "logistic")
TITLE = """\
# The dry run's predictions

`python -m benchmarks dry_run`: predicted over measured processor seconds of every training on the first fold
(inner folds, calibrators, thresholds and metrics included), and predicted over measured peak memory. Good is
within a factor of 2. *dry run* is what making the predictions took.

"""


class Line(NamedTuple):
    """One training: predicted and measured."""

    name: str
    seconds: tuple[float, float]
    memory: tuple[float, float]


def within(pair: tuple[float, float]) -> bool:
    """Whether a prediction is right within a factor of 2, or both are next to nothing."""
    return abs(math.log2(max(pair[0], 1e-3) / max(pair[1], 1e-3))) <= 1


def measure(name: str, rows: int, learners: tuple[str, ...] = LEARNERS) -> tuple[float, int, list[Line]]:
    """Return the seconds of the dry run, the rows and the lines of one data set."""
    from imbtool.data.load import load_dataset
    from imbtool.engine.memory import forget_peak, peak
    from imbtool.evaluation import plan
    from imbtool.evaluation.cost import CostModel
    from imbtool.evaluation.design import Design
    from imbtool.evaluation.options import Options
    from imbtool.evaluation.work import forget_workspaces, run_task

    dataset = load_dataset(str(path_of(name)), target=target_of(name), max_rows=rows)
    design = Design.of(dataset, Options(learners=learners, repeats=1, max_rows=rows).checked())
    shared = design.shared()
    wanted = [row for row in design.first() if not design.refusal(row)]
    tasks = plan.tasks(wanted, [design.places[0]])
    began = time.process_time()
    model = CostModel(shared, tasks)
    costs = [model.cost(task) for task in tasks]
    took = time.process_time() - began
    lines = []
    step = 3 if "torch" in learners else 1
    for task, cost in [*zip(tasks, costs, strict=True)][::step]:
        forget_peak()
        began = time.process_time()
        trials = run_task(shared, task)
        seconds = time.process_time() - began
        if cost.finishing and trials[0].status == "ok":
            found = (cost.training + sum(cost.finishing), seconds)
            lines.append(Line(f"{task.learner} {task.training}", found, (cost.memory, peak())))
    forget_workspaces()
    return took, dataset.n_rows, lines


def main(arguments: list[str]) -> int:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks dry_run")
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "imbtool-dry-run")
    parser.add_argument("--for", dest="seconds", type=float, default=math.inf)
    asked = parser.parse_args(arguments)
    asked.keep.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + asked.seconds
    table = [
        "| data set | rows | dry run | trainings | seconds within 2x | worst | memory within 2x | worst |"
    ]
    table.append("|---|---|---|---|---|---|---|---|")
    every: list[Line] = []
    worst: list[tuple[float, str]] = []
    for item in asked.sets or SETS:
        name, rows, learner = [*item.split(":"), "", ""][:3]
        if not path_of(name).exists():
            print(f"{name} is not there", file=sys.stderr)
            continue
        found = kept(asked.keep / f"{item.replace(':', '-')}.json", end, name, rows, learner)
        if found is None:
            break
        took, n_rows, lines = found
        every += lines
        cells = [f"{name} {learner}".strip(), f"{n_rows:,}", f"{took:.1f} s", str(len(lines))]
        for pairs in ([x.seconds for x in lines], [x.memory for x in lines]):
            good = sum(map(within, pairs))
            far = max((a / b for a, b in pairs), key=lambda r: abs(math.log(r)))
            cells += [f"{good} ({100 * good / len(pairs):.0f} %)", f"{far:.2f}"]
        table.append(f"| {' | '.join(cells)} |")
        print(table[-1], flush=True)
        worst += [(x.seconds[0] / x.seconds[1], f"{name} {n_rows:,}: {x.name}") for x in lines]
        if not asked.sets:
            write(table, every, worst)
    if not every:
        return 0
    for ratio, what in sorted(worst, key=lambda w: -abs(math.log(w[0])))[:25]:
        print(f"{ratio:6.2f}  {what}")
    print(summary(every))
    return 0 if sum(within(x.seconds) for x in every) >= 0.8 * len(every) else 1


def kept(path: Path, end: float, name: str, rows: str, learner: str) -> tuple[float, int, list[Line]] | None:
    """Return what was measured on a set before, else measure it; None when the time is over."""
    if not path.exists():
        if time.monotonic() >= end:
            return None
        learners = (learner,) if learner else LEARNERS
        path.write_text(json.dumps(measure(name, int(rows or 5000), learners)), encoding="utf-8")
    took, n_rows, lines = json.loads(path.read_text(encoding="utf-8"))
    return took, n_rows, [Line(x[0], tuple(x[1]), tuple(x[2])) for x in lines]


def summary(every: list[Line]) -> str:
    """Return the shares over all data sets."""
    seconds = sum(within(x.seconds) for x in every)
    memory = sum(within(x.memory) for x in every)
    return (
        f"{seconds} of {len(every)} trainings ({100 * seconds / len(every):.0f} %) are predicted within a "
        f"factor of 2 in seconds, {memory} ({100 * memory / len(every):.0f} %) in memory."
    )


def write(table: list[str], every: list[Line], worst: list[tuple[float, str]]) -> None:
    """Write the results so far."""
    far = sorted(worst, key=lambda w: -abs(math.log(w[0])))[:10]
    lines = "\n".join(f"| {what} | {ratio:.2f} |" for ratio, what in far)
    text = f"{TITLE}{summary(every)}\n\n" + "\n".join(table)
    text += "\n\nThe ten farthest, predicted over measured seconds:\n\n| training | ratio |\n|---|---|\n"
    done = len(table) - 2
    more = f"\nThe first {done} of {len(SETS)} sets so far.\n" if done < len(SETS) else ""
    (RESULTS / "dry_run.md").write_text(text + lines + "\n" + more)
