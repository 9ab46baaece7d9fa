"""Gates against measures: which number, which interval, which outcome, in which words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite, nan
from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry
from imbtool.core.errors import DataError, UsageError
from imbtool.core.suggest import did_you_mean
from imbtool.data.phrases import count, some
from imbtool.holdout.decide import outcome_of, rows_for_enough, rows_to_settle
from imbtool.holdout.intervals import differences, measured, unpaired
from imbtool.holdout.money import money_names
from imbtool.holdout.result import GateResult, Measured
from imbtool.holdout.slices import FEWEST, cut, level_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from imbtool.core.types import BoolArray
    from imbtool.holdout.baseline import Baseline
    from imbtool.holdout.gates import Gate
    from imbtool.holdout.measures import Measure
    from imbtool.holdout.result import Outcome, Policy
    from imbtool.holdout.rows import Holdout, Scored
    from imbtool.holdout.slices import Cut


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scope:
    """Rows that a gate is about; `here` is None for all of them."""

    column: str = ""
    level: str = ""
    here: BoolArray | None = None

    def of(self, rows: Scored) -> Scored:
        """Return the rows of the scope."""
        return rows if self.here is None else rows.take(self.here)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Court:
    """What gates are judged with.

    Parameters
    ----------
    holdout : Holdout
    baseline : Baseline or None
    other : Scored or None
        The scores of the baseline in the order of the rows, where they are the same rows.
    policy : {"pass", "fail"}
        What inconclusive gates count as.
    draw : callable
        Returns resamples and seed for rows of a scope.
    """

    holdout: Holdout
    baseline: Baseline | None
    other: Scored | None
    policy: Policy
    draw: Callable[[Scored, Scope], tuple[int, int]]


def check_scopes(gates: Sequence[Gate], holdout: Holdout, *, has_baseline: bool) -> None:
    """Raise one error for every gate that cannot be judged on this table.

    Raises
    ------
    UsageError
        Code ``bad-gate``: columns and levels that are not there, a baseline that is not given.
    """
    faults = []
    for gate in gates:
        if gate.bound.factor and not has_baseline:
            faults.append(f"'{gate}': there is no baseline; name its document with --baseline.")
        stem = gate.measure.name.removesuffix("_default")
        if stem in registry.asked() and gate.measure.name not in money_names(holdout.rows.stakes):
            faults.append(f"'{gate}': say what decisions cost (--cost-fn, --cost-fp), or how many (--top-k).")
        if not gate.column:
            continue
        if gate.column not in holdout.table:
            near = did_you_mean(gate.column, holdout.table, listing=f"Columns: {some(holdout.table, 12)}")
            faults.append(f"'{gate}': there is no column {gate.column!r}. {near}")
            continue
        found = cut(holdout.table[gate.column], gate.column)
        if gate.level is not None and level_rows(holdout.table[gate.column], found, gate.level) is None:
            near = did_you_mean(gate.level, found.parts, listing=f"Levels: {some(found.parts, 12)}")
            faults.append(f"'{gate}': {gate.column!r} is never {gate.level!r}. {near}")
    if faults:
        what = count(len(faults), "gate")
        raise UsageError(
            f"{what} cannot be judged on this table:\n" + "\n".join(f"- {fault}" for fault in faults),
            hint="Mend the gates, or name another table.",
            code="bad-gate",
        )


def judge(gates: Sequence[Gate], court: Court, known: Mapping[str, Measured]) -> tuple[GateResult, ...]:
    """Return the outcome of every gate; ``each`` gives one a level.

    Parameters
    ----------
    gates : sequence of Gate
    court : Court
    known : mapping of str to Measured
        The measures of all rows.
    """
    by_scope: dict[tuple[str, str], tuple[Scope, list[tuple[int, Gate]]]] = {}
    for number, gate in enumerate(gates):
        for scope in _scopes(gate, court.holdout):
            key = (scope.column, scope.level)
            by_scope.setdefault(key, (scope, []))[1].append((number, gate))
    results = []
    for scope, here in by_scope.values():
        judged = _judge_scope(scope, [gate for _, gate in here], court, known)
        results += [(number, result) for (number, _), result in zip(here, judged, strict=True)]
    return tuple(result for _, result in sorted(results, key=lambda item: item[0]))


def _scopes(gate: Gate, holdout: Holdout) -> list[Scope]:
    if not gate.column:
        return [Scope()]
    found: Cut = cut(holdout.table[gate.column], gate.column)
    if gate.level is None:
        return [Scope(column=gate.column, level=label, here=here) for label, here in found.parts.items()]
    here = level_rows(holdout.table[gate.column], found, gate.level)
    return [Scope(column=gate.column, level=gate.level, here=here)]


def _judge_scope(
    scope: Scope, gates: list[Gate], court: Court, known: Mapping[str, Measured]
) -> list[GateResult]:
    rows = scope.of(court.holdout.rows)
    measures = list({gate.measure.name: gate.measure for gate in gates}.values())
    resamples, seed = court.draw(rows, scope)
    if scope.here is not None:
        known = measured(rows, measures, resamples=resamples, seed=seed)
    compared: dict[tuple[str, float], Measured] = {}
    there: Mapping[str, Measured] = {}
    relative = [gate for gate in gates if gate.bound.factor]
    if relative and court.other is not None:
        other = scope.of(court.other)
        wanted: dict[Measure, list[float]] = {}
        for gate in relative:
            wanted.setdefault(gate.measure, []).append(gate.bound.factor)
        compared = differences(rows, other, wanted, resamples=resamples, seed=seed)
        there = measured(other, list(wanted), resamples=2, seed=seed)
    elif relative:
        there = _of_baseline(scope, relative, court)
        for gate in relative:
            here, before = known[gate.measure.name], there[gate.measure.name]
            compared[gate.measure.name, gate.bound.factor] = unpaired(here, before, gate.bound.factor)
    results = []
    for gate in gates:
        name, factor = gate.measure.name, gate.bound.factor
        then = there[name].value if factor else nan
        results.append(_result(gate, scope, rows, known[name], then, compared.get((name, factor)), court))
    return results


def _of_baseline(scope: Scope, gates: list[Gate], court: Court) -> Mapping[str, Measured]:
    """Return the measures that the baseline's document holds, or that its rows give."""
    baseline = court.baseline
    if baseline is None:
        raise ValueError("relative gates were checked to have a baseline")
    held = baseline.slices.get((scope.column, scope.level), {}) if scope.column else baseline.values
    missing = [gate.measure for gate in gates if gate.measure.name not in held]
    if missing and baseline.rows is not None and not scope.column:
        resamples, seed = court.draw(baseline.rows, scope)
        return {**held, **measured(baseline.rows, missing, resamples=resamples, seed=seed)}
    if missing:
        where = f" of {scope.column}={scope.level}" if scope.column else ""
        again = f"--slice {scope.column}" if scope.column else f"--gate '{missing[0].name} >= 0'"
        raise DataError(
            f"The baseline {baseline.source} does not know {some(m.name for m in missing)}{where}.",
            hint=f"Write it again with {again}.",
            code="baseline-lacks",
        )
    return held


