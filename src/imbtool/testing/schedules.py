"""What schedules must hold to: fixed phases, weights that follow losses, rows drawn anew, batches."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.schedules import BatchSchedule, DynamicSchedule, ScoreSchedule, SubsetSchedule
from imbtool.testing.require import require, same_bits, untouched
from imbtool.testing.static import check_weight
from imbtool.testing.tables import all_tables

if TYPE_CHECKING:
    from imbtool.core.info import MethodInfo
    from imbtool.testing.tables import Table

_LENGTHS = (1, 2, 7, 100)


def check_schedule(info: MethodInfo, seed: int) -> None:
    """Check a schedule of any kind on tables of several shapes and trainings of several lengths."""
    schedule = info.load()()
    for part in all_tables(seed):
        for n_stages in _LENGTHS:
            what = f"{info.name} on {part.name}, {n_stages} stages"
            if isinstance(schedule, DynamicSchedule):
                _check_dynamic(what, info.load()(), part, n_stages, seed)
            elif isinstance(schedule, SubsetSchedule):
                _check_draws(what, info.load()(), part, n_stages, seed)
            elif isinstance(schedule, ScoreSchedule):
                _check_scores(what, info.load()(), part, seed)
            elif hasattr(schedule, "phases") or not isinstance(schedule, BatchSchedule):
                _check_phases(what, info.load()(), part, n_stages)
            if isinstance(schedule, BatchSchedule):
                _check_feed(what, info.load()(), part, min(n_stages, 8), seed)


def _check_phases(what: str, schedule: Any, part: Table, n_stages: int) -> None:
    """Phases cover all stages once, in order, with positive weights of mean 1."""
    with untouched(what, part.y):
        phases = schedule.phases(part.y, n_stages)
    _check_cover(what, [(phase.start, phase.stop) for phase in phases], n_stages)
    for phase in phases:
        check_weight(what, phase.weight, len(part.y))


def _check_dynamic(what: str, schedule: Any, part: Table, n_stages: int, seed: int) -> None:
    """Weights are positive with mean 1, follow their rows, and are even where the losses are."""
    loss = np.random.default_rng(seed).gamma(0.5, size=len(part.y))
    require(isinstance(schedule.every, int) and schedule.every >= 1, f"{what}: `every` is a number of stages")
    for stage in {0, n_stages // 2, n_stages - 1}:
        with untouched(what, loss, part.y):
            weight = schedule.weights(loss, part.y, stage, n_stages)
        check_weight(what, weight, len(part.y))
        order = np.random.default_rng(seed).permutation(len(part.y))
        moved = schedule.weights(loss[order], part.y[order], stage, n_stages)
        require(np.allclose(moved, weight[order], rtol=1e-9), f"{what}: weights must follow their rows")
        even = schedule.weights(np.full(len(part.y), 0.3), part.y, stage, n_stages)
        require(np.allclose(even, 1.0), f"{what}: equal losses must have equal weights")


def _check_draws(what: str, schedule: Any, part: Table, n_stages: int, seed: int) -> None:
    """Draws cover all stages once, in order; rows ascend, none twice; the same seed draws the same."""
    with untouched(what, part.y):
        draws = schedule.draws(part.y, n_stages, random_state=seed)
    _check_cover(what, [(draw.start, draw.stop) for draw in draws], n_stages)
    for draw in draws:
        rows = draw.rows
        require(rows.dtype == np.int64 and len(rows) > 0, f"{what}: rows are an array of int64")
        require((np.diff(rows) > 0).all(), f"{what}: rows must ascend, none twice")
        require(rows[0] >= 0 and rows[-1] < len(part.y), f"{what}: a row that does not exist")
    again = schedule.draws(part.y, n_stages, random_state=seed)
    same = all(same_bits(a.rows, b.rows) for a, b in zip(draws, again, strict=True))
    require(same, f"{what}: the same seed must give the same rows")


def _check_feed(what: str, schedule: Any, part: Table, n_epochs: int, seed: int) -> None:
    """Epochs hold rows that exist, with positive weights; the same seed gives the same epochs."""
    runs = []
    for _ in range(2):
        with untouched(what, part.y):
            feed = schedule.feed(part.y, batch_size=16, n_epochs=n_epochs, random_state=seed)
        require(0 <= feed.settled <= n_epochs, f"{what}: `settled` is one of the epochs, or past the last")
        runs.append([_epoch(what, feed, part, seed, number) for number in range(n_epochs)])
    for a, b in zip(*runs, strict=True):
        weights = (a.weight is None and b.weight is None) or same_bits(a.weight, b.weight)
        require(same_bits(a.rows, b.rows) and weights, f"{what}: the same seed must give the same rows")


def _check_scores(what: str, schedule: Any, part: Table, seed: int) -> None:
    """Check that the weights of batches are finite, not negative, and the same for the same seed."""
    n_classes = int(part.y.max()) + 1
    proba = np.random.default_rng(seed).dirichlet(np.ones(n_classes), size=len(part.y))
    runs = []
    for _ in range(2):
        with untouched(what, part.y, proba):
            follows = schedule.follow(part.y, n_classes=n_classes, n_epochs=2, random_state=seed)
            weights = []
            for epoch in range(2):
                follows.begin(epoch, lambda: proba)
                weights += [follows.weights(proba[at::3], part.y[at::3]) for at in range(3)]
        runs.append(np.concatenate(weights))
    require(runs[0].shape == (2 * len(part.y),), f"{what}: one weight for each row of a batch")
    fine = np.isfinite(runs[0]).all() and (runs[0] >= 0).all()
    require(fine, f"{what}: weights are finite and not negative")
    require(same_bits(*runs), f"{what}: the same seed must give the same weights")


def _epoch(what: str, feed: Any, part: Table, seed: int, number: int) -> Any:
    losses = np.random.default_rng([seed, number]).gamma(0.5, size=len(part.y))
    losses[:: number + 2] = np.nan
    epoch = feed.epoch(number, losses) if feed.uses_losses else feed.epoch(number)
    rows, weight = epoch.rows, epoch.weight
    require(
        rows.dtype == np.int64 and rows.ndim == 1 and len(rows) > 0, f"{what}: rows are an array of int64"
    )
    require(rows.min() >= 0 and rows.max() < len(part.y), f"{what}: a row that does not exist")
    positive = weight is None or (weight.shape == rows.shape and (weight > 0).all())
    require(positive, f"{what}: weights are positive, one for each row of the epoch")
    return epoch


def _check_cover(what: str, edges: list[tuple[int, int]], n_stages: int) -> None:
    require(edges and edges[0][0] == 0 and edges[-1][1] == n_stages, f"{what}: the stages are {edges}")
    joined = all(a[1] == b[0] for a, b in pairwise(edges))
    require(joined and all(a < b for a, b in edges), f"{what}: the stages are {edges}")
