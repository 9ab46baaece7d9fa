"""How often 95 percent intervals hold the truth of a known population.

Usage: python -m benchmarks coverage [--draws 1000] [--full]

`eval`: hold-outs drawn from populations in which the scores of both classes are normal, so that the truth is
known (the measure on 2 million rows), at 50, 200 and 1,000 positives on average. `compare`: tables of
`benchmarks.twins`, whose truth is that of methods trained on many tables. Right is 93 to 97 percent.
``--full``: 4,000 draws, 2,000 resamples.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from scipy.special import expit

from benchmarks.shared import RESULTS
from benchmarks.twins import FULL, cross_validated, table, truth
from imbtool.evaluation.statistics import corrected_ttest, mean_interval
from imbtool.holdout.intervals import measured, point_values
from imbtool.holdout.measures import metric_named
from imbtool.holdout.rows import Scored

POSITIVES = (50, 200, 1000)
POPULATIONS: dict[str, tuple[float, float, float, float]] = {
    "fair model, 20 %, calibrated": (0.2, 1.5, 1.0, 0.0),
    "strong model, 20 %, over-confident": (0.2, 3.0, 1.5, 0.5),
}
"""Share of positives, distance of the two classes' scores, factor and shift of the stated log-odds."""
THRESHOLD = 0.2
NAMES = (
    *("pr_auc", "roc_auc", "brier", "brier_skill", "log_loss", "calibration_error"),
    *("f1", "mcc", "balanced_accuracy", "g_mean", "precision", "recall"),
)
MEASURES = tuple(metric_named(name) for name in NAMES)
_TRUTH_ROWS = 2_000_000


def holdout(rng: np.random.Generator, rows: int, population: tuple[float, float, float, float]) -> Scored:
    """Return scored rows."""
    share, apart, factor, shift = population
    y = (rng.random(rows) < share).astype(np.int64)
    score = rng.normal(size=rows) + apart * y
    p = expit(factor * (apart * score - apart**2 / 2 + np.log(share / (1 - share))) + shift)
    return Scored(
        y=y,
        proba=np.column_stack([1 - p, p]),
        classes=("0", "1"),
        decided=(p >= THRESHOLD).astype(np.int64),
        decided_default=(p >= 0.5).astype(np.int64),
        base_rate=np.array([1 - share, share]),
    )


def one(seed: int, *, positives: int, population: Any, resamples: int, true: dict[str, float]) -> Any:
    """Return for each measure whether the truth lies below, in or above the interval: -1, 0, 1."""
    rng = np.random.default_rng([positives, seed, 11])
    rows = holdout(rng, round(positives / population[0]), population)
    found = measured(rows, MEASURES, resamples=resamples, seed=seed)
    return [int(true[n] > found[n].high) - int(true[n] < found[n].low) for n in NAMES]


def cell(pool: ProcessPoolExecutor, population: Any, positives: int, draws: int, resamples: int) -> Any:
    """Return misses of each measure, shape (draws, measures)."""
    big = holdout(np.random.default_rng(1), _TRUTH_ROWS, population)
    true = point_values(big, MEASURES)
    work = partial(one, positives=positives, population=population, resamples=resamples, true=true)
    return np.array(list(pool.map(work, range(draws), chunksize=20)))


def said(misses: Any) -> str:
    """Return coverage, and the misses on either side."""
    held = 1 - np.mean(misses != 0)
    mark = "" if 0.93 <= held <= 0.97 else " (!)"
    return f"{held:.1%}{mark} ({np.mean(misses < 0):.1%}, {np.mean(misses > 0):.1%})"


def eval_lines(pool: ProcessPoolExecutor, draws: int, resamples: int) -> list[str]:
    """Return the table of hold-out intervals."""
    lines = [
        "| population | positives | draws | " + " | ".join(NAMES) + " |",
        "|---" * (len(NAMES) + 3) + "|",
    ]
    for label, population in POPULATIONS.items():
        for positives in POSITIVES:
            misses = cell(pool, population, positives, draws, resamples)
            cells = " | ".join(said(misses[:, i]) for i in range(len(NAMES)))
            lines.append(f"| {label} | {positives} | {len(misses)} | {cells} |")
    return lines


def cross(seed: int, *, positives: int, true: Any) -> list[int]:
    """Return where the truth lies for PR-AUC of a method, and for what it gains over another."""
    X, y = table(positives, np.random.default_rng([positives, seed, 12]))
    full, part = cross_validated(X, y, (FULL, FULL[:6]), folds=5, repeats=3, seed=seed)
    _, low, high = mean_interval(full.folds.ravel(), 0.25)
    gap = corrected_ttest((full.folds - part.folds).ravel(), 0.25)
    ends = ((low, high, true[0]), (gap.low, gap.high, true[0] - true[1]))
    return [int(value > high) - int(value < low) for low, high, value in ends]


def compare_lines(pool: ProcessPoolExecutor, draws: int) -> list[str]:
    """Return the table of the intervals of a comparison."""
    lines = ["| positives | draws | PR-AUC of a method | difference of two methods |", "|---|---|---|---|"]
    for positives in POSITIVES:
        true = truth(round(0.8 * positives), (FULL, FULL[:6]), tables=60)
        work = partial(cross, positives=positives, true=true)
        misses = np.array(list(pool.map(work, range(draws), chunksize=20)))
        lines.append(f"| {positives} | {len(misses)} | {said(misses[:, 0])} | {said(misses[:, 1])} |")
    return lines


TITLE = """\
# Coverage of 95 percent intervals

`python -m benchmarks coverage`: {draws} draws a cell, {resamples} resamples. Each cell: how often the
interval holds the truth (how often the truth lies below, above it). Right is 93 to 97 percent; (!) marks what
is not.

## Hold-outs: `imbtool eval`

Decisions at a threshold of 0.2.

"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks coverage")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args(arguments)
    draws, resamples = (4000, 2000) if asked.full else (asked.draws, 300)
    with ProcessPoolExecutor(asked.jobs) as pool:
        found = eval_lines(pool, draws, resamples)
        text = TITLE.format(draws=draws, resamples=resamples) + "\n".join(found)
        text += "\n\n## Cross-validation: `imbtool compare`, 3 x 5 folds\n\n"
        text += "\n".join(compare_lines(pool, draws)) + "\n"
    print(text)
    if draws >= 1000:
        (RESULTS / "coverage.md").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
