"""How often 95 percent intervals hold the truth of a known population.

Usage: python -m benchmarks coverage [--draws 1000] [--full] [--minutes M]

`eval`: hold-outs drawn from populations in which the scores of both classes are normal, so that the truth is
known (the measure on 2 million rows), at 50, 200 and 1,000 positives on average. `compare`: tables of
`benchmarks.twins`, whose truth is that of methods trained on many tables. Right is 93 to 97 percent.
``--full``: 4,000 draws, 2,000 resamples.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from benchmarks.pieces import Pieces, add_options, run
from benchmarks.shared import RESULTS
from benchmarks.twins import (
    EVEN,
    FULL,
    ODD,
    SHARE,
    cross_validated,
    direction,
    log_odds,
    moments_of,
    precision,
    table,
)
from imbtool.evaluation.estimates import estimate_of
from imbtool.evaluation.statistics import corrected_ttest
from imbtool.holdout.intervals import measured, point_values
from imbtool.holdout.measures import metric_named
from imbtool.holdout.rows import Scored
from imbtool.methods.postprocess.threshold import Threshold
from imbtool.metrics.evaluate import evaluate
from imbtool.metrics.ranking import pr_auc_flattery

if TYPE_CHECKING:
    from collections.abc import Sequence

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
METHODS = (FULL, FULL[:6], ODD, EVEN)
NONE = 2
"""In place of where the truth lies: no interval was given."""
PAIRS, LABELS = ((0, 1), (2, 3)), ("two features less", "other features")
TRAININGS = 100
_TEST_ROWS = 200_000


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


def cell(pieces: Pieces, label: str, positives: int, draws: int, resamples: int) -> Any:
    """Return misses of each measure, shape (draws, measures)."""
    population = POPULATIONS[label]
    big = holdout(np.random.default_rng(1), _TRUTH_ROWS, population)
    true = point_values(big, MEASURES)
    work = partial(one, positives=positives, population=population, resamples=resamples, true=true)
    return np.array(pieces.of(f"eval {label} {positives} {resamples}", work, range(draws)))


def said(misses: Any) -> str:
    """Return coverage, and the misses on either side."""
    if np.all(misses == NONE):
        return "none given"
    held = 1 - np.mean(misses != 0)
    mark = " (!)" if held < 0.93 else " (+)" if held > 0.97 else ""
    return f"{held:.1%}{mark} ({np.mean(misses < 0):.1%}, {np.mean(misses > 0):.1%})"


def table_of(lines: dict[str, tuple[int, Any]], names: Sequence[str], head: str) -> list[str]:
    """Return a table of coverage, one line a cell."""
    found = [f"| {head} | draws | " + " | ".join(names) + " |", "|---" * (len(names) + 2) + "|"]
    for label, (draws, misses) in lines.items():
        found.append(f"| {label} | {draws} | " + " | ".join(said(column) for column in misses.T) + " |")
    return found


def decided(moments: Any, X: Any, y: Any, test: Any) -> tuple[Any, Any]:
    """Return probabilities and decisions of test rows; the cut of greatest F1 on the training rows."""
    p = [expit(log_odds(moments, FULL, rows)) for rows in (X, test)]
    proba = [np.column_stack([1 - one, one]) for one in p]
    return proba[1], Threshold().fit(proba[0], y).predict(proba[1])


def values_of(y: Any, proba: Any, cut: Any) -> list[float]:
    """Return the metrics that the report gives an interval for, and the flattery of the first."""
    found, _ = evaluate(
        y, proba, predicted=cut, predicted_default=(proba[:, 1] >= 0.5).astype(np.int64), n_classes=2,
        base_rate=np.array([1 - SHARE, SHARE]), classes=("0", "1"),
    )  # fmt: skip
    return [*(found[name] for name in NAMES), pr_auc_flattery(y, proba)]


def cross(seed: int, *, positives: int, true: Any) -> list[int]:
    """Return where the truth lies for the metrics of a method, and for what it gains over two others."""
    X, y = table(positives, np.random.default_rng([positives, seed, 12]))
    repeats, folds = 3, 5
    methods = cross_validated(X, y, METHODS, folds=folds, repeats=repeats, seed=seed)
    found = []
    for repeat in range(repeats):
        for f in range(folds):
            test = methods[0].fold_of[repeat] == f
            proba, cut = decided(moments_of(X[~test], y[~test]), X[~test], y[~test], X[test])
            found.append(values_of(y[test], proba, cut))
    *metrics, flattery = np.array(found).T
    flat = float(flattery.mean())
    ends: list[Any] = [
        estimate_of(name, values, 0.25, flat if name == "pr_auc" else 0.0)
        for name, values in zip(NAMES, metrics, strict=True)
    ]
    for one, two in PAIRS:
        ends.append(corrected_ttest((methods[one].folds - methods[two].folds).ravel(), 0.25))
    return [
        NONE if np.isnan(end.low) else int(value > end.high) - int(value < end.low)
        for end, value in zip(ends, true, strict=True)
    ]


def truth_of(number: int, *, positives: int) -> list[float]:
    """Return the metrics of one training, each measured on rows of its own."""
    rng = np.random.default_rng([positives, number, 17])
    X, y = table(round(0.8 * positives), rng)
    big, classes = table(round(SHARE * _TEST_ROWS), rng, _TEST_ROWS)
    moments = moments_of(X, y)
    values = values_of(classes, *decided(moments, X, y, big))[:-1]
    areas = [precision(classes, big @ direction(moments, columns)) for columns in METHODS]
    return [*values, *(areas[one] - areas[two] for one, two in PAIRS)]


def compare_lines(pieces: Pieces, draws: int) -> list[str]:
    """Return the table of the intervals of a comparison."""
    lines = {}
    for positives in POSITIVES:
        known = pieces.of(f"truth {positives}", partial(truth_of, positives=positives), range(TRAININGS))
        work = partial(cross, positives=positives, true=np.mean(known, axis=0))
        lines[str(positives)] = (draws, np.array(pieces.of(f"compare {positives}", work, range(draws))))
    return table_of(lines, (*NAMES, *(f"difference: {label}" for label in LABELS)), "positives")


def eval_lines(pieces: Pieces, draws: int, resamples: int) -> list[str]:
    """Return the table of hold-out intervals."""
    lines = {
        f"{label} | {positives}": (draws, cell(pieces, label, positives, draws, resamples))
        for label in POPULATIONS
        for positives in POSITIVES
    }
    return table_of(lines, NAMES, "population | positives")


TITLE = """\
# Coverage of 95 percent intervals

