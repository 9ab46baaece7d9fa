"""How good a model will be on new rows, by the bootstrap .632+ (Efron and Tibshirani, JASA 92, 1997)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool.bundle.manifest import Bootstrapped
from imbtool.core.errors import UsageError
from imbtool.core.seeds import derive_seed
from imbtool.methods.postprocess.threshold import default_rule
from imbtool.metrics.decision import from_confusion
from imbtool.metrics.evaluate import evaluate
from imbtool.metrics.probability import LOG_LOSS_CLIP
from imbtool.recipe.finishing import decided
from imbtool.recipe.fitting import fit_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.bundle.model import FittedModel
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.dataset import Dataset
    from imbtool.methods.postprocess.aimed import Aim
    from imbtool.recipe.spec import LearnerSpec, RecipeSpec

FEWEST = 10
"""Rounds."""
_TRIES = 100


def point632(training: float, out: float, chance: float) -> float:
    """Return the .632+ estimate of a metric, whichever way it is better.

    ``(1 - w) training + w out`` with ``w = 0.632 / (1 - 0.368 R)``, where ``R`` says how far the metric has
    fallen from the training rows towards chance: 0 gives .632, 1 gives the out-of-bag value alone.

    Parameters
    ----------
    training : float
        On the rows that the model was fitted on.
    out : float
        Mean on rows that were not drawn.
    chance : float
        Of predictions that have nothing to do with the classes.

    Notes
    -----
    As in the paper `out` is taken no worse than chance, and ``R`` kept within 0 and 1 (mlxtend does neither).
    """
    reach = chance - training
    if reach == 0.0:
        return out
    fallen = float(np.clip((out - training) / reach, 0.0, 1.0))
    held = training + fallen * reach if (out - training) / reach > 1.0 else out
    weight = 0.632 / (1.0 - 0.368 * fallen)
    return (1.0 - weight) * training + weight * held


def bootstrapped(
    model: FittedModel,
    data: Dataset,
    recipe: RecipeSpec,
    learner: LearnerSpec,
    *,
    rounds: int,
    threshold_metric: str,
    seed: int,
    aim: Aim | None,
) -> tuple[Bootstrapped, ...]:
    """Return the .632+ estimate of each metric with percentiles over the rounds.

    Every round draws the rows of each class with replacement (whole groups where there are groups), fits the
    whole recipe on them, calibrator and threshold included, and measures it on the rows that were not drawn.
    Copies of a row stay on one side of the inner folds.

    Raises
    ------
    UsageError
        Codes ``bad-number`` and ``impossible-combination`` (rows that have an order of time).
    """
    if rounds < FEWEST:
        raise UsageError(
            f"`bootstrap` must be at least {FEWEST} rounds; got {rounds}.",
            hint="200 are usual.",
            code="bad-number",
        )
    if data.time is not None:
        raise UsageError(
            "The bootstrap draws rows of all times, so it cannot judge a model that looks ahead.",
            hint="Leave out --bootstrap, or --time.",
            code="impossible-combination",
        )
    out: dict[str, list[float]] = {}
    acting = None if aim is None else aim.acting
    for number in range(rounds):
        drawn, left = _draw(data, np.random.default_rng(derive_seed(seed, "bootstrap", number)))
        part = _taken(data, drawn)
        fitted = fit_recipe(
            part,
            recipe,
            learner,
            threshold_metric=threshold_metric,
            seed=derive_seed(seed, "round", number),
            aim=None if aim is None else aim.take(drawn),
        )
        proba = fitted.trained.predict_proba(fitted.trained.view.transform(data.X[left]))
        proba = proba if fitted.finish is None else fitted.finish.probabilities(proba)
        codes = decided(fitted.rule, proba, None if acting is None else acting[left])
        for name, value in _measured(data, left, proba, codes).items():
            out.setdefault(name, []).append(value)
    training = model.manifest.metrics.training
    return _estimates(training, out, _chance(model, data, acting))


def _estimates(
    training: Mapping[str, float], out: Mapping[str, list[float]], chance: Mapping[str, float]
) -> tuple[Bootstrapped, ...]:
    found = []
    for name in (n for n in chance if n in training and n in out):
        values = np.array([v for v in out[name] if np.isfinite(v)])
        if not len(values) or not np.isfinite([training[name], chance[name]]).all():
            continue
        each = [point632(training[name], float(v), chance[name]) for v in values]
        low, high = np.quantile(each, (0.025, 0.975))
        point = point632(training[name], float(values.mean()), chance[name])
        found.append(Bootstrapped(metric=name, value=point, low=float(low), high=float(high)))
    return tuple(found)


def _draw(data: Dataset, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Return the rows drawn, with repetitions, and those left out; both hold every class."""
    for _ in range(_TRIES):
        if data.group is None:
            by_class = [np.flatnonzero(data.y == k) for k in range(data.n_classes)]
            drawn = np.sort(np.concatenate([rng.choice(rows, len(rows)) for rows in by_class]))
        else:
            groups = np.unique(data.group)
            picked = rng.choice(groups, len(groups))
            drawn = np.concatenate([np.flatnonzero(data.group == g) for g in picked])
        left = np.setdiff1d(np.arange(data.n_rows), drawn)
        if all(len(np.unique(data.y[rows])) == data.n_classes for rows in (drawn, left)):
            return drawn, left
    raise UsageError(
        "There are too few rows of a class to leave some of them out of a bootstrap.",
        hint="Leave out --bootstrap.",
        code="impossible-combination",
    )


