"""What an answer says, in sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imbtool.batches.result import FEWEST
from imbtool.evaluation.phrases import label, p_is, p_value, share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imbtool.batches.result import Across, Answer, RankedRow, Row

ALPHA = 0.05
SURE = 0.95


def row_name(row: Row) -> str:
    """Return a row in words: the recipe, with its learner where rows have one."""
    return f"{row[1]} ({row[0]})" if row[0] else row[1]


def better_rows(answer: Answer, *, worse: bool = False) -> list[RankedRow]:
    """Return the rows shown to be better (or worse) than doing nothing, by Wilcoxon and Holm."""
    return [
        row
        for row in answer.rows
        if (gain := row.versus_nothing) and gain.p_holm < ALPHA and (leaning(gain) < 0) == worse
    ]


def leaning(across: Across) -> float:
    """Return the direction of a difference: that of the median, where it is 0 that of the mean."""
    return across.median or across.mean


def in_words(answer: Answer, *, metric: str, rope: float) -> Answer:
    """Return the answer with its headline and its sentences."""
    if not answer.rows:
        why = "no data set could be compared" if not answer.data else "no row has a value on every data set"
        return replace(answer, headline=f"There is nothing to rank: {why}.")
    told = _tested(answer, rope) if answer.tested else _untested(answer)
    return replace(answer, headline=told[0], sentences=(*_ranks(answer, metric), *told[1:]))


def _ranks(answer: Answer, metric: str) -> list[str]:
    best, *others = answer.rows
    second = f", then {_name(others[0])} with {others[0].mean_rank:.2f}" if others else ""
    over = _over(answer)
    told = [
        (
            f"{_name(best)} has the best mean rank by {label(metric)} over {over}: {best.mean_rank:.2f} of "
            f"{len(answer.rows)}{second}."
        )
    ]
    merged = [row for row in answer.rows if row.same]
    told += [
        f"{_name(row)} stands for {_list(row.same)} too: their scores agree on every data set."
        for row in merged
    ]
    return told


def _untested(answer: Answer) -> list[str]:
    n = len(answer.data)
    if n >= FEWEST:
        return ["Only one row is left to rank: there is nothing to compare it with."]
    return [
        (
            f"No test is made over {_over(answer)}: it takes {FEWEST}. What follows describes these data "
            "sets and no others."
        )
    ]


def _tested(answer: Answer, rope: float) -> list[str]:
    better, worse = better_rows(answer), better_rows(answer, worse=True)
    over = _over(answer)
    if better:
        headline = f"Better than doing nothing over {over}: {_list(map(_name, better))}."
    else:
        headline = f"Nothing is shown to be better than doing nothing over {over}."
    told = [headline]
    if worse:
        told.append(f"Worse than doing nothing: {_list(map(_name, worse))}.")
    told += _friedman(answer)
    sure = [row for row in answer.rows if (gain := row.versus_nothing) and gain.better >= SURE]
    same = [row for row in answer.rows if (gain := row.versus_nothing) and gain.equivalent >= SURE]
    if sure:
        told.append(
            f"Better by more than {rope:g} with a probability of at least {SURE}: {_list(map(_name, sure))}."
        )
    if same:
        told.append(
            f"Equivalent to doing nothing, within {rope:g}, with a probability of at least {SURE}: "
            f"{_list(map(_name, same))}."
        )
    told += _leader(answer, rope)
    told += _power(answer)
    return told


def _friedman(answer: Answer) -> list[str]:
    found = answer.friedman
    if found is None:
        return ["Two rows need no test of all ranks: Wilcoxon's test is the answer."]
    verdict = "the rows differ" if found.f_p_value < ALPHA else "no difference among the rows is shown"
    told = [
        (
            f"Friedman: chi-squared {found.chi2:.2f} with {found.df} degrees of freedom, "
            f"p {p_is(found.p_value)}; F (Iman and Davenport) p {p_is(found.f_p_value)}: {verdict}."
        )
    ]
    level = [
        row
        for row in answer.rows[1:]
        if row.mean_rank - answer.rows[0].mean_rank < answer.critical_difference
    ]
    told.append(
        f"Nemenyi: mean ranks differ when they are {answer.critical_difference:.2f} apart; "
        + (
            f"{_count(len(level), 'row')} cannot be told from the best."
            if level
            else "the best stands alone."
        )
    )
    return told


def _leader(answer: Answer, rope: float) -> list[str]:
    best = answer.rows[0]
    gain = best.versus_nothing
    if gain is None:
        return []
    return [
        (
            f"{_name(best)} against doing nothing: {gain.mean:+.3f} on average, better on {gain.wins}, equal "
            f"on {gain.ties} and worse on {gain.losses} (equal: within {rope:g}); Wilcoxon "
            f"p {p_is(gain.p_value)}, {p_value(gain.p_holm)} with Holm's correction; probability to be "
            f"better {_share(gain.better)}, equivalent "
            f"{_share(gain.equivalent)}, worse {_share(gain.worse)}."
        )
    ]


def _power(answer: Answer) -> list[str]:
    """Say so when no outcome whatever could have been significant."""
    tests = sum(row.versus_nothing is not None for row in answer.rows)
    n = len(answer.data)
    if tests * 2.0 ** (1 - n) < ALPHA:
        return []
    return [
        (
            f"With {n} data sets and {_count(tests, 'row')} against doing nothing, no outcome reaches "
            f"{ALPHA} in Wilcoxon's test with Holm's correction; it takes "
            "more data sets or fewer rows."
        )
    ]


def _over(answer: Answer) -> str:
    return _count(len(answer.data), "data set") + (f" ({answer.group})" if answer.group else "")


def _name(row: RankedRow) -> str:
    return row_name((row.learner, row.recipe))


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _share(value: float) -> str:
    return share(value) if value >= 0.01 else "<0.01"


def _list(names: Iterable[str]) -> str:
    found: Sequence[str] = list(names)
    return ", ".join(found) if len(found) < 2 else f"{', '.join(found[:-1])} and {found[-1]}"
