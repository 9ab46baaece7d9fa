"""Putting a decision into plain words, and every number it uses into a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.evaluation.byrow import about_by_row, headline_by_row
from imbtool.evaluation.choice import TESTS
from imbtool.evaluation.figures import figures
from imbtool.evaluation.phrases import (
    amount,
    chance,
    interval,
    label,
    money,
    name_of,
    p_is,
    per_thousand,
    signed,
    slope_words,
)
from imbtool.evaluation.pricing import (
    about_price,
    best_policy,
    better_by,
    chosen_as_well,
    headline_floors,
    in_money,
    meanwhile,
    noun,
)
from imbtool.evaluation.result import Verdict
from imbtool.evaluation.scale import metric_key
from imbtool.evaluation.settling import about_settling, about_small_classes, out_of_time
from imbtool.evaluation.table import SURE
from imbtool.evaluation.verdict import CALIBRATORS, MIN_POSITIVES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imbtool.evaluation.result import Difference
    from imbtool.evaluation.verdict import Decision, Evidence


def put_into_words(decision: Decision, evidence: Evidence, classes: tuple[str, ...]) -> Verdict:
    """Return the verdict of a decision."""
    teller = _Teller(decision, evidence, classes)
    return Verdict(
        kind=decision.kind,
        learner=decision.row[0],
        recipe=decision.row[1],
        headline=teller.headline(),
        sentences=tuple(teller.sentences()),
        numbers=figures(decision, evidence),
    )


class _Teller:
    """Tells one decision; a method a topic."""

    def __init__(self, decision: Decision, evidence: Evidence, classes: tuple[str, ...]) -> None:
        self.decision = decision
        self.evidence = evidence
        self.classes = classes
        self.metric = evidence.scale.metric
        self.row = evidence.rows[decision.row]
        self.nothing = evidence.rows[decision.nothing]

        by_row = decision.by_row
        self._by_row = by_row if by_row and by_row.row == decision.row else None

    def headline(self) -> str:
        """Return the verdict in one sentence."""
        tell: dict[str, Callable[[], str]] = {
            "too-few-positives": self._headline_few,
            "inconclusive": self._headline_inconclusive,
            "use": self._headline_use,
            "move-threshold": self._headline_threshold,
            "calibrate": self._headline_calibrate,
            "do-nothing": self._headline_nothing,
        }
        return tell[self.decision.kind]()

    def sentences(self) -> Iterator[str]:
        """Yield what supports the headline, most important first."""
        if self.decision.kind == "too-few-positives":
            yield (
                f"At least {MIN_POSITIVES} are needed for any comparison and about 50 for a firm one; "
                "the table below is for orientation only."
            )
            return
        yield from about_price(self.evidence, self.row)
        yield from about_by_row(self.decision, self.evidence)
        if self.decision.reason == "no-time" and self.row is not self.nothing:
            calibrated = self.decision.row[1] in CALIBRATORS
            yield f"Until then: {self._headline_calibrate() if calibrated else self._headline_threshold()}"
        yield from self._about_learner()
        yield from self._about_gain()
        yield from self._about_ties()
        yield from self._about_lead()
        if self.decision.reason == "no-signal":
            yield from about_settling(self.decision, self.evidence)
        yield from self._about_probabilities()
        yield from self._about_threshold()
        yield from self._about_cost()
        yield from about_small_classes(self.evidence, self.classes)

    def _headline_few(self) -> str:
        count = self.evidence.counts[self.evidence.rare]
        name = self.classes[self.evidence.rare]
        return f"Too few positives to say: class {name!r} has {count} rows."

    def _headline_inconclusive(self) -> str:
        if self.decision.reason == "no-signal":
            return "Inconclusive: no model ranks the classes better than chance, treated or not."
        if self.decision.reason == "no-policy":
            return f"Inconclusive: nothing is shown to beat {best_policy(self.evidence)}."
        if self.decision.reason == "no-time":
            return out_of_time(self.evidence)
        if self.decision.lead is None:
            return "Inconclusive."
        key, gap = self.decision.lead
        lead = f"{gap.mean:+.3f} {label(self.metric)}"
        if in_money(self.metric):
            lead = per_thousand(gap.mean)
        return (
            f"Inconclusive: {name_of(key)} leads {self._rival()} by {lead}, which these folds do not prove."
        )

    def _headline_use(self) -> str:
        gain = self.decision.gain
        lead = abs(gain.mean) if gain else 0.0
        better = f"{lead:.3f} better in {label(self.metric)} than doing nothing"
        if in_money(self.metric):
            better = f"{better_by(self.metric, lead)} than {self._rival()}"
        return f"Use {self.decision.row[1]} with {self.decision.row[0]}: {better}."

    def _rival(self) -> str:
        """Return what gains are taken against, in words."""
        free = self.decision.free
        if free is None or free[1] == "none":
            return "doing nothing"
        return "only moving the threshold" if free[1] == "threshold" else f"only {free[1]}"

    def _headline_threshold(self) -> str:
        metric = self.evidence.settings.threshold_metric
        price = self.evidence.settings.price
        if self._by_row:
            return headline_by_row(self.evidence, self._by_row)
        if price is not None and price.floors:
            return headline_floors(self.evidence, self.row)
        now = self.nothing.estimates[f"{metric}_default"].mean
        then = self.row.estimates[metric].mean
        where = f"to {self.row.threshold[0]:.3g}" if len(self.row.threshold) == 1 else "of each class"
        if in_money(metric):
            several = len(self.row.threshold) > 1
            what = "decide by expected cost" if several else f"move the threshold {where}"
            return (
                f"Do nothing but {what} ({self.decision.row[0]}): {noun(metric)} "
                f"{'go' if metric == 'cost' else 'goes'} from {money(now)} to {per_thousand(then)}."
            )
        return (
            f"Do nothing but move the threshold {where} ({self.decision.row[0]}): "
            f"{label(metric)} goes from {now:.3f} to {then:.3f}."
        )

    def _headline_calibrate(self) -> str:
        now, then = (row.estimates["brier_skill"].mean for row in (self.nothing, self.row))
        name = self.decision.row[1].replace("_", " ")
        return f"Calibrate {self.decision.row[0]} ({name}): Brier skill goes from {now:.3f} to {then:.3f}."

    def _headline_nothing(self) -> str:
        tried = [row.status for row in self.evidence.rows.values() if row.cost and not row.control]
        done = tried.count("ok") if "cut-off" in tried else 0
        which = f"none of the {done} treatments that were finished in time is" if done else "no treatment is"
        if done == 1:
            which = "the one treatment that was finished in time is not"
        return f"Do nothing: {which} shown to beat plain {self.decision.row[0]}."

    def _about_learner(self) -> Iterator[str]:
        others = [
            r
            for k, r in self.evidence.rows.items()
            if k[1] == "none" and k != self.decision.nothing and r.rank
        ]
        if not others:
            return
        key = metric_key(self.metric, "none")
        parts = ", ".join(f"{r.learner} {amount(r.estimates[key].mean, self.metric)}" for r in others)
        yield (
            f"With nothing done, {self.nothing.learner} reaches {label(self.metric)} "
            f"{interval(self.nothing.estimates[key], self.metric)}; {parts}."
        )

    def _about_gain(self) -> Iterator[str]:
        gain = self.decision.gain
        if gain is None or self.decision.reason == "unproven-lead" or self._by_row:
            return
        metric = self.metric
        if self.decision.kind == "move-threshold":
            metric = self.evidence.settings.threshold_metric
        elif self.decision.kind == "calibrate":
            metric = "brier_skill"
        shown = self.decision.kind == "use" or self.decision.reason == "no-policy"
        tested = f"p {p_is(gain.p_holm)} after correction, and " if shown else ""
        matters = f"{self.evidence.settings.rope:g}"
        if in_money(metric):
            matters = (
                f"{matters} of what there is to gain, {per_thousand(self.evidence.other_scale(metric).rope)}"
            )
        rival = self._rival() if shown else "doing nothing"
        told = f"{'Gain' if in_money(metric) else label(metric)} {signed(gain, metric)}"
        yield (
            f"{told} against {rival} on the same folds; {tested}"
            f"{chance(gain.better, 'the gain is larger than what matters')} ({matters})."
        )

    def _about_ties(self) -> Iterator[str]:
        rivals = [k for k in self.decision.tied if k != self.decision.row]
        if self.decision.kind == "use" and rivals:
            names = ", ".join(name_of(k) for k in rivals[:4]) + (" and others" if len(rivals) > 4 else "")
            yield f"It is the cheapest of {len(rivals) + 1} that cannot be told apart: also {names}."

    def _about_lead(self) -> Iterator[str]:
        if not self.decision.lead or self.decision.kind == "use":
            return
        key, gap = self.decision.lead
        yield (
            f"{name_of(key)} leads by {signed(gap, self.metric)}{self._unit()}, not proven "
            f"({self._doubt(gap)})."
        )
        yield from about_settling(self.decision, self.evidence)

    def _doubt(self, gap: Difference) -> str:
        """Return how far the lead is from being shown."""
        if TESTS[self.evidence.scale.test].corrected:
            return f"p {p_is(gap.p_holm)} after correction over all treatments"
        return chance(gap.better, "it is larger than what matters")

    def _unit(self) -> str:
        return "" if in_money(self.metric) else f" {label(self.metric)}"

    def _about_probabilities(self) -> Iterator[str]:
        if self.decision.reason == "no-signal":
            return
        skill, slope = self.row.estimates.get("brier_skill"), self.row.estimates.get("calibration_slope")
        if skill is None or slope is None or np.isnan(skill.mean):
            return
        plain = self.nothing.estimates["brier_skill"].mean
        against = "" if self.decision.row == self.decision.nothing else f" (doing nothing: {plain:.3f})"
        text = f"Probabilities: Brier skill {skill.mean:.3f}{against}, {slope_words(slope.mean)}."
        if self.decision.calibration and self.decision.kind != "calibrate":
            name, gain = self.decision.calibration
            text += f" Calibrating the plain model with {name} gains {gain.mean:.3f} Brier skill."
        elif self.decision.kind == "use" and skill.mean < plain - 0.01:
            text += " Add a calibrator before reading them as probabilities."
        yield text

    def _about_threshold(self) -> Iterator[str]:
        if len(self.row.threshold) != 1 or self.decision.reason == "no-signal":
            return
        metric = self.evidence.settings.threshold_metric
        price = self.evidence.settings.price
        if price is not None and (price.capacity or price.floors):
            return
        if self.decision.reason == "unproven-lead" and self.decision.row[1] == "threshold":
            yield meanwhile(self.evidence, self.decision)
        if self.decision.kind == "calibrate" and in_money(metric):
            yield from chosen_as_well(self.row, metric)
        moved = self.evidence.rows.get((self.decision.row[0], "threshold"))
        if self.decision.row == self.decision.nothing and moved and metric in moved.versus_nothing:
            gap = moved.versus_nothing[metric]
            if gap.mean > self.evidence.other_scale(metric).rope:
                now = self.row.estimates[f"{metric}_default"].mean
                doubt = f"{chance(gap.better, 'it helps')}, not enough to advise it"
                if gap.better >= SURE:
                    doubt = "not advised, since a decision that ignores the features may do as well"
                yield (
                    f"Moving the threshold to {moved.threshold[0]:.3g} gives {label(metric)} "
                    f"{amount(moved.estimates[metric].mean, metric)} against {amount(now, metric)} at 0.5: "
                    f"{doubt}."
                )
        if self.decision.kind != "use":
            return
        yield (
            f"Its {label(metric)} is {amount(self.row.estimates[metric].mean, metric)} at the chosen "
            f"threshold {self.row.threshold[0]:.3g}, and "
            f"{amount(self.row.estimates[f'{metric}_default'].mean, metric)} at 0.5."
        )

    def _about_cost(self) -> Iterator[str]:
        if self.decision.kind == "use" and self.nothing.seconds > 0:
            times = self.row.seconds / self.nothing.seconds
            yield f"It costs {times:.1f} times the training time of doing nothing."