def _result(
    gate: Gate,
    scope: Scope,
    rows: Scored,
    value: Measured,
    before: float,
    difference: Measured | None,
    court: Court,
) -> GateResult:
    found = value if difference is None else difference
    limit = gate.bound.plain
    small = scope.here is not None and rows.fewest < FEWEST
    outcome = "inconclusive" if small or rows.fewest < 1 else outcome_of(found, gate.sign, limit)
    needed = None
    if outcome == "inconclusive":
        needed = rows_for_enough(rows) if small else rows_to_settle(found, gate.sign, limit, rows.n)
    text = str(replace(gate, level=scope.level) if gate.column else gate)
    result = GateResult(
        gate=text,
        column=scope.column,
        level=scope.level,
        measure=gate.measure.name,
        sign=gate.sign,
        bound=str(gate.bound),
        value=value,
        baseline=before,
        difference=difference,
        compared=found.value,
        limit=limit,
        outcome=outcome,
        passed=outcome == "pass" or (outcome == "inconclusive" and court.policy == "pass"),
        rows=rows.n,
        rows_needed=needed,
        paired=difference is not None and court.other is not None,
        sentence="",
    )
    return replace(result, sentence=_sentence(result, outcome, rows, small=small))


def _sentence(result: GateResult, outcome: Outcome, rows: Scored, *, small: bool) -> str:
    value, found = result.value, result.difference or result.value
    said = f"{_n(value.value)} ({_n(value.low)} to {_n(value.high)})"
    if result.difference is not None:
        how = "on the same rows" if result.paired else "not on the same rows"
        apart = f"{found.value:+.4f} ({found.low:+.4f} to {found.high:+.4f})"
        said = f"{_n(value.value)} against {_n(result.baseline)}: difference {apart}, {how}"
        if "*" in result.bound:
            said += f", to {result.bound.split(' +')[0].split(' -')[0]}"
    if outcome != "inconclusive":
        return said
    if not isfinite(value.value):
        return f"not defined on {count(result.rows, 'row')}"
    if small:
        fewest = min(rows.counts, default=0)
        why = f"only {count(fewest, 'row')} of one class, at least {FEWEST} are needed"
    else:
        why = f"the interval holds {result.limit:g}"
    return f"{said}; {why}; {_needed(result)}"


def _needed(result: GateResult) -> str:
    if result.rows_needed is None:
        return f"no number of rows like these {result.rows:,} would settle it"
    return f"about {_rounded(result.rows_needed):,} rows would settle it, there are {result.rows:,}"


def _rounded(value: int) -> int:
    """Round up to two digits: the number is no better known."""
    scale = 10 ** max(len(str(value)) - 2, 0)
    return int(-(-value // scale) * scale)


def _n(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else "n/a"
