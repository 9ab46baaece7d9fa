"""Known differences: how often each test sees one of a known size, and how often one that is not there.

Usage: python -m benchmarks power [--tables 100] [--full]

Tables are drawn from the population of `benchmarks.twins`, with 20 to 1,000 positives. No difference: the two
methods look at different halves of the features. A difference: one looks at all features, the other lacks
some; its true size is that of methods trained on many such tables and tested on 200,000 rows. ``--full``:
2,000 tables a cell. The combined F test at few positives takes 20 times as many tables.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from scipy import stats

from benchmarks.fold_tests import LEVEL, claims, of_predictions
from benchmarks.shared import RESULTS
from benchmarks.twins import EVEN, FULL, ODD, cross_validated, table, truth
from imbtool.evaluation.choice import TESTS
from imbtool.evaluation.significance import combined_f

POSITIVES = (20, 50, 100, 200, 500, 1000)
LACKS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("1 of 8 features", (7,)),
    ("2 of 8 features", (6, 7)),
    ("4 of 8 features", (4, 5, 6, 7)),
)
FEW = (20, 30, 50, 100)
MOST_FOR_BOOTSTRAP = 100
"""Positives up to which pooled predictions are resampled: it takes longest and changes nothing above."""


def one(seed: int, positives: int, methods: Any, pooled: bool) -> dict[str, bool]:
    """Return what each test claims on one table."""
    X, y = table(positives, np.random.default_rng([positives, seed]))
    folds = cross_validated(X, y, methods, folds=5, repeats=3, seed=seed)
    halves = cross_validated(X, y, methods, folds=2, repeats=5, seed=seed)
    found = claims(folds[0].folds - folds[1].folds, halves[0].folds - halves[1].folds)
    if pooled:
        found |= of_predictions(y, folds[0], folds[1], seed)
    return found


def rates(pool: ProcessPoolExecutor, tables: int, positives: int, methods: Any, pooled: bool) -> Any:
    """Return the rate of claims of each test."""
    work = partial(one, positives=positives, methods=methods, pooled=pooled)
    found = list(pool.map(work, range(tables), chunksize=25))
    return {name: sum(f[name] for f in found) for name in found[0]}


def null_lines(pool: ProcessPoolExecutor, tables: int) -> list[str]:
    """Return the table of claims where there is nothing to claim."""
    by_size = {p: rates(pool, tables, p, (ODD, EVEN), p <= MOST_FOR_BOOTSTRAP) for p in POSITIVES}
    names = list(by_size[POSITIVES[0]])
    head = "| test | offered | " + " | ".join(map(str, POSITIVES)) + " | all | 95 % interval |"
    lines = [head, "|---" * (len(POSITIVES) + 4) + "|"]
    for name in names:
        counts = [by_size[p].get(name) for p in POSITIVES]
        known = [c for c in counts if c is not None]
        low, high = stats.binomtest(sum(known), len(known) * tables).proportion_ci(method="wilson")
        cells = [" " if c is None else f"{c / tables:.1%}" for c in counts]
        offered = "yes" if name in TESTS else "no"
        total = sum(known) / (len(known) * tables)
        lines.append(f"| {name} | {offered} | {' | '.join(cells)} | {total:.1%} | {low:.1%} to {high:.1%} |")
    return lines


def halves(seed: int, positives: int) -> bool:
    """Return whether the combined F test claims a difference on a table where there is none on average."""
    X, y = table(positives, np.random.default_rng([positives, seed]))
    one, two = cross_validated(X, y, (ODD, EVEN), folds=2, repeats=5, seed=seed)
    return combined_f(one.folds - two.folds) < LEVEL


def halves_lines(pool: ProcessPoolExecutor, tables: int) -> list[str]:
    """Return how often the combined F test claims at few positives."""
    lines = ["| positives | claims | 95 % interval |", "|---|---|---|"]
    for p in FEW:
        seen = sum(pool.map(partial(halves, positives=p), range(tables), chunksize=100))
        low, high = stats.binomtest(seen, tables).proportion_ci(method="wilson")
        lines.append(f"| {p} | {seen / tables:.1%} | {low:.1%} to {high:.1%} |")
    return lines


def power_lines(pool: ProcessPoolExecutor, tables: int) -> list[str]:
    """Return the power curves."""
    names = [*TESTS, "ordinary t, 3 x 5 folds"]
    lines = ["| lacks | positives | true difference | " + " | ".join(names) + " |"]
    lines.append("|---" * (len(names) + 3) + "|")
    for label, lacking in LACKS:
        methods = (FULL, tuple(f for f in FULL if f not in lacking))
        for p in POSITIVES:
            true = truth(round(0.8 * p), methods)
            seen = rates(pool, tables, p, methods, False)
            cells = " | ".join(f"{seen[name] / tables:.0%}" for name in names)
            lines.append(f"| {label} | {p} | {true[0] - true[1]:+.3f} | {cells} |")
    return lines


TITLE = """\
# Power, and claims where methods are equal on average

`python -m benchmarks power`: {} tables a cell (half as many for
the power), PR-AUC, level 5 %, rope 0.01. The tables are drawn from a
known population (`benchmarks/twins.py`); corrected-t, permutation and bayes over 3 x 5 folds.

## Equal on average, not on one table

Two methods on different halves of equally good features: over all tables neither is better, but each table
favours one in all of its folds. At most 5 % is promised. Columns: positives.

"""


HALVES = """

## The combined F test at few positives

The same question, {:,} tables a cell. `--test 5x2cv-f` is refused with fewer than 100 positives.

"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks power")
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args(arguments)
    tables = 2000 if asked.full else asked.tables
    with ProcessPoolExecutor(asked.jobs) as pool:
        text = TITLE.format(tables) + "\n".join(null_lines(pool, tables))
        text += HALVES.format(20 * tables) + "\n".join(halves_lines(pool, 20 * tables))
        text += "\n\n## A difference of known size\n\n" + "\n".join(power_lines(pool, tables // 2)) + "\n"
    print(text)
    if tables >= 100:
        (RESULTS / "power.md").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
