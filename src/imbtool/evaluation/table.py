"""From trials to the table: values by fold, estimates, paired differences, ranks and ties."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry
from imbtool.evaluation.choice import DEFAULT_CORRECTION, DEFAULT_TEST
from imbtool.evaluation.estimates import estimate_of, within_reach
from imbtool.evaluation.result import MethodResult
from imbtool.evaluation.scale import Scale, metric_key, oriented, scale_of
from imbtool.evaluation.statistics import corrected, difference
from imbtool.recipe.parser import parse_recipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imbtool.core.types import FloatArray, TrialStatus
    from imbtool.evaluation.result import Difference, Trial

ALPHA = 0.05
SURE = 0.95


class Table:
    """Trials arranged by row and fold."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        self._rows: dict[tuple[str, str], dict[tuple[int, int], Trial]] = defaultdict(dict)
        for trial in trials:
            self._rows[trial.learner, trial.recipe][trial.repeat, trial.fold] = trial
        self.folds = sorted({fold for row in self._rows.values() for fold in row})

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Learner and recipe of every row."""
        return tuple(self._rows)

    def has(self, key: str) -> bool:
        """Return whether any trial has a value of this name."""
        return any(key in trial.metrics for row in self._rows.values() for trial in row.values())

    def trials(self, row: tuple[str, str]) -> tuple[Trial, ...]:
        """Return the trials of a row in fold order."""
        return tuple(trial for _, trial in sorted(self._rows[row].items()))

    def values(self, row: tuple[str, str], key: str) -> FloatArray:
        """Return one value a fold, NaN where there is none."""
        found = self._rows.get(row, {})
        return np.array(
            [found[f].metrics.get(key, np.nan) if f in found else np.nan for f in self.folds],
            dtype=np.float64,
        )

    def flattery(self, row: tuple[str, str], key: str) -> float:
        """Return by how much few positives flatter a metric, mean over the folds; 0 where it is not known."""
        found = [t.flattery[key] for t in self._rows.get(row, {}).values() if key in t.flattery]
        return float(np.mean(found)) if found else 0.0

    def judged(self, row: tuple[str, str], metric: str) -> FloatArray:
        """Return the values by which the row is judged on a metric, oriented."""
        return oriented(metric, self.values(row, metric_key(metric, row[1])))

    def compare(self, a: tuple[str, str], b: tuple[str, str], scale: Scale) -> Difference:
        """Return how much better `a` is than `b` on the same folds; see `within_reach` for its interval."""
        found = difference(
            self.judged(a, scale.metric),
            self.judged(b, scale.metric),
            test_ratio=scale.test_ratio,
            rope=scale.rope,
            greater_is_better=scale.greater_is_better,
            test=scale.test,
        )
        return within_reach(scale.metric, found)

    def test_ratio(self) -> float:
        """Return test rows over training rows, mean over all trials."""
        ratios = [t.n_test / t.n_train for row in self._rows.values() for t in row.values() if t.n_train]
        return float(np.mean(ratios)) if ratios else 0.25


def best_untreated(table: Table, learners: Iterable[str], scale: Scale) -> str:
    """Return the learner to prefer when nothing is done about the imbalance.

    It is the first in the given order that cannot be told from the one with the best mean: within the
    region of equivalence of it, and no significant difference.
    """
    decision = registry.metric(scale.metric).family == "decision"
    rows = [(learner, "threshold" if decision else "none") for learner in learners]
    if all(np.isnan(table.judged(row, scale.metric)).all() for row in rows):
        rows = [(learner, "none") for learner, _ in rows]  # without inner folds no threshold is chosen
    sign = 1.0 if scale.greater_is_better else -1.0
    means = {
        row: sign * np.nanmean(v) for row in rows if not np.isnan(v := table.judged(row, scale.metric)).all()
    }
    if not means:
        return rows[0][0]
    best = max(means, key=lambda row: means[row])
    for row in means:
        gap = table.compare(row, best, scale)
        if row == best or (gap.mean >= -scale.rope and not gap.p_value < ALPHA):
            return row[0]
    return best[0]


def reference_of(row: tuple[str, str], rows: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the row that does nothing with the same learner, else with the first learner that has one."""
    plain = [r for r in rows if r[1] == "none"]
    same = [r for r in plain if r[0] == row[0]]
    return next(iter(same or plain), None)


def results(
    table: Table,
    metric: str,
    rope: float,
    shares: Sequence[float],
    stake: float = 1.0,
    *,
    test: str = DEFAULT_TEST,
    correction: str = DEFAULT_CORRECTION,
) -> tuple[MethodResult, ...]:
    """Return every row of the table, best first, with its estimates and differences."""
    ratio = table.test_ratio()
    names = [*registry.metrics(), *(m for m in registry.asked() if table.has(m))]
    scales = {
        m: replace(scale_of(m, rope, shares, ratio, stake), test=test, correction=correction) for m in names
    }
    made = [_result(table, row, metric, ratio) for row in table.rows]
    made = _with_differences(table, made, scales)
    return _ranked(table, made, scales[metric])


