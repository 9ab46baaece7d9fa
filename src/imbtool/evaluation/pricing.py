"""What a verdict says about money, capacity and floors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.asked import MONEY
from imbtool.evaluation.phrases import chance, mean_of, money, per_thousand
from imbtool.evaluation.scale import metric_key
from imbtool.evaluation.statistics import corrected_ttest
from imbtool.evaluation.table import ALPHA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.evaluation.result import MethodResult
    from imbtool.evaluation.verdict import Decision, Evidence

_METRICS = {"min_precision": "precision", "min_recall": "recall"}


def in_money(metric: str) -> bool:
    """Return whether the unit of a metric is money."""
    return metric.removesuffix("_default") in MONEY


def better_by(metric: str, gain: float) -> str:
    """Return a gain in money, ``12.3 less per 1,000 rows``."""
    cheaper = metric.startswith("cost")
    word = ("less" if gain >= 0 else "more") if cheaper else ("more" if gain >= 0 else "less")
    return f"{money(abs(gain))} {word} per 1,000 rows"


def noun(metric: str) -> str:
    """Return what the money of a metric is."""
    return "costs" if metric.startswith("cost") else "profit"


def about_price(evidence: Evidence, row: MethodResult) -> Iterator[str]:
    """Yield what was asked and what the verdict's row brings of it."""
    price = evidence.settings.price
    if price is None:
        return
    yield f"Asked: {price.words()}."
    yield from _about_policies(evidence, row)
    yield from _about_top(evidence, row)
    yield from _about_floors(evidence, row)


def _about_policies(evidence: Evidence, row: MethodResult) -> Iterator[str]:
    figures = policies(evidence, row)
    if not figures:
        return
    metric = str(figures["money_metric"])
    here, every, none = (float(figures[name]) for name in ("money", "treat_all", "treat_none"))
    sign = -1.0 if metric.startswith("cost") else 1.0
    if evidence.stakes is not None and evidence.stakes.money is not None:
        several = evidence.stakes.money.shape[1] > 2
        best = float(figures["trivial"])
        if several:
            against = (
                f"{better_by(metric, sign * (here - best))} than deciding the same class for all rows "
                f"({money(best)})"
            )
        else:
            against = (
                f"{better_by(metric, sign * (here - every))} than acting on every row ({money(every)}) and "
                f"{better_by(metric, sign * (here - none))} than acting on none ({money(none)})"
            )
        lot = f"; acting on as many by lot: {money(best)}" if evidence.stakes.rate and best != none else ""
        saved = float(figures["savings"])
        if not beats_trivial(evidence, row):
            yield (
                f"On unseen rows {noun(metric)} {per_thousand(here)}: {against}{lot}. That it beats the best "
                "of these is not shown."
            )
            return
        yield (
            f"On unseen rows {noun(metric)} {per_thousand(here)}: {against}{lot}. That is "
            f"{100 * saved:.0f} % of the way from the best of these to knowing every class."
        )


def beats_trivial(evidence: Evidence, row: MethodResult) -> bool:
    """Return whether a row is shown to beat the best policy that looks at no row (corrected t-test, 5 %).

    True without money, where there is nothing to beat.
    """
    stakes, price = evidence.stakes, evidence.settings.price
    if stakes is None or stakes.money is None or price is None:
        return True
    metric = f"{price.unit}_at_top" if price.capacity else price.unit
    sign = -1.0 if price.unit == "cost" else 1.0
    values = evidence.table.values((row.learner, row.recipe), metric_key(metric, row.recipe))
    test = corrected_ttest(sign * values - stakes.trivial(), evidence.scale.test_ratio)
    return test.mean > 0 and test.p_value / 2 < ALPHA


def best_policy(evidence: Evidence) -> str:
    """Return the best policy that looks at no row, with its money."""
    stakes = evidence.stakes
    if stakes is None or stakes.money is None:
        return ""
    every, best = stakes.constant(), stakes.trivial()
    name = "deciding the same class for all rows"
    if len(every) == 2:
        acting = "acting on as many by lot" if stakes.rate is not None else "acting on every row"
        name = "acting on no row" if best == every[0] else acting
    return f"{name} ({stakes.unit} {per_thousand(stakes.told(best))})"


