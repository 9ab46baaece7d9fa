"""A/A comparisons: how often each test claims that one of two equal methods beats the other.

Usage: python -m benchmarks false_claims [--comparisons 300] [--full] [--minutes M]

The two methods are one, under two names: train on a bootstrap of the training part, with other seeds. Their
true difference is 0 by construction, while every fold shows one. Each comparison takes one shared or
synthetic data set, cut down to between 20 and 2,000 positives, and either LightGBM (30 rounds) or linear
discriminant analysis, which is quickest. ``--full``: 2,000 comparisons.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import defaultdict
from functools import partial
from typing import Any

import numpy as np
from scipy import stats
from sklearn.datasets import make_classification

from benchmarks.fold_tests import LEVEL, claims, of_predictions
from benchmarks.pieces import Pieces, add_options, run
from benchmarks.shared import RESULTS, manifest, path_of, target_of
from benchmarks.twins import Values, direction, moments_of
from imbtool.core.seeds import derive_seed
from imbtool.core.types import Layout
from imbtool.data.load import load_dataset
from imbtool.data.splits import Split, outer_splits
from imbtool.evaluation.choice import TESTS
from imbtool.metrics.paired import cochran_q, delong, mcnemar, swapped_pr_auc
from imbtool.metrics.ranking import pr_auc
from imbtool.recipe.parser import parse_learner, parse_recipe
from imbtool.recipe.training import score
from imbtool.recipe.workspace import Part, Workspace

POSITIVES = (20, 50, 100, 200, 500, 1000, 2000)
MOST_ROWS = 4000
LEARNERS = ("lightgbm(n_estimators=30)", "discriminant")
RECIPE = parse_recipe("none")


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


def _scores(X: Any, y: Any, layout: Layout, split: Split, learner: str, seed: int) -> Any:
    """Return the test scores of one method on one fold."""
    rng = np.random.default_rng(seed)
    train = np.sort(np.concatenate([rng.choice(r, max(2, len(r))) for r in _by_class(split.train, y)]))
    if learner == "discriminant":
        weights = direction(moments_of(X[train], y[train]), range(X.shape[1]))
        return np.column_stack([np.zeros(len(split.test)), X[split.test] @ weights])
    space = Workspace(Part(X=X[train], y=y[train]), X[split.test], layout=layout, n_classes=2, seed=seed)
    return score(space, RECIPE, parse_learner(learner)).target


def _by_class(rows: Any, y: Any) -> list[Any]:
    return [rows[y[rows] == k] for k in (0, 1)]


def twins(
    X: Any, y: Any, layout: Layout, learner: str, seed: int, folds: int, repeats: int
) -> tuple[Values, Values]:
    """Return what the method gives under each of its two names, on the same folds."""
    splits, _ = outer_splits(Rows(y), folds=folds, repeats=repeats, seed=seed)  # type: ignore[arg-type]
    found = [Values(np.empty((repeats, folds)), np.empty((repeats, len(y))), []) for _ in range(2)]
    fold_of = np.empty((repeats, len(y)), dtype=np.int64)
    for split in splits:
        fold_of[split.repeat, split.test] = split.fold
        for name, values in zip(("one", "two"), found, strict=True):
            drawn = derive_seed(seed, name, split.repeat, split.fold)
            proba = _scores(X, y, layout, split, learner, drawn)
            values.scores[split.repeat, split.test] = proba[:, 1]
            values.folds[split.repeat, split.fold] = pr_auc(y[split.test], proba)
    for values in found:
        values.fold_of.extend(fold_of)
    return found[0], found[1]


def _plain(X: Any) -> Any:
    """Return numbers of mean 0 and spread 1, codes of categories among them, missing cells as the mean."""
    spread = np.nanstd(X, axis=0)
    return np.nan_to_num((X - np.nanmean(X, axis=0)) / np.where(spread > 0, spread, 1.0))


def one_comparison(number: int) -> dict[str, Any]:
    """Return what every test claims in one comparison of a method with itself."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng([20_26, number])
    names = sources()
    name = names[number % len(names)]
    X, y, layout = population(name, number)
    rows = draw(y, POSITIVES[number % len(POSITIVES)], rng)
    X, y = X[rows], y[rows]
    learner = LEARNERS[(number // len(names)) % 2]
    if learner == "discriminant":
        X = _plain(X)
    one, two = twins(X, y, layout, learner, number, 5, 3)
    first, second = twins(X, y, layout, learner, number, 2, 5)
    found = claims(one.folds - two.folds, first.folds - second.folds)
    found |= of_predictions(y, one, two, number)
    return {"positives": int((y == 1).sum()), "claims": {test: bool(says) for test, says in found.items()}}


def table(found: list[dict[str, Any]]) -> list[str]:
    """Return the lines of the report."""
    lines = ["| test | offered | claims | rate | 95 % interval | at most 5 % |", "|---|---|---|---|---|---|"]
    for test in found[0]["claims"]:
        seen = sum(f["claims"][test] for f in found)
        low, high = stats.binomtest(seen, len(found)).proportion_ci(method="wilson")
        rate = seen / len(found)
        says = "yes" if rate <= 0.05 else ("within chance" if low <= 0.05 else "no")
        offered = "yes" if test in TESTS else "no"
        lines.append(
            f"| {test} | {offered} | {seen} of {len(found)} | {rate:.1%} | {low:.1%} to {high:.1%} | {says} |"
        )
    by_size: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        by_size[min(POSITIVES, key=lambda p: abs(p - one["positives"]))].append(one)
    lines += ["", "By number of positives", ""]
    lines.append("| positives | comparisons | " + " | ".join(TESTS) + " |")
    lines.append("|---" * (2 + len(TESTS)) + "|")
    for size, group in sorted(by_size.items()):
        rates = [np.mean([one["claims"][test] for one in group]) for test in TESTS]
        lines.append(f"| {size} | {len(group)} | " + " | ".join(f"{r:.0%}" for r in rates) + " |")
    return lines


def fixed_models(seed: int, positives: int) -> dict[str, bool]:
    """Return what tests of `imbtool eval` claim of three models of equal worth on one hold-out.

    Their scores are one score with three noises of one size: whichever two are swapped, nothing changes.
    """
    rng = np.random.default_rng([positives, seed, 13])
    y = np.arange(10 * positives) < positives
    scores = rng.normal(size=len(y)) + 1.2 * y + 0.7 * rng.normal(size=(3, len(y)))
    right = np.column_stack([(s > np.quantile(s, 0.9)) == y for s in scores])
    p_values = {
        "DeLong, ROC-AUC": delong(y, scores[0], scores[1]).p_value,
        "permutation, PR-AUC": swapped_pr_auc(y, scores[0], scores[1], draws=400, seed=seed),
        "McNemar, decisions": mcnemar(right[:, 0], right[:, 1]).p_value,
        "McNemar, recall": mcnemar(right[y, 0], right[y, 1]).p_value,
        "Cochran's Q of three, decisions": cochran_q(right).p_value,
        "Cochran's Q of three, recall": cochran_q(right[y]).p_value,
    }
    return {test: bool(p < LEVEL) for test, p in p_values.items()}


def holdout_table(by_size: dict[int, list[dict[str, bool]]]) -> list[str]:
    """Return the lines about the tests of fixed models."""
    lines = ["| test | " + " | ".join(map(str, by_size)) + " | all | 95 % interval |"]
    lines.append("|---" * (len(by_size) + 3) + "|")
    for test in next(iter(by_size.values()))[0]:
        claimed = [sum(one[test] for one in found) for found in by_size.values()]
        total = sum(map(len, by_size.values()))
        low, high = stats.binomtest(sum(claimed), total).proportion_ci(method="wilson")
        rates = [c / len(found) for c, found in zip(claimed, by_size.values(), strict=True)]
        cells = " | ".join(f"{rate:.1%}" for rate in rates)
        lines.append(f"| {test} | {cells} | {sum(claimed) / total:.1%} | {low:.1%} to {high:.1%} |")
    return lines


HOLDOUT = """

## Fixed models on one hold-out: `imbtool eval --baseline`, `--rival`

Three models whose scores are one score with three noises of one size, {} hold-outs a cell with 10 %
positives. Columns: positives.

"""
HOLDOUTS = (10, 20, 50, 100, 200)
TITLE = """\
# False claims

`python -m benchmarks false_claims`: {} comparisons of a method with itself under two names, PR-AUC,
level 5 %. Under each name it is trained on its own bootstrap of the training part, class by class, with its
own seeds. Folds then differ more independently than those of two methods do; `power.md` has the harder case
of methods that are equal on average only. corrected-t, permutation and bayes over 3 x 5 folds.

"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks false_claims")
    parser.add_argument("--comparisons", type=int, default=300)
    parser.add_argument("--holdouts", type=int, default=1000)
    parser.add_argument("--full", action="store_true")
    add_options(parser)
    asked = parser.parse_args(arguments)
    wanted, holdouts = (2000, 4000) if asked.full else (asked.comparisons, asked.holdouts)

    def work(pieces: Pieces) -> None:
        by_size = {
            p: pieces.of(f"holdout {p}", partial(fixed_models, positives=p), range(holdouts), 50)
            for p in HOLDOUTS
        }
        found = pieces.of("comparison", one_comparison, range(wanted), 4)
        text = TITLE.format(wanted) + "\n".join(table(found))
        text += HOLDOUT.format(f"{holdouts:,}") + "\n".join(holdout_table(by_size)) + "\n"
        print(text)
        if wanted >= 300:
            (RESULTS / "false_claims.md").write_text(text)

    return run("false_claims", asked, work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