def _result(table: Table, row: tuple[str, str], metric: str, ratio: float) -> MethodResult:
    trials = table.trials(row)
    status = _status(trials)
    done = [t for t in trials if t.status == "ok"] if status == "ok" else []
    spec = parse_recipe(row[1])
    names = dict.fromkeys(name for t in done for name in t.metrics)
    others = [t for t in trials if t.status != "ok"]
    telling = [t for t in others if t.status == status] or others or done
    reason = Counter(t.reason for t in telling if t.reason).most_common(1)
    thresholds = [t.threshold for t in done if t.threshold]
    return MethodResult(
        learner=row[0],
        recipe=row[1],
        kind=spec.kind,
        cost=spec.cost,
        control=spec.control,
        status=status,
        reason=reason[0][0] if reason else "",
        n_trials=sum(t.status == "ok" for t in trials),
        n_failed=sum(t.status != "not-applicable" for t in others),
        estimates={n: estimate_of(n, table.values(row, n), ratio, table.flattery(row, n)) for n in names},
        fold_values=tuple(float(v) for v in table.values(row, metric_key(metric, row[1]))),
        threshold=tuple(float(v) for v in np.median(thresholds, axis=0)) if thresholds else (),
        seconds=float(np.median([t.seconds for t in done])) if done else 0.0,
        per_class=_mean_per_class(done),
    )


def _status(trials: Sequence[Trial]) -> TrialStatus:
    """Return the status of a row: rows of the table have the same folds, so one cut off is none of them.

    A row that could not be applied where it was tried is not said to be cut off on the folds it was not.
    """
    found = [t.status for t in trials]
    if "dropped" in found:
        return "dropped"
    if "not-applicable" in found and set(found) <= {"not-applicable", "cut-off"}:
        return "not-applicable"
    if not found or "cut-off" in found:
        return "cut-off"
    return "ok" if "ok" in found else found[0]


def _mean_per_class(trials: Sequence[Trial]) -> dict[str, dict[str, float]]:
    gathered: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for trial in trials:
        for metric, values in trial.per_class.items():
            for label, value in values.items():
                if not np.isnan(value):
                    gathered[metric][label].append(value)
    return {m: {label: float(np.mean(v)) for label, v in by.items()} for m, by in gathered.items()}


def _with_differences(
    table: Table, rows: Sequence[MethodResult], scales: Mapping[str, Scale]
) -> list[MethodResult]:
    """Add to each row its differences against doing nothing, corrected over the rows."""
    done = [r for r in rows if r.status == "ok"]
    keys = [(r.learner, r.recipe) for r in done]
    by_metric = {metric: _against_nothing(table, keys, scale) for metric, scale in scales.items()}
    return [
        replace(r, versus_nothing={m: gaps[key] for m, gaps in by_metric.items() if key in gaps})
        for r in rows
        for key in [(r.learner, r.recipe)]
    ]


def _against_nothing(
    table: Table, keys: Sequence[tuple[str, str]], scale: Scale
) -> dict[tuple[str, str], Difference]:
    raw = {
        key: table.compare(key, reference, scale)
        for key in keys
        if (reference := reference_of(key, keys)) and reference != key
    }
    # A calibrator cannot change a ranking metric: such rows are no hypotheses and cost no power.
    family = [k for k, d in raw.items() if d.mean != 0 or d.low != d.high]
    adjusted = corrected([raw[k] for k in family], scale.correction)
    return raw | dict(zip(family, adjusted, strict=True))


def _ranked(table: Table, rows: Sequence[MethodResult], scale: Scale) -> tuple[MethodResult, ...]:
    sign = 1.0 if scale.greater_is_better else -1.0
    means = {}
    for r in rows:
        judged = table.judged((r.learner, r.recipe), scale.metric)
        if r.status == "ok" and not np.isnan(judged).all():
            means[r.learner, r.recipe] = sign * float(np.nanmean(judged))
    order = sorted(
        (r for r in rows if (r.learner, r.recipe) in means),
        key=lambda r: (-means[r.learner, r.recipe], r.cost, len(r.recipe)),
    )
    if not order:
        return tuple(rows)
    best = (order[0].learner, order[0].recipe)
    gaps = [table.compare((r.learner, r.recipe), best, scale) for r in order[1:]]
    behind = corrected(gaps, scale.correction)
    ranked = [replace(order[0], rank=1, tied_with_best=True)]
    for place, (row, gap) in enumerate(zip(order[1:], behind, strict=True), start=2):
        ranked.append(replace(row, rank=place, versus_best=gap, tied_with_best=not shown_worse(gap)))
    return (*ranked, *(r for r in rows if (r.learner, r.recipe) not in means))


def shown_worse(gap: Difference) -> bool:
    """Return whether a row is worse than another by more than the region of equivalence, for sure."""
    return gap.worse >= SURE


def shown_better(gap: Difference, scale: Scale) -> bool:
    """Return whether a row is shown to be better than another by more than the region of equivalence."""
    if scale.test == "bayes":
        return gap.better >= SURE
    return gap.p_holm < ALPHA and gap.mean > scale.rope
