"""Scores of rows from the trainings of networks: how hard, how often forgotten, how likely mislabelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.seeds import derive_seed
from imbtool.learners.base import ClassCodes
from imbtool.learners.torch.need import need_torch

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout
    from imbtool.learners.torch.learner import TorchLearner
    from imbtool.learners.torch.plan import Plan

_CHUNK = 1024


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowScores:
    """Scores of the rows, each of shape (n,).

    Parameters
    ----------
    el2n : ndarray of float64
        Length of (probabilities - one-hot class) early in training, mean over the runs, from 0 to sqrt(2).
    grand : ndarray of float64
        Length of the gradient of the row's loss by all parameters at the same time, mean over the runs.
    aum : ndarray of float64
        Probability of the own class less the largest other, mean over epochs and runs, from -1 to 1.
    forgetting : ndarray of float64
        How often the row went from right to wrong between two epochs, mean over the runs.
    dvgs : ndarray of float64
        Mean cosine, from -1 to 1, of the row's gradient with that of rows of the other half of the table,
        classes balanced, along a training on these; of the last layer. The low values of a class are
        suspect labels.
    """

    el2n: FloatArray
    grand: FloatArray
    aum: FloatArray
    forgetting: FloatArray
    dvgs: FloatArray


def row_scores(
    learner: TorchLearner,
    X: FloatArray,
    y: IntArray,
    *,
    layout: Layout,
    n_runs: int = 5,
    early: float = 0.25,
    random_state: int = 0,
) -> RowScores:
    """Train `n_runs` networks on all rows, and one on each half, and return what they say about the rows.

    Parameters
    ----------
    learner : TorchLearner
        All rows are trained on: none is held out.
    X : ndarray of float64, shape (n, n_features)
    y : ndarray of int64, shape (n,)
        Class codes; at least two classes.
    layout : Layout
    n_runs : int, default=5
        Networks of other seeds; the source of EL2N advises 10.
    early : float, default=0.25
        Share of the epochs after which EL2N and GraNd are taken, above 0 and at most 1.
    random_state : int, default=0

    Notes
    -----
    EL2N and GraNd: Paul, Ganguli, Dziugaite, NeurIPS 2021, arXiv 2107.07075. AUM: Pleiss et al., NeurIPS
    2020, arXiv 2001.10528, on probabilities as in Zheng et al., ICLR 2023, arXiv 2210.15809. Forgetting:
    Toneva et al., ICLR 2019, arXiv 1812.05159. DVGS: Evans et al., arXiv 2405.08217; two halves that value
    each other instead of a trusted set, and weights that balance the classes (ours). All of
    them are confounded with the class while little is learned: compare rows of one class with each other.
    """
    need_torch()
    learner = type(learner)(**{**learner.get_params(), "held": 0.0})
    codes = ClassCodes.of(y, int(y.max()) + 1)
    own = codes.encode(y)
    view = learner.view(X, layout)
    table = learner.prepare(view.transform(X), y, view=view, n_classes=codes.n_classes)

    def plan(rows: IntArray, seed: int, weight: FloatArray | None = None) -> Plan:
        more: dict[str, Any] = {"view": view, "n_present": codes.n_present, "random_state": seed}
        return learner.plan(table, rows, own[rows], sample_weight=weight, **more)

    every = np.arange(len(y))
    runs = [plan(every, derive_seed(random_state, "scores", k)) for k in range(n_runs)]
    found = _along(runs, own, max(1, round(early * learner.epochs)))
    return RowScores(**found, dvgs=_valued(plan, own, random_state))


def _along(plans: list[Plan], y: IntArray, early: int) -> dict[str, FloatArray]:
    """Return EL2N, GraNd, AUM and forgetting of networks that train together on all rows."""
    from imbtool.learners.torch.crew import Crew
    from imbtool.learners.torch.member import Member

    crew, n = Crew([Member(plan, k) for k, plan in enumerate(plans)]), len(y)
    total = {name: np.zeros(n) for name in ("el2n", "grand", "aum", "forgetting")}
    right = np.zeros((len(plans), n), dtype=bool)
    rows = np.arange(n)
    epochs = plans[0].training.epochs
    for epoch in range(1, epochs + 1):
        crew.run_epoch()
        places = list(range(len(plans)))
        for k, raw in zip(places, crew.raw(places, [rows] * len(plans)), strict=True):
            proba = _probabilities(raw)
            number = crew.members[k].number
            margin = margins(proba, y)
            total["aum"] += margin
            total["forgetting"] += right[number] & (margin <= 0.0)
            right[number] = margin > 0.0
            if epoch == early:
                total["el2n"] += el2n(proba, y)
                total["grand"] += gradient_lengths(plans[number], crew.theta[k])
    total["aum"] /= epochs
    return {name: values / len(plans) for name, values in total.items()}


def _probabilities(raw: FloatArray) -> FloatArray:
    from imbtool.learners.torch.model import probabilities

    return probabilities(raw, "softmax")


def el2n(proba: FloatArray, y: IntArray) -> FloatArray:
    """Return the length of (probabilities - one-hot class) of each row."""
    away = proba.copy()
    away[np.arange(len(y)), y] -= 1.0
    return np.asarray(np.sqrt((away**2).sum(axis=1)))


def margins(proba: FloatArray, y: IntArray) -> FloatArray:
    """Return the probability of the own class less the largest other."""
    others = proba.copy()
    others[np.arange(len(y)), y] = -np.inf
    return np.asarray(proba[np.arange(len(y)), y] - others.max(axis=1))


def gradient_lengths(plan: Plan, theta: Any) -> FloatArray:
    """Return the length of the gradient of each training row's log loss by all parameters, shape (n,)."""
    return np.concatenate([np.sqrt((part**2).sum(axis=1)) for part in row_gradients(plan, theta)])