`python -m benchmarks coverage`: {draws} draws a cell, {resamples} resamples. Each cell: how often the
interval holds the truth (how often the truth lies below, above it). Right is 93 to 97 percent; (!) marks what
is less, (+) what is more: an interval that is wider than it need be.

## Hold-outs: `imbtool eval`

Decisions at a threshold of 0.2.

{eval}

## Cross-validation: `imbtool compare`, 3 x 5 folds

Tables of the population of `benchmarks/twins.py`. The truth is what methods that are trained on four fifths
of such tables reach on the population, mean over {trainings} trainings; decisions at the cut of greatest F1
on the training rows. The interval of PR-AUC is moved by what few positives flatter it, those of precision
and recall are widened for the luck that folds share in the threshold, the calibration error has none.
Differences are those of PR-AUC: to a method that lacks two of eight features, and between two on different
halves of them, which are equal on average while each table favours one in all of its folds. The corrected
test allows for the second, so that it is cautious about the first.

{compare}
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks coverage")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--full", action="store_true")
    add_options(parser)
    asked = parser.parse_args(arguments)
    draws, resamples = (4000, 2000) if asked.full else (asked.draws, 300)

    def work(pieces: Pieces) -> None:
        compared = "\n".join(compare_lines(pieces, draws))
        judged = "\n".join(eval_lines(pieces, draws, resamples))
        text = TITLE.format(
            draws=f"{draws:,}", resamples=resamples, trainings=TRAININGS, eval=judged, compare=compared
        )
        print(text)
        if draws >= 1000:
            (RESULTS / "coverage.md").write_text(text)

    return run("coverage", asked, work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
