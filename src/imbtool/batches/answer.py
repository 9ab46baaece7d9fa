"""What a set of data sets says together: ranks, tests and gaps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from imbtool.batches.paired import signed_rank_posterior, tally, wilcoxon
from imbtool.batches.ranks import cliques, critical_difference, friedman, nemenyi, ranks_of
from imbtool.batches.result import FEWEST, Across, Answer, Gaps, Pair, RankedRow
from imbtool.batches.wording import in_words, row_name
from imbtool.evaluation.statistics import holm
from imbtool.evaluation.table import reference_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imbtool.batches.result import Cell, Row
    from imbtool.core.types import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Scores and values of some rows on some data sets; NaN where there is a gap."""

    data: tuple[str, ...]
    rows: tuple[Row, ...]
    scores: FloatArray
    values: FloatArray
    why: Mapping[tuple[str, Row], str]

    def column(self, row: Row) -> FloatArray:
        """Return the scores of a row, shape (n_data,)."""
        return np.asarray(self.scores[:, self.rows.index(row)], dtype=np.float64)


def grid_of(cells: Iterable[Cell], data: Sequence[str]) -> Grid:
    """Arrange cells by data set and row, rows in the order they came."""
    chosen = [c for c in cells if c.data in set(data)]
    rows = tuple(dict.fromkeys((c.learner, c.recipe) for c in chosen))
    scores = np.full((len(data), len(rows)), np.nan)
    values = scores.copy()
    why: dict[tuple[str, Row], str] = {(name, row): "not asked for" for name in data for row in rows}
    place = {name: i for i, name in enumerate(data)}
    for cell in chosen:
        row = (cell.learner, cell.recipe)
        at = place[cell.data], rows.index(row)
        scores[at], values[at] = cell.score, cell.value
        why[cell.data, row] = cell.reason
    return Grid(data=tuple(data), rows=rows, scores=scores, values=values, why=why)


def answer_of(
    cells: Iterable[Cell], data: Sequence[str], *, rope: float, metric: str, group: str = ""
) -> Answer:
    """Return what the data sets `data` say together.

    Ranked are the rows with a value on all of them; rows whose scores agree on every one are ranked as
    one. With fewer than five data sets nothing is tested.
    """
    grid = grid_of(cells, data)
    whole = [row for row in grid.rows if not np.isnan(grid.column(row)).any()]
    kept, same = _merged(grid, whole)
    tested = len(data) >= FEWEST and len(kept) > 1
    ranks = ranks_of(np.stack([grid.column(r) for r in kept], axis=1)) if kept else np.empty((len(data), 0))
    mean_ranks = ranks.mean(axis=0) if len(data) else np.empty(0)
    order = sorted(range(len(kept)), key=lambda i: mean_ranks[i])
    p_nemenyi = nemenyi(mean_ranks, len(data)) if tested else np.full((len(kept), len(kept)), np.nan)
    compare = _Comparer(grid, tuple(kept), p_nemenyi, rope=rope, tested=tested)
    nothing = {row: reference_of(row, kept) for row in kept}
    versus_nothing = compare.family([(r, n) for r, n in nothing.items() if n and n != r])
    best = kept[order[0]] if kept else ("", "")
    versus_best = compare.family([(r, best) for r in kept if r != best])
    rows = tuple(
        RankedRow(
            learner=kept[i][0],
            recipe=kept[i][1],
            same=tuple(row_name(r) for r in same[kept[i]]),
            mean_rank=float(mean_ranks[i]),
            best_on=int((ranks[:, i] <= ranks.min(axis=1)).sum()),
            mean_value=float(grid.values[:, grid.rows.index(kept[i])].mean()),
            versus_nothing=versus_nothing.get(kept[i]),
            versus_best=versus_best.get(kept[i]),
        )
        for i in order
    )
    several = tested and len(kept) > 2
    distance = critical_difference(len(kept), len(data)) if several else nan
    answer = Answer(
        group=group,
        data=tuple(data),
        tested=tested,
        rows=rows,
        friedman=friedman(ranks) if several else None,
        critical_difference=distance,
        cliques=cliques(mean_ranks[order], distance) if several else (),
        pairs=compare.pairs([kept[i] for i in order]) if tested else (),
        gaps=tuple(_gaps(grid, row, rope) for row in grid.rows if row not in whole),
    )
    return in_words(answer, metric=metric, rope=rope)


