"""What every calibrator and threshold must hold to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from imbtool.learners.linear import LogisticLearner
from imbtool.testing.require import are_probabilities, or_not_applicable, require, same_bits, untouched
from imbtool.testing.tables import table

if TYPE_CHECKING:
    from imbtool.core.info import MethodInfo
    from imbtool.core.types import FloatArray, IntArray


def _scores(n_classes: int, seed: int) -> tuple[FloatArray, IntArray]:
    """Make over-confident probabilities, certainties and ties among them, and classes drawn from them."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(400, n_classes)) - 1.5 * np.arange(n_classes)
    truth = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = (truth.cumsum(axis=1) < rng.random((400, 1))).sum(axis=1)
    sharp = np.exp(3 * logits) / np.exp(3 * logits).sum(axis=1, keepdims=True)
    sharp[:5] = np.eye(n_classes)[0]
    sharp[5:10] = np.eye(n_classes)[1]
    sharp[10:30] = sharp[10]
    return sharp, y.astype(np.int64)


def check_adjustment(info: MethodInfo, seed: int) -> None:
    """Let the changed model answer with probabilities, the one given as before, without chance."""
    for sizes in ((200, 24), (160, 40, 9)):
        part = table("numeric", sizes, seed=seed)
        what, n_classes = f"{info.name} with {len(sizes)} classes", len(sizes)
        learner = LogisticLearner()
        view = learner.view(part.X, part.layout)
        Z = view.transform(part.X)
        model = learner.fit(Z, part.y, view=view, n_classes=n_classes, random_state=seed)
        before = model.predict_proba(Z)
        change = partial(info.load()().adjust, model, n_classes=n_classes)
        changed = or_not_applicable(what, change)
        if changed is None:
            continue
        claim = f"{what}: probabilities must stay probabilities"
        require(are_probabilities(changed.predict_proba(Z), before.shape), claim)
        require(same_bits(model.predict_proba(Z), before), f"{what}: the input was modified")
        same = same_bits(change().predict_proba(Z), changed.predict_proba(Z))
        require(same, f"{what}: chance in the adjustment")


def check_calibrator(info: MethodInfo, seed: int) -> None:
    """Probabilities stay probabilities, equal scores stay equal, two classes keep their order."""
    for n_classes in (2, 3, 5):
        proba, y = _scores(n_classes, seed)
        weight = np.random.default_rng(seed).uniform(0.5, 2.0, len(y))
        what = f"{info.name} with {n_classes} classes"
        with untouched(what, proba, y, weight):
            fitted = info.load()().fit(proba, y)
            out = fitted.transform(proba)
            weighted = info.load()().fit(proba, y, weight).transform(proba)
        for result in (out, weighted, fitted.transform(proba[:1])):
            claim = f"{what}: probabilities must stay probabilities"
            require(are_probabilities(result, (len(result), n_classes)), claim)
        require(same_bits(out, info.load()().fit(proba, y).transform(proba)), f"{what}: chance in the map")
        require(np.allclose(out[10:30], out[10]), f"{what}: equal scores must stay equal")
        if n_classes == 2:
            rising = np.diff(out[np.argsort(proba[:, 1], kind="stable"), 1])
            require((rising >= -1e-12).all(), f"{what}: the order of the scores must not turn")


def check_threshold(info: MethodInfo, seed: int) -> None:
    """Decisions are class codes, learned values are as many as the contract says, chance has no part."""
    if getattr(info.load(), "uses_money", False):
        _check_by_row(info, seed)
        return
    for n_classes in (2, 3, 5):
        proba, y = _scores(n_classes, seed)
        what = f"{info.name} with {n_classes} classes"
        with untouched(what, proba, y):
            rule = info.load()().fit(proba, y)
            decided = rule.predict(proba)
        require(len(rule.values_) == (1 if n_classes == 2 else n_classes), f"{what}: {rule.values_}")
        require(np.isfinite(rule.values_).all(), f"{what}: values must be finite, got {rule.values_}")
        require(decided.shape == y.shape and decided.dtype == np.int64, f"{what}: one code a row")
        require(set(decided) <= set(range(n_classes)), f"{what}: decisions must be class codes")
        require(rule.values_ == info.load()().fit(proba, y).values_, f"{what}: chance in the values")
        if n_classes == 2:
            cut = (proba[:, 1] >= rule.values_[0]).astype(np.int64)
            require(same_bits(decided, cut), f"{what}: the rule must be p >= threshold")


def _check_by_row(info: MethodInfo, seed: int) -> None:
    """Rows are decided one by one, whatever the unit of money; those whose class is sure as it says."""
    proba, y = _scores(2, seed)
    acting = np.random.default_rng(seed).normal(size=(len(y), 2))
    with untouched(info.name, proba, y, acting):
        rule = info.load()().fit(proba, y)
        decided = rule.predict(proba, acting=acting)
    claim = f"{info.name}: decisions must be class codes, one a row"
    require(decided.shape == y.shape and decided.dtype == np.int64 and set(decided) <= {0, 1}, claim)
    require(same_bits(decided[5:9], rule.predict(proba[5:9], acting=acting[5:9])), f"{info.name}: rows mix")
    require(same_bits(decided, rule.predict(proba, acting=4 * acting)), f"{info.name}: the unit decides")
    sure = np.flatnonzero(proba.max(axis=1) == 1.0)
    own = acting[sure, proba[sure].argmax(axis=1)]
    require(same_bits(decided[sure], (own > 0).astype(np.int64)), f"{info.name}: sure rows go by their money")
    for n_classes in (3, 5):
        several = partial(info.load()().fit, *_scores(n_classes, seed))
        require(or_not_applicable(info.name, several) is None, f"{info.name} decides {n_classes} classes")