def _taken(data: Dataset, rows: IntArray) -> Dataset:
    """Return the rows drawn; copies of one are a group, so that inner folds keep them together."""
    weight = None if data.weight is None else data.weight[rows] / data.weight[rows].mean()
    group = rows if data.group is None else data.group[rows]
    _, codes = np.unique(group, return_inverse=True)
    return replace(data, X=data.X[rows], y=data.y[rows], weight=weight, group=codes, cost=None, value=None)


def _measured(data: Dataset, rows: IntArray, proba: FloatArray, codes: IntArray) -> dict[str, float]:
    found, _ = evaluate(
        data.y[rows],
        proba,
        predicted=codes,
        predicted_default=default_rule(data.n_classes).predict(proba),
        n_classes=data.n_classes,
        base_rate=_shares(data),
        sample_weight=None if data.weight is None else data.weight[rows],
        classes=data.classes,
    )
    return found


def _shares(data: Dataset) -> FloatArray:
    counts = np.bincount(data.y, weights=data.weight, minlength=data.n_classes)
    return np.asarray(counts / counts.sum())


def _chance(model: FittedModel, data: Dataset, acting: FloatArray | None) -> dict[str, float]:
    """Return each metric where predictions and classes are paired at random: the no-information value.

    The paper's mean over all pairs for losses and decisions; 0.5 for ROC-AUC and the prevalence (of several
    classes the mean) for PR-AUC, which are what random scores reach.
    """
    proba, codes = model.score_matrix(data.X, acting)
    weight, shares = data.weight, _shares(data)
    mean = np.average(proba, axis=0, weights=weight)
    square = np.average(np.square(proba), axis=0, weights=weight)
    log = np.average(np.log(np.clip(proba, LOG_LOSS_CLIP, 1.0)), axis=0, weights=weight)
    brier = 0.5 * float((square - 2 * shares * mean + shares).sum())
    reference = 0.5 * float(1.0 - np.square(shares).sum())
    found = {
        "pr_auc": float(shares[1] if data.n_classes == 2 else shares.mean()),
        "roc_auc": 0.5,
        "brier": brier,
        "brier_skill": 1.0 - brier / reference,
        "log_loss": -float(shares @ log),
    }
    for suffix, calls in (("", codes), ("_default", default_rule(data.n_classes).predict(proba))):
        called = np.bincount(calls, weights=weight, minlength=data.n_classes)
        of_pairs = from_confusion(np.outer(shares, called))
        found |= {f"{name}{suffix}": float(value) for name, value in of_pairs.items()}
    return found
