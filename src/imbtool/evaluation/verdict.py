"""The verdict: which row to use and why, decided from paired tests on the same folds.

The rules, in order:

1. Fewer than `MIN_POSITIVES` rows of the class of interest: too few to say.
2. No plain model ranks better than chance (ROC-AUC above 0.5, corrected t-test): inconclusive.
3. Some treatment is shown to beat the best free choice (nothing, or threshold and calibration where
   the metric sees them) by more than the region of equivalence, by the test that was chosen (corrected
   resampled t by default) and corrected for the number of treatments (Holm): use the cheapest of those
   that are not shown worse than the best of them.
4. Moving the threshold helps the threshold metric by more than the region of equivalence with a posterior
   probability of at least `SURE` (one question, asked in one direction), and the moved decision beats one
   that ignores the features: move the threshold. Where the metric reads probabilities, calibration is
   asked first.
   In money the threshold chosen by it needs no proof against the default one, which knows nothing of what
   was asked: it is taken wherever nothing else is, unless it did worse; a calibrator alone, which decides at
   the default one, is then only told. And whatever the decision, it must be shown to beat the best policy
   that looks at no row (acting on every row, or on none); else inconclusive.
   Where rows have money of their own, deciding each by it takes the place of one threshold for all, when it
   is shown to be better in the same sense (`imbtool.evaluation.byrow`).
5. A calibrator helps the Brier skill in the same sense: calibrate.
6. A treatment leads by more than the region of equivalence with a posterior probability of at least
   `PROMISING`, unproven: inconclusive. Otherwise: do nothing. This, 4 and 5 only where some treatment was
   finished, if any were cut off: else inconclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry
from imbtool.core.asked import MONEY
from imbtool.evaluation.byrow import with_row_rule
from imbtool.evaluation.chosen import asked, has_floors, was_moved, with_chosen_threshold
from imbtool.evaluation.pricing import beats_trivial
from imbtool.evaluation.scale import Scale, scale_of
from imbtool.evaluation.signal import beats_chance
from imbtool.evaluation.statistics import corrected, corrected_ttest
from imbtool.evaluation.table import (
    ALPHA,
    SURE,
    Table,
    best_untreated,
    shown_better,
    shown_worse,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.core.types import VerdictKind
    from imbtool.evaluation.byrow import ByRow
    from imbtool.evaluation.outlook import Part
    from imbtool.evaluation.result import Difference, MethodResult, Settings
    from imbtool.metrics.money import Stakes

MIN_POSITIVES = 10
PROMISING = 0.9
CALIBRATORS = ("sigmoid", "isotonic", "temperature_scaling")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a verdict is decided from."""

    table: Table
    rows: Mapping[Key, MethodResult]
    scale: Scale
    settings: Settings
    counts: tuple[int, ...]
    rare: int
    no_skill: float
    """Best value of the threshold metric that a decision ignoring the features can reach."""
    stakes: Stakes | None = None
    """What is at stake in each row, where a price was asked."""
    curve: tuple[Part, ...] = ()
    """The lead that is not proven on parts of the table, where it was measured."""
    enough: float | None = None
    """Seconds of a budget in which what was cut off would have been finished, where that is known."""

    @property
    def untried(self) -> bool:
        """Whether treatments were cut off and not one was finished."""
        tried = {row.status for row in self.rows.values() if row.cost and not row.control}
        return "cut-off" in tried and "ok" not in tried

    def other_scale(self, metric: str) -> Scale:
        """Return the scale of another metric on the same data."""
        shares = [c / sum(self.counts) for c in self.counts]
        stake = 1.0 if self.stakes is None else self.stakes.reach()
        found = scale_of(metric, self.settings.rope, shares, self.scale.test_ratio, stake)
        return replace(found, test=self.scale.test, correction=self.scale.correction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The verdict as rows and differences, before it is put into words.

    ``row`` is recommended; ``nothing`` is the plain row it is held against; ``gain`` its difference on
    the ranking metric; ``tied`` how many rows are in its tie group; ``threshold_gain`` what moving the
    threshold does to the threshold metric for ``nothing``, where it is advised; ``calibration`` the
    calibrator that is shown to help and by how much Brier skill; ``lead`` the most promising treatment
    that is not shown;
    ``free`` the best row that needs no training of its own, against which treatments are held.
    """

    kind: VerdictKind
    row: Key
    nothing: Key
    reason: str = ""
    gain: Difference | None = None
    tied: tuple[Key, ...] = ()
    threshold_gain: Difference | None = None
    calibration: tuple[str, Difference] | None = None
    lead: tuple[Key, Difference] | None = None
    chance_p: float = field(default=float("nan"))
    free: Key | None = None
    rivals: int = 1
    """Among how many treatments the lead is corrected for."""
    by_row: ByRow | None = None
    """What deciding each row by its own money gains, where it was compared and nothing is trained for."""


def decide(evidence: Evidence) -> Decision:
    """Apply the rules above."""
    home = _home(evidence)
    nothing = (home, "none")
    base = Decision(kind="do-nothing", row=nothing, nothing=nothing)
    if evidence.counts[evidence.rare] < MIN_POSITIVES and len(evidence.counts) == 2:
        return replace(base, kind="too-few-positives")
    chance_p = beats_chance(evidence, nothing)
    base = replace(base, chance_p=chance_p)
    if not chance_p < ALPHA:
        return replace(base, kind="inconclusive", reason="no-signal")
    free = _free_choice(evidence, home)
    gains = _gains(evidence, free)
    shown = {k: d for k, d in gains.items() if shown_better(d, evidence.scale)}
    base = replace(
        base,
        free=free,
        threshold_gain=_threshold_gain(evidence, home),
        calibration=_calibration(evidence, home),
        lead=_lead(evidence, gains),
        rivals=max(1, len(gains)),
    )
    if shown:
        found = _use(evidence, base, shown)
    else:
        found = with_row_rule(evidence, with_chosen_threshold(evidence, _finish_only(evidence, base)))
    if evidence.untried and found.kind not in ("use", "inconclusive"):
        return replace(found, kind="inconclusive", reason="no-time", gain=None)
    if found.kind != "inconclusive" and not beats_trivial(evidence, evidence.rows[found.row]):
        found = replace(found, kind="inconclusive", reason="no-policy")
        # What is shown to beat doing nothing is no open lead, though it may not beat looking at no row.
        return replace(found, lead=None) if shown else replace(found, gain=None)
    return found


def _home(evidence: Evidence) -> str:
    """Return the learner to prefer when nothing is done."""
    plain = [k[0] for k, r in evidence.rows.items() if k[1] == "none" and r.status == "ok"]
    in_plan = [k[0] for k in evidence.table.rows if k[1] == "none" and k[0] in plain]
    return best_untreated(evidence.table, in_plan, evidence.scale)


def _mean(evidence: Evidence, key: Key) -> float:
    values = evidence.table.judged(key, evidence.scale.metric)
    if np.isnan(values).all():
        return float("nan")
    return float(np.nanmean(values)) * (1.0 if evidence.scale.greater_is_better else -1.0)


def _free_choice(evidence: Evidence, home: str) -> Key:
    """Return the best row of the home learner that needs no training of its own."""
    if registry.metric(evidence.scale.metric).family == "ranking":
        return (home, "none")
    if has_floors(evidence.settings) and was_moved(evidence, home):
        return (home, "threshold")
    free = [k for k, r in evidence.rows.items() if k[0] == home and r.cost == 0 and r.status == "ok"]
    return max(free, key=lambda k: np.nan_to_num(_mean(evidence, k), nan=-np.inf), default=(home, "none"))


def _gains(evidence: Evidence, free: Key) -> dict[Key, Difference]:
    """Return what each complete treatment gains over the best free choice, corrected for their number."""
    complete = len(evidence.table.folds)
    keys = [k for k, r in evidence.rows.items() if r.cost > 0 and r.n_trials == complete]
    raw = [evidence.table.compare(k, free, evidence.scale) for k in keys]
    return dict(zip(keys, corrected(raw, evidence.scale.correction), strict=True))


def _use(evidence: Evidence, base: Decision, shown: Mapping[Key, Difference]) -> Decision:
    best = max(shown, key=lambda k: _mean(evidence, k))
    rivals = [k for k in shown if k != best]
    behind = [evidence.table.compare(k, best, evidence.scale) for k in rivals]
    gaps = corrected(behind, evidence.scale.correction)
    tied = [best, *(k for k, g in zip(rivals, gaps, strict=True) if not shown_worse(g))]
    row = min(tied, key=lambda k: (evidence.rows[k].cost, -_mean(evidence, k)))
    return replace(base, kind="use", row=row, gain=shown[row], tied=tuple(tied))


def _threshold_gain(evidence: Evidence, home: str) -> Difference | None:
    """Return what the moved threshold gains, or None when it is not shown to gain anything real."""
    metric = evidence.settings.threshold_metric
    scale = evidence.other_scale(metric)
    key = (home, "threshold")
    price = evidence.settings.price
    if not was_moved(evidence, home) or (price is not None and (price.capacity or price.floors)):
        return None
    gain = evidence.table.compare(key, (home, "none"), scale)
    sign = 1.0 if scale.greater_is_better else -1.0
    values = sign * (evidence.table.values(key, metric) - evidence.no_skill)
    skill = corrected_ttest(values, scale.test_ratio)
    # In money the default threshold is one more policy; what beats it is said, whether or not it beats all.
    real = metric in MONEY or (skill.mean > 0 and skill.p_value / 2 < ALPHA)
    return gain if real and gain.better >= SURE else None


def _calibration(evidence: Evidence, home: str) -> tuple[str, Difference] | None:
    """Return the calibrator that is shown to gain the most Brier skill, or None.

    One that costs more of the ranking metric than the region of equivalence is no help: calibrating
    several classes one against the rest may change their order.
    """
    scale = evidence.other_scale("brier_skill")
    names = [c for c in CALIBRATORS if evidence.rows.get((home, c)) and evidence.rows[home, c].status == "ok"]
    gaps = [evidence.table.compare((home, c), (home, "none"), scale) for c in names]
    costs = [evidence.table.compare((home, c), (home, "none"), evidence.scale).mean for c in names]
    shown = {
        name: gap
        for name, gap, cost in zip(names, gaps, costs, strict=True)
        if gap.better >= SURE and not cost < -evidence.scale.rope
    }
    if not shown:
        return None
    best = max(shown, key=lambda c: shown[c].mean)
    return best, shown[best]


def _lead(evidence: Evidence, gains: Mapping[Key, Difference]) -> tuple[Key, Difference] | None:
    leading = {k: d for k, d in gains.items() if d.mean > evidence.scale.rope and d.better >= PROMISING}
    if not leading:
        return None
    best = max(leading, key=lambda k: leading[k].mean)
    return best, leading[best]


def _finish_only(evidence: Evidence, base: Decision) -> Decision:
    """Decide when no treatment is shown to help: threshold, calibration, inconclusive or nothing."""
    family = registry.metric(evidence.scale.metric).family
    steps: Sequence[VerdictKind] = ("move-threshold", "calibrate")
    if family == "probability":
        steps = ("calibrate", "move-threshold")
    elif asked(evidence.settings):
        steps = ("move-threshold",)  # a calibrator alone decides at the default threshold
    home = base.nothing[0]
    if has_floors(evidence.settings) and not base.lead and was_moved(evidence, home):
        return replace(base, kind="move-threshold", row=(home, "threshold"))
    for step in steps:
        if step == "move-threshold" and base.threshold_gain:
            return replace(base, kind=step, row=(home, "threshold"), gain=base.threshold_gain)
        if step == "calibrate" and base.calibration:
            name, gain = base.calibration
            return replace(base, kind=step, row=(home, name), gain=gain)
    if base.lead:
        return replace(base, kind="inconclusive", reason="unproven-lead", gain=base.lead[1])
    return base
