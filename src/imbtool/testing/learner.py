"""What every learner must hold to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool import registry
from imbtool.core.cross_entropy import PlainLoss
from imbtool.core.learner_info import LearnerInfo
from imbtool.core.protocols import Phase
from imbtool.testing.require import are_probabilities, require, same_bits, untouched
from imbtool.testing.row import check_row
from imbtool.testing.tables import all_tables, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.testing.tables import Table


def check_learner(learner: str | LearnerInfo, *, seed: int = 0) -> None:
    """Check that a learner keeps the contract of `imbtool.core.protocols.Learner`.

    Parameters
    ----------
    learner : str or LearnerInfo
        A name the registry knows, or a row.
    seed : int, default=0
        Seed of the tables and of the trainings.

    Raises
    ------
    AssertionError
        With the claim that does not hold.
    """
    info = learner if isinstance(learner, LearnerInfo) else registry.learner(learner)
    check_row(info)
    check_learner_object(info.name, info.load(), stages=info.stages, losses=info.losses, seed=seed)


def check_learner_object(
    name: str, make: Callable[[], Any], *, stages: bool = False, losses: bool = False, seed: int = 0
) -> None:
    """Check the learners that `make` returns.

    `stages` says whether they can follow a schedule, `losses` whether they minimise any loss.
    """
    for part in all_tables(seed)[2:7:2]:
        _check_on(f"{name} on {part.name}", make, part, seed)
    _check_absent_class(name, make, seed)
    if stages:
        _check_schedule(name, make, seed)
    if losses:
        _check_loss(name, make, seed)


def _train(make: Callable[[], Any], part: Table, seed: int, **more: Any) -> tuple[Any, Any]:
    learner = make()
    view = learner.view(part.X, part.layout)
    settings = {"view": view, "n_classes": part.n_classes, "random_state": seed, **more}
    return view, learner.fit(view.transform(part.X), part.y, **settings)


def _check_on(what: str, make: Callable[[], Any], part: Table, seed: int) -> None:
    """Probabilities on rows known and new; the same bytes again; weights of 1 are no weights."""
    ones = np.ones(len(part.y))
    fresh = _fresh_rows(part)
    with untouched(what, part.X, part.y, ones, fresh):
        view, model = _train(make, part, seed)
        known = model.predict_proba(view.transform(part.X))
        new = model.predict_proba(view.transform(fresh))
    for proba, rows in ((known, part.X), (new, fresh)):
        claim = f"{what}: predict_proba must return probabilities"
        require(are_probabilities(proba, (len(rows), part.n_classes)), claim)
    single = model.predict_proba(view.transform(fresh[:1]))
    require(np.allclose(single, new[:1], atol=1e-9), f"{what}: a row's score depends on other rows")
    view, again = _train(make, part, seed)
    repeated = again.predict_proba(view.transform(part.X))
    require(same_bits(known, repeated), f"{what}: the same seed must give the same bytes")
    view, weighted = _train(make, part, seed, sample_weight=ones)
    flat = weighted.predict_proba(view.transform(part.X))
    # Not to the bit: a forest draws its bootstraps another way once there are weights.
    require(np.abs(known - flat).mean() < 0.1, f"{what}: weights of 1 must change nothing but chance")


def _fresh_rows(part: Table) -> FloatArray:
    """Rows that were not seen: far away, all cells missing, and ordinary ones."""
    fresh = part.X[:6].copy()
    fresh[0] = np.nan
    fresh[np.ix_([1], list(part.layout.numeric))] = 1e12
    fresh[np.ix_([2], list(part.layout.numeric))] = -1e12
    return fresh


def _check_absent_class(name: str, make: Callable[[], Any], seed: int) -> None:
    part = table("a class without rows", (60, 0, 20), seed=seed)
    view, model = _train(make, part, seed)
    proba = model.predict_proba(view.transform(part.X))
    require(are_probabilities(proba, (len(part.y), 3)), f"{name}: absent classes need a column too")
    require((proba[:, 1] == 0).all(), f"{name}: classes absent from training get probability 0")


def _check_loss(name: str, make: Callable[[], Any], seed: int) -> None:
    """Check that the plain loss trains what no loss trains, but for chance."""
    for part in (
        table("loss", (150, 30), seed=seed),
        table("loss, three classes", (0, 90, 40, 20), seed=seed),
    ):
        with untouched(name, part.X, part.y):
            view, plain = _train(make, part, seed)
            view, model = _train(make, part, seed, loss=PlainLoss())
        Z = view.transform(part.X)
        proba = model.predict_proba(Z)
        claim = f"{name}: a loss breaks the probabilities"
        require(are_probabilities(proba, (len(part.y), part.n_classes)), claim)
        near = np.abs(proba - plain.predict_proba(Z)).mean() < 0.1
        require(near, f"{name}: the plain loss must train what no loss trains")


class _Constant:
    """A schedule of two phases that both weight nothing."""

    def phases(self, y: IntArray, n_stages: int) -> tuple[Phase, ...]:
        half = n_stages // 2
        ones = np.ones(len(y))
        return (Phase(start=0, stop=half, weight=ones), Phase(start=half, stop=n_stages, weight=ones))


def _check_schedule(name: str, make: Callable[[], Any], seed: int) -> None:
    part = table("schedule", (150, 30), seed=seed)
    with untouched(name, part.X, part.y):
        view, plain = _train(make, part, seed)
        view, flat = _train(make, part, seed, schedule=_Constant())
    Z = view.transform(part.X)
    proba = flat.predict_proba(Z)
    require(are_probabilities(proba, (len(part.y), 2)), f"{name}: a schedule breaks the probabilities")
    close = np.allclose(proba, plain.predict_proba(Z), atol=1e-6)
    require(close, f"{name}: a schedule without weights must change nothing")