def _merged(grid: Grid, rows: Sequence[Row]) -> tuple[list[Row], dict[Row, list[Row]]]:
    """Return the first of the rows that agree everywhere, and the others of each."""
    same: dict[Row, list[Row]] = {}
    by_scores: dict[bytes, Row] = {}
    for row in rows:
        # Two learners stay two rows even where their scores agree.
        key = row[0].encode() + b"\0" + (np.round(grid.column(row), 12) + 0.0).tobytes()
        if key in by_scores:
            same[by_scores[key]].append(row)
        else:
            by_scores[key], same[row] = row, []
    return list(same), same


class _Comparer:
    """Compares pairs of ranked rows over the data sets of a grid."""

    def __init__(
        self, grid: Grid, rows: tuple[Row, ...], p_nemenyi: FloatArray, *, rope: float, tested: bool
    ) -> None:
        self._grid, self._rows, self._nemenyi = grid, rows, p_nemenyi
        self._rope, self._tested = rope, tested

    def family(self, pairs: Sequence[tuple[Row, Row]]) -> dict[Row, Across]:
        """Return each first row against its second, corrected over the family, with the posterior."""
        found = self._corrected([self._across(a, b) for a, b in pairs])
        if self._tested:
            found = [self._with_posterior(a, x) for (a, _), x in zip(pairs, found, strict=True)]
        return {a: x for (a, _), x in zip(pairs, found, strict=True)}

    def pairs(self, rows: Sequence[Row]) -> tuple[Pair, ...]:
        """Return all pairs, the better ranked row first, corrected over all of them."""
        both = list(combinations(rows, 2))
        found = self._corrected([self._across(a, b) for a, b in both])
        return tuple(Pair(learner=a[0], recipe=a[1], versus=x) for (a, _), x in zip(both, found, strict=True))

    def _across(self, a: Row, b: Row) -> Across:
        d = self._grid.column(a) - self._grid.column(b)
        found = _counted(d, b, self._rope)
        if not self._tested:
            return found
        at = self._rows.index(a), self._rows.index(b)
        return replace(found, p_value=wilcoxon(d), p_nemenyi=float(self._nemenyi[at]))

    def _with_posterior(self, a: Row, across: Across) -> Across:
        d = self._grid.column(a) - self._grid.column(across.against)
        posterior = signed_rank_posterior(d, self._rope)
        return replace(
            across, worse=posterior.worse, equivalent=posterior.equivalent, better=posterior.better
        )

    @staticmethod
    def _corrected(found: Sequence[Across]) -> list[Across]:
        adjusted = holm([x.p_value for x in found])
        return [replace(x, p_holm=float(p)) for x, p in zip(found, adjusted, strict=True)]


def _counted(d: FloatArray, against: Row, rope: float) -> Across:
    wins, ties, losses = tally(d, rope)
    mean, median = (float(np.mean(d)), float(np.median(d))) if len(d) else (nan, nan)
    return Across(against=against, wins=wins, ties=ties, losses=losses, mean=mean, median=median)


def _gaps(grid: Grid, row: Row, rope: float) -> Gaps:
    scores = grid.column(row)
    missing: dict[str, tuple[str, ...]] = {}
    for i in np.flatnonzero(np.isnan(scores)):
        name = grid.data[int(i)]
        reason = grid.why[name, row]
        missing[reason] = (*missing.get(reason, ()), name)
    nothing = reference_of(row, [r for r in grid.rows if r != row])
    versus = None
    if nothing is not None:
        d = scores - grid.column(nothing)
        versus = _counted(d[~np.isnan(d)], nothing, rope)
    return Gaps(
        learner=row[0],
        recipe=row[1],
        n_data=int((~np.isnan(scores)).sum()),
        missing=missing,
        versus_nothing=versus,
    )
