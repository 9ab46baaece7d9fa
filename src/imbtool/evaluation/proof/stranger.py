"""Methods of other packages, looked at more closely: memory between folds, known rows, open files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool.data.audit.hashing import hash_columns
from imbtool.evaluation.proof.chance import macro_roc_auc
from imbtool.evaluation.proof.errands import Suspicion
from imbtool.evaluation.proof.watch import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.splits import Split
    from imbtool.evaluation.errands import Shared
    from imbtool.evaluation.proof.errands import ControlTask

    Scorer = Callable[[Shared, Split], FloatArray]

DROP, SIGMAS = 0.05, 4.0
"""Loss of ROC-AUC on disguised rows that is no accident: its size, and in standard errors."""
_BLOCKS = 32


def examine(
    shared: Shared, changed: Shared, splits: Sequence[Split], task: ControlTask, scores: Scorer
) -> tuple[Suspicion, ...]:
    """Return what is suspicious about a recipe with a part from another package.

    - *remembers-folds*: the scores of the first fold, on disguised rows that it has never seen, change after
      it was trained on the other folds (*not-reproducible*: they change from one call to the next).
    - *trains-on-test-rows*: a sampler returns rows that equal test rows and no training row, though no
      training row is even one column away.
    - *knows-rows*: on the same data with all numbers doubled (without numbers: with all categories renamed)
      the ROC-AUC falls by 0.05 or more, and by four standard errors over the rows. What learns from the
      rows it is given is hardly concerned; what looks rows up elsewhere finds none.
    - *opens-files*: it opens a file, a database or a connection while it trains or scores.

    Parameters
    ----------
    shared, changed : Shared
        With the true and with the permuted target.
    splits : sequence of Split
        Of the first repeat.
    task : ControlTask
    scores : callable
        Trains on a split and returns the scores of its test part.
    """
    hidden = disguised(changed)
    few = splits[: max(2, task.folds)]
    with watched() as opened:
        first = scores(hidden, few[0])
        again = scores(hidden, few[0])
        for split in few[1:]:
            scores(hidden, split)
        later = scores(hidden, few[0])
        # Once more over all folds with the truth: by now a memory is full.
        plain = [scores(shared, split) for split in few]
        masked = [scores(disguised(shared), split) for split in few]
        taken = sum(_taken(shared, split, task) for split in few)
    return (
        *_memory(first, again, later),
        *_taken_rows(taken, sum(len(s.test) for s in few)),
        *_lost(shared, few, plain, masked),
        *_files(opened),
    )


def disguised(shared: Shared) -> Shared:
    """Return the same data in other numbers: doubled, which rounds nothing; or with categories renamed."""
    X = shared.X.copy()
    numeric = list(shared.layout.numeric)
    if numeric:
        with np.errstate(over="ignore"):
            X[:, numeric] *= 2.0
    else:
        levels = np.array(shared.layout.levels, dtype=np.float64)
        X = (X + 1.0) % levels
    return replace(shared, X=X)


def _memory(first: FloatArray, again: FloatArray, later: FloatArray) -> list[Suspicion]:
    if not np.array_equal(first, again):
        return [
            Suspicion(
                code="not-reproducible",
                message="gives other scores for the same rows and the same seed from one call to the next, "
                "so that nothing about it can be proven",
            )
        ]
    if not np.array_equal(first, later):
        return [
            Suspicion(
                code="remembers-folds",
                message="gives other scores for the same rows and the same seed after it was trained on "
                "other folds: it remembers rows that it must not know",
            )
        ]
    return []


def _taken(shared: Shared, split: Split, task: ControlTask) -> int:
    """Return how many test rows, far from all training rows, a sampler has put into training."""
    from imbtool.evaluation.proof.control import fold_workspace
    from imbtool.recipe.rows import resample

    if not task.recipe.of("sampler"):
        return 0
    workspace = fold_workspace(shared, split)
    uniform = np.full((len(split.train), len(shared.classes)), 1.0 / len(shared.classes))
    rows = resample(workspace, task.recipe, lambda: uniform)
    made = rows.X[rows.source < 0]
    claimed = rows.X[rows.source >= 0]
    given = np.vstack([made, claimed])
    columns = np.array_split(np.arange(given.shape[1]), min(given.shape[1], _BLOCKS))
    parts = {
        name: [hash_columns(X, block) for block in columns]
        for name, X in (("given", given), ("test", workspace.target), ("train", workspace.train.X))
    }
    whole = {name: np.sum(part, axis=0, dtype=np.uint64) for name, part in parts.items()}
    hit = np.isin(whole["test"], whole["given"]) & ~np.isin(whole["test"], whole["train"])
    for test, train in zip(parts["test"], parts["train"], strict=True):
        if not hit.any():
            break
        hit &= ~np.isin(whole["test"] - test, whole["train"] - train)
    return int(hit.sum())


def _taken_rows(taken: int, of: int) -> list[Suspicion]:
    if not taken:
        return []
    message = f"puts {taken:,} of {of:,} test rows into training, rows that it was never given"
    return [Suspicion(code="trains-on-test-rows", message=message)]


def _lost(
    shared: Shared, splits: Sequence[Split], plain: list[FloatArray], masked: list[FloatArray]
) -> list[Suspicion]:
    truths = [shared.y[split.test] for split in splits]
    before, after = (
        float(np.mean([macro_roc_auc(y, p) for y, p in zip(truths, found, strict=True)]))
        for found in (plain, masked)
    )
    places = [
        (_placements(y, p, len(shared.classes)), _placements(y, q, len(shared.classes)))
        for y, p, q in zip(truths, plain, masked, strict=True)
    ]
    gaps = np.concatenate([p - q for p, q in places])
    error = float(gaps.std(ddof=1)) / np.sqrt(len(gaps)) if len(gaps) > 1 else np.inf
    if before - after < DROP or float(gaps.mean()) < SIGMAS * error:
        return []
    message = (
        f"scores a ROC-AUC of {before:.3f} on the table and {after:.3f} on the same table with other numbers "
        "(all doubled): it knows rows by heart that it was not given"
    )
    return [Suspicion(code="knows-rows", message=message)]


def _placements(y: IntArray, proba: FloatArray, n_classes: int) -> FloatArray:
    """Return for each row the share of rows of other classes that its own class's score exceeds."""
    from scipy.stats import rankdata

    placed = np.zeros(len(y))
    for k in range(n_classes):
        hit = y == k
        if hit.any() and not hit.all():
            ranks = rankdata(proba[:, k])[hit] - rankdata(proba[hit, k])
            placed[hit] = ranks / (~hit).sum()
    return placed


def _files(opened: list[str]) -> list[Suspicion]:
    if not opened:
        return []
    shown = ", ".join(repr(name) for name in sorted(set(opened))[:3])
    return [Suspicion(code="opens-files", message=f"opens {shown} while it trains or scores")]
