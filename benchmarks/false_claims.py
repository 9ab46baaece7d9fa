"""A/A comparisons: how often each test claims that one of two equal methods beats the other, and its power.

Usage: python -m benchmarks false_claims [--comparisons 300] [--full]

The two methods are one, under two names: train on a bootstrap of the training part, with other seeds. Their
true difference is 0 by construction, while every fold shows one. Each comparison takes one shared or
synthetic data set, cut down to between 20 and 2,000 positives, and either LightGBM (30 rounds) or logistic
regression. For the power, one of the two trains on half of the rows only. ``--full``: 2,000 comparisons.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
from scipy import stats
from sklearn.datasets import make_classification

from benchmarks.shared import RESULTS, manifest, path_of, target_of
from imbtool.core.seeds import derive_seed
from imbtool.core.types import Layout
from imbtool.data.load import load_dataset
from imbtool.data.splits import Split, outer_splits
from imbtool.evaluation.significance import combined_f, sign_flip
from imbtool.evaluation.statistics import corrected_ttest, correlated_bayes
from imbtool.metrics.ranking import pr_auc
from imbtool.recipe.parser import parse_learner, parse_recipe
from imbtool.recipe.training import score
from imbtool.recipe.workspace import Part, Workspace

POSITIVES = (20, 50, 100, 200, 500, 1000, 2000)
MOST_ROWS = 8000
LEARNERS = ("lightgbm(n_estimators=30)", "logistic")
RECIPE = parse_recipe("none")
ROPE = 0.01


def sources() -> list[str]:
    """Return the binary shared sets with at least 50 positives, and two synthetic ones."""
    usable = [r["name"] for r in manifest() if r["n_classes"] == "2" and int(r["minority_count"]) >= 50]
    return [*usable, "synthetic easy", "synthetic hard"]


def population(name: str, seed: int) -> tuple[Any, Any, Layout]:
    """Return features, target and layout of a source."""
    if name.startswith("synthetic"):
        apart = 1.2 if name.endswith("easy") else 0.5
        X, y = make_classification(
            40_000, 12, n_informative=6, weights=[0.9], class_sep=apart, flip_y=0.05, random_state=seed
        )
        return X, y.astype(np.int64), Layout(names=tuple(f"x{i}" for i in range(12)), levels=(0,) * 12)
    data = load_dataset(str(path_of(name)), target=target_of(name))
    return data.X, data.y, data.layout


def draw(y: Any, positives: int, rng: np.random.Generator) -> Any:
    """Return rows with so many positives, at the natural share as far as `MOST_ROWS` allows."""
    hits, rest = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    n_hits = min(positives, len(hits))
    n_rest = min(len(rest), MOST_ROWS - n_hits, max(n_hits, round(n_hits * len(rest) / len(hits))))
    return np.sort(np.concatenate([rng.choice(hits, n_hits, False), rng.choice(rest, n_rest, False)]))


class Rows:
    """The part of a data set that `outer_splits` looks at."""

    group = time = None
    task = "binary"
    n_classes = 2
    classes = ("0", "1")

    def __init__(self, y: Any) -> None:
        self.y, self.n_rows = y, len(y)
        self.counts = tuple(np.bincount(y, minlength=2).tolist())


def fold_values(X: Any, y: Any, layout: Layout, split: Split, learner: str, seed: int, share: float) -> float:
    """Return the PR-AUC of one method on one fold."""
    rng = np.random.default_rng(seed)
    drawn = [rng.choice(r, max(2, round(share * len(r)))) for r in _by_class(split.train, y)]
    train = np.sort(np.concatenate(drawn))
    space = Workspace(Part(X=X[train], y=y[train]), X[split.test], layout=layout, n_classes=2, seed=seed)
    return float(pr_auc(y[split.test], score(space, RECIPE, parse_learner(learner)).target))


def _by_class(rows: Any, y: Any) -> list[Any]:
    return [rows[y[rows] == k] for k in (0, 1)]


def differences(
    X: Any, y: Any, layout: Layout, learner: str, seed: int, folds: int, repeats: int, share: float
) -> Any:
    """Return the paired differences over the folds, shape (repeats, folds)."""
    splits, _ = outer_splits(Rows(y), folds=folds, repeats=repeats, seed=seed)  # type: ignore[arg-type]
    d = np.full((repeats, folds), np.nan)
    for split in splits:
        values = [
            fold_values(
                X, y, layout, split, learner, derive_seed(seed, which, split.repeat, split.fold), part
            )
            for which, part in (("one", 1.0), ("two", share))
        ]
        d[split.repeat, split.fold] = values[0] - values[1]
    return d


def one_comparison(number: int) -> dict[str, Any]:
    """Return the p-values of every test in one A/A comparison, and in one with a known difference."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng([20_26, number])
    names = sources()
    name = names[number % len(names)]
    X, y, layout = population(name, number)
    positives = POSITIVES[number % len(POSITIVES)]
    rows = draw(y, positives, rng)
    X, y = X[rows], y[rows]
    learner = LEARNERS[(number // len(names)) % 2]
    found: dict[str, Any] = {"positives": int((y == 1).sum())}
    for what, share in (("equal", 1.0), ("different", 0.5)):
        d = differences(X, y, layout, learner, number, 5, 3, share)
        halves = differences(X, y, layout, learner, number, 2, 5, share)
        found[what] = _p_values(d, halves)
    return found


def _p_values(d: Any, halves: Any) -> dict[str, float]:
    once, all_of_them = d[0], d.ravel()
    posterior = correlated_bayes(all_of_them, 0.25, ROPE)
    return {
        "corrected t, 5 folds": corrected_ttest(once, 0.25).p_value,
        "corrected t, 3 x 5 folds": corrected_ttest(all_of_them, 0.25).p_value,
        "5x2cv combined F": combined_f(halves),
        "Bayesian correlated t, P(better) > 0.95": 0.0
        if max(posterior.better, posterior.worse) > 0.95
        else 1.0,
        "sign flips, 5 folds": sign_flip(once),
        "sign flips, 3 x 5 folds": sign_flip(all_of_them),
        "ordinary t, 3 x 5 folds": float(stats.ttest_1samp(all_of_them, 0.0).pvalue),
        "Wilcoxon, 3 x 5 folds": _wilcoxon(all_of_them),
    }


def _wilcoxon(d: Any) -> float:
    return float(stats.wilcoxon(d).pvalue) if np.any(d) else 1.0


def table(found: list[dict[str, Any]]) -> list[str]:
    """Return the lines of the report."""
    lines = ["| test | claims | rate | 95 % interval | at most 5 % |", "|---|---|---|---|---|"]
    for test in found[0]["equal"]:
        p = np.array([f["equal"][test] for f in found])
        claims = int((p < 0.05).sum())
        low, high = stats.binomtest(claims, len(p)).proportion_ci(method="wilson")
        says = "yes" if claims / len(p) <= 0.05 else ("within chance" if low <= 0.05 else "no")
        lines.append(
            f"| {test} | {claims} of {len(p)} | {claims / len(p):.1%} | {low:.1%} to {high:.1%} | {says} |"
        )
    by_size: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        by_size[min(POSITIVES, key=lambda p: abs(p - one["positives"]))].append(one)
    tests = list(found[0]["equal"])[:4]
    for what, title in (("equal", "Claims by number of positives, nothing to find"), ("different", POWER)):
        lines += ["", title, "", "| positives | comparisons | " + " | ".join(tests) + " |"]
        lines.append("|---" * (2 + len(tests)) + "|")
        for size, group in sorted(by_size.items()):
            rates = [np.mean([one[what][test] < 0.05 for one in group]) for test in tests]
            lines.append(f"| {size} | {len(group)} | " + " | ".join(f"{r:.0%}" for r in rates) + " |")
    return lines


POWER = "Power: how often the loss from training on half of the rows is noticed"
TITLE = """\
# False claims and power

`python -m benchmarks false_claims`: {} comparisons, PR-AUC, level 5 %. Equal methods: the same one under two
names, each trained on its own bootstrap of the training part, class by class.

"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks false_claims")
    parser.add_argument("--comparisons", type=int, default=300)
    parser.add_argument("--full", action="store_true")
    asked = parser.parse_args(arguments)
    wanted = 2000 if asked.full else asked.comparisons
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(one_comparison, range(wanted)))
    text = TITLE.format(wanted) + "\n".join(table(found)) + "\n"
    print(text)
    if wanted >= 300:
        (RESULTS / "false_claims.md").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