def meanwhile(evidence: Evidence, decision: Decision) -> str:
    """Return what the threshold chosen by money brings until a lead is settled."""
    row, nothing = evidence.rows[decision.row], evidence.rows[decision.nothing]
    metric, gain = evidence.settings.threshold_metric, decision.threshold_gain
    sure = f"; {chance(gain.better, 'this is more than what matters')}" if gain else ""
    return (
        f"Meanwhile move the threshold to {row.threshold[0]:.3g}, which needs no training of its own: "
        f"{noun(metric)} {money(mean_of(row, metric))} against "
        f"{money(mean_of(nothing, f'{metric}_default'))} at 0.5, per 1,000 rows{sure}."
    )


def chosen_as_well(row: MethodResult, metric: str) -> Iterator[str]:
    """Yield what the threshold chosen by money adds to a calibrator, which decides at the default one."""
    now, then = mean_of(row, f"{metric}_default"), mean_of(row, metric)
    if (then < now) if metric.startswith("cost") else (then > now):
        yield (
            f"Alone it decides at 0.5, which knows nothing of the money; {row.recipe}+threshold decides at "
            f"{row.threshold[0]:.3g}: {noun(metric)} {money(then)} against {money(now)} per 1,000 rows."
        )


def policies(evidence: Evidence, row: MethodResult) -> dict[str, Any]:
    """Return the money a row of the verdict and of the policies that look at no row; empty without money."""
    stakes, price = evidence.stakes, evidence.settings.price
    if stakes is None or price is None or stakes.money is None:
        return {}
    metric = f"{price.unit}_at_top" if price.capacity else price.unit
    every = [stakes.told(value) for value in stakes.constant()]
    savings = "savings_at_top" if price.capacity else metric_key("savings", row.recipe)
    return {
        "money_metric": metric,
        "money": mean_of(row, metric_key(metric, row.recipe)),
        "treat_none": every[0],
        "treat_all": every[1] if len(every) == 2 else float("nan"),
        "trivial": stakes.told(stakes.trivial()),
        "perfect": stakes.told(stakes.perfect()),
        "savings": mean_of(row, savings),
    }


def _about_top(evidence: Evidence, row: MethodResult) -> Iterator[str]:
    price, stakes = evidence.settings.price, evidence.stakes
    if price is None or stakes is None or stakes.rate is None:
        return
    precision, recall = mean_of(row, "precision_at_top"), mean_of(row, "recall_at_top")
    rows = max(1, round(stakes.rate * sum(evidence.counts)))
    prevalence = evidence.counts[1] / sum(evidence.counts)
    yield (
        f"The {rows:,} rows of the highest scores ({100 * stakes.rate:.3g} % of each test part; ties by "
        f"lot): {100 * precision:.3g} % of them are positive, {precision / prevalence:.1f} times as many as "
        f"by lot, and {100 * recall:.3g} % of all positives are among them."
    )


def _about_floors(evidence: Evidence, row: MethodResult) -> Iterator[str]:
    price = evidence.settings.price
    if price is None or not price.floors:
        return
    trials = evidence.table.trials((row.learner, row.recipe))
    missed = sum("no threshold keeps" in trial.reason for trial in trials)
    if missed:
        yield f"In {missed} of {len(trials)} folds no threshold kept it on the scores it was chosen on."
    for name, level in price.floors.items():
        metric = _METRICS[name]
        found = row.estimates.get(metric_key(metric, row.recipe))
        if found is None or np.isnan(found.mean):
            continue
        word = "kept" if found.low >= level else "missed" if found.high < level else "not certain"
        yield (
            f"{metric} on unseen rows {found.mean:.3f} [{found.low:.3f}, {found.high:.3f}] against a floor "
            f"of {level:g}: {word}."
        ).capitalize()


def infeasible(evidence: Evidence, row: MethodResult) -> bool:
    """Return whether no threshold kept the floors in most of the folds."""
    trials = evidence.table.trials((row.learner, row.recipe))
    return 2 * sum("no threshold keeps" in trial.reason for trial in trials) > len(trials)


def headline_floors(evidence: Evidence, row: MethodResult) -> str:
    """Return the verdict where only the threshold is moved, to keep floors."""
    found = {name: row.estimates[name].mean for name in ("precision", "recall")}
    reached = ", ".join(f"{name} {value:.3f}" for name, value in found.items())
    price = evidence.settings.price
    if price is not None and infeasible(evidence, row):
        asked = " and ".join(
            f"a {name.removeprefix('min_')} of {level:g}" for name, level in price.floors.items()
        )
        return f"No threshold keeps {asked} ({row.learner}): the nearest reaches {reached}."
    return (
        f"Do nothing but move the threshold to {row.threshold[0]:.3g} ({row.learner}): "
        f"{reached} on unseen rows."
    )
