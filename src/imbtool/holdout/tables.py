"""Tables beside the metrics: reliability, the top of the ranking, and class shares against training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.holdout.curves import top_rows
from imbtool.holdout.intervals import effective, point_values, unpaired, wilson
from imbtool.holdout.measures import at_top
from imbtool.holdout.result import Bin, ClassShift, Measured, Reliability, Shift, TopRow
from imbtool.metrics.bootstrap import Ladder
from imbtool.metrics.probability import N_BINS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.core.types import FloatArray
    from imbtool.holdout.measures import Measure, Top
    from imbtool.holdout.rows import Scored


def reliability(rows: Scored) -> tuple[Reliability, ...]:
    """Return observed rates by predicted probability: the positive class, or each of several, rarest first.

    The bins are those of the calibration error: ten of equal weight, rows of equal probability together.
    """
    if not rows.probabilities:
        return ()
    order = [1] if rows.binary else [int(k) for k in np.argsort(rows.counts, kind="stable") if rows.counts[k]]
    return tuple(Reliability(label=rows.classes[k], bins=_bins(rows, k)) for k in order)


def _bins(rows: Scored, k: int) -> tuple[Bin, ...]:
    ladder = Ladder(rows.proba[:, k], rows.y == k)
    weight, hit = rows.weights()[ladder.order], (rows.y == k)[ladder.order]
    seen = np.cumsum(weight)[ladder.ends]
    size = np.diff(seen, prepend=0.0)
    middle = (seen - 0.5 * size) / seen[-1]
    of_group = np.minimum((middle * N_BINS).astype(np.int64), N_BINS - 1)
    of_row = np.repeat(of_group, np.diff(ladder.ends, prepend=-1))
    score = rows.proba[ladder.order, k]
    found = []
    for number in np.unique(of_group)[::-1]:
        here = of_row == number
        total = float(weight[here].sum())
        observed = float(weight[here & hit].sum()) / total
        low, high = wilson(observed, effective(weight[here]))
        least, most = float(score[here].min()), float(score[here].max())
        stated = float((weight * score)[here].sum()) / total
        found.append(
            Bin(
                low=least,
                high=most,
                rows=int(here.sum()),
                stated=min(max(stated, least), most),  # but for rounding
                observed=observed,
                observed_low=low,
                observed_high=high,
            )
        )
    return tuple(found)


def top_table(rows: Scored, tops: Sequence[Top], known: Mapping[str, Measured]) -> tuple[TopRow, ...]:
    """Return precision and recall among the rows with the highest scores (binary only)."""
    if not rows.binary:
        return ()
    weight = rows.weights()
    share = float(weight[rows.y == 1].sum() / weight.sum())
    found = []
    for top in tops:
        precision = known[at_top("precision@top", top).name]
        found.append(
            TopRow(
                top=str(top),
                rows=round(float(top_rows(top, weight.sum()[None])[0])),
                precision=precision,
                recall=known[at_top("recall@top", top).name],
                lift=precision.value / share,
            )
        )
    return tuple(found)


def shift_of(
    rows: Scored, training: Sequence[int] | None, measures: Sequence[Measure], known: Mapping[str, Any]
) -> Shift | None:
    """Return how class shares differ from training and what that does to the metrics.

    Parameters
    ----------
    rows : Scored
    training : sequence of int or None
        Rows of each class in training.
    measures : sequence of Measure
    known : mapping of str to Measured
        The measures on these rows.
    """
    if training is None or not sum(training):
        return None
    weight = rows.weights()
    there = np.asarray(training, dtype=np.float64) / sum(training)
    here = np.bincount(rows.y, weights=weight, minlength=len(rows.classes)) / weight.sum()
    n = effective(weight)
    shown = [1] if rows.binary else range(len(rows.classes))
    classes = []
    for k in shown:
        low, high = wilson(float(here[k]), n)
        classes.append(
            ClassShift(
                label=rows.classes[k],
                training=float(there[k]),
                holdout=float(here[k]),
                low=low,
                high=high,
                log_odds=float(_log_odds(here[k]) - _log_odds(there[k])),
            )
        )
    clear = any(_apart(c, sum(training)) for c in classes)
    factor = np.divide(there, here, out=np.zeros_like(here), where=here > 0)
    as_then = weight * factor[rows.y]
    moved = replace(rows, weight=as_then * (len(as_then) / as_then.sum()))
    at_training = point_values(moved, measures) if as_then.all() else {}
    return Shift(
        classes=tuple(classes),
        clear=clear,
        at_training=at_training,
        sentences=_sentences(rows, classes, clear, at_training, known),
    )


def _apart(found: ClassShift, n_training: int) -> bool:
    """Whether the interval of the difference of the two shares leaves out 0 (Newcombe, 1998)."""
    low, high = wilson(found.training, n_training)
    here = Measured(value=found.holdout, low=found.low, high=found.high, how="wilson")
    difference = unpaired(here, Measured(value=found.training, low=low, high=high, how="wilson"), 1.0)
    return not difference.low <= 0.0 <= difference.high


def _sentences(
    rows: Scored,
    classes: Sequence[ClassShift],
    clear: bool,
    at_training: Mapping[str, float],
    known: Mapping[str, Measured],
) -> tuple[str, ...]:
    if not clear:
        return ("Class shares are those of training, as far as these rows can tell.",)
    told = []
    if rows.binary:
        found = classes[0]
        ratio = found.holdout / found.training
        more = f"{ratio:.2g} times as frequent here as"
        many = more if ratio > 1 else f"{1 / ratio:.2g} times rarer here than"
        told.append(f"{found.label!r} is {many} in training.")
        way, sign = ("low", "up") if found.log_odds > 0 else ("high", "down")
        if rows.probabilities:
            told.append(
                f"If nothing but the shares changed, the predicted log-odds are too {way} by "
                f"{abs(found.log_odds):.2f}; moving them {sign} by that mends the calibration, and a "
                "threshold chosen for the old shares is off as much."
            )
    parts = [
        f"{name} {known[key].value:.3f} here would be {at_training[key]:.3f}"
        for key, name in (("pr_auc", "PR-AUC"), ("precision", "precision"), ("f1", "F1"))
        if key in at_training and np.isfinite(at_training[key])
    ]
    if parts:
        listed = ", ".join(parts)
        told.append(f"At the shares of training {listed}; recall and ROC-AUC do not depend on them.")
    return tuple(told)


def _log_odds(share: FloatArray | float) -> float:
    with np.errstate(divide="ignore"):
        return float(np.log(share) - np.log1p(-np.asarray(share)))