def row_gradients(plan: Plan, theta: Any) -> Any:
    """Yield the gradients of the rows' log losses at `theta`, shape (m, P), part by part.

    Each row is given to a network of its own: all have the same parameters.
    """
    import torch

    y = plan.train.y
    for at in np.array_split(np.arange(len(y)), max(1, -(-len(y) // _CHUNK))):
        own = theta.detach().expand(len(at), -1).clone().requires_grad_(True)
        index = torch.as_tensor(plan.train.index[at], device=own.device)
        raw = plan.network.forward(own, plan.table.take(index[:, None])).raw[:, 0]
        classes = torch.as_tensor(y[at], device=own.device)
        if raw.dim() == 1:
            loss = torch.nn.functional.softplus(raw * (1 - 2 * classes))
        else:
            loss = torch.nn.functional.cross_entropy(raw, classes, reduction="none")
        (found,) = torch.autograd.grad(loss.sum(), own)
        yield found.double().cpu().numpy()


def _valued(plan: Any, y: IntArray, random_state: int) -> FloatArray:
    """Return DVGS: each half of every class is valued along a training on the other, classes balanced."""
    from imbtool.learners.torch.crew import Crew
    from imbtool.learners.torch.member import Member

    rng = np.random.default_rng(derive_seed(random_state, "halves"))
    first = np.zeros(len(y), dtype=bool)
    for k in np.unique(y):
        own = rng.permutation(np.flatnonzero(y == k))
        first[own[: (len(own) + 1) // 2]] = True
    values, halves = np.zeros(len(y)), (np.flatnonzero(first), np.flatnonzero(~first))
    for number, (target, source) in enumerate((halves, halves[::-1])):
        counts = np.bincount(y[target], minlength=int(y.max()) + 1)
        weight = 1.0 / counts[y[target]]
        seed = derive_seed(random_state, "target", number)
        made = plan(target, seed, weight / weight.mean())
        crew = Crew([Member(made, 0)])
        for _ in range(made.training.epochs):
            crew.run_epoch()
            towards = _last_layer(made, crew.theta, target, y[target])
            mean = (weight[:, None] * towards).sum(axis=0)
            values[source] += cosines(_last_layer(made, crew.theta, source, y[source]), mean)
        values[source] /= made.training.epochs
    return values


def cosines(gradients: FloatArray, direction: FloatArray) -> FloatArray:
    """Return the cosine of each row with a direction, 0 where either has no length."""
    lengths = np.sqrt((gradients**2).sum(axis=1)) * np.sqrt((direction**2).sum())
    found = np.divide(gradients @ direction, lengths, out=np.zeros(len(gradients)), where=lengths > 0.0)
    return np.asarray(found, dtype=np.float64)


def _last_layer(plan: Plan, theta: Any, rows: IntArray, y: IntArray) -> FloatArray:
    """Return the gradient of each row's log loss by the last layer, bias included."""
    import torch

    parts = []
    with torch.no_grad():
        for at in range(0, len(rows), _CHUNK):
            index = torch.as_tensor(rows[None, at : at + _CHUNK], device=theta.device)
            out = plan.network.forward(theta[:1], plan.table.take(index))
            raw, features = (part[0].double().cpu().numpy() for part in (out.raw, out.features))
            away = _probabilities(raw)
            away[np.arange(len(away)), y[at : at + _CHUNK]] -= 1.0
            away = away[:, 1:] if raw.ndim == 1 else away
            read = np.column_stack([features, np.ones(len(features))])
            parts.append((away[:, :, None] * read[:, None, :]).reshape(len(away), -1))
    return np.concatenate(parts)
