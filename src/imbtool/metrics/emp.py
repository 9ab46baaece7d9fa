"""Expected maximum profit of a retention campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc

from imbtool.core.ranked import rank
from imbtool.metrics.hull import roc_hull

if TYPE_CHECKING:
    from imbtool.core.churn import Campaign
    from imbtool.core.ranked import Ranked
    from imbtool.core.types import BoolArray, FloatArray


def of_scores(
    score: FloatArray, positive: BoolArray, campaign: Campaign, sample_weight: FloatArray | None = None
) -> float:
    """Return the expected maximum profit of acting on the rows of the highest scores.

    Parameters
    ----------
    score : ndarray of float64, shape (n,)
        Only the order matters.
    positive : ndarray of bool, shape (n,)
        Rows that would leave.
    campaign : Campaign
    sample_weight : ndarray of float64, shape (n,), optional

    Returns
    -------
    float
        Money, mean a row of all, at least 0: nobody need be contacted. NaN when all rows are of one class.
    """
    return of_ranked(rank(score, positive, sample_weight), campaign)


def of_ranked(ranked: Ranked, campaign: Campaign) -> float:
    """Return the expected maximum profit of ranked scores; see `of_scores`.

    Notes
    -----
    Verbraken, Verbeke, Baesens, IEEE TKDE 25(5), 2013, doi:10.1109/TKDE.2012.50, with the positive class
    for those who leave. With shares F0 of those who leave and F1 of the others contacted, and g of the
    former taking the incentive, the profit is

        g pi0 F0 (clv - incentive) - contact pi0 F0 - (incentive + contact) pi1 F1;

    for each g the best cut is taken, a vertex of the ROC convex hull, and the mean over g ~ Beta(alpha,
    beta) is exact: between two vertices it is a difference of incomplete beta functions. With a known g
    it is the maximum profit. The best cut is looked for on the rows that it is judged on, so that the
    number flatters where they are few.
    """
    if not ranked.both_classes:
        return float("nan")
    fpr, tpr = roc_hull(ranked)
    total = ranked.positives + ranked.negatives
    leavers, others = tpr * ranked.positives / total, fpr * ranked.negatives / total
    per_taker = campaign.clv - campaign.incentive
    paid = campaign.contact * leavers + campaign.lost * others
    if campaign.accept is not None:
        return float(np.max(campaign.accept * per_taker * leavers - paid))
    # From each vertex to the next it pays to go on from this share on.
    more, dearer = np.diff(leavers), np.diff(paid)
    switch = np.divide(dearer, more * per_taker, out=np.ones_like(more), where=more > 0)
    ends = np.concatenate([[0.0], np.clip(switch, 0.0, 1.0), [1.0]])
    chance = np.diff(betainc(campaign.alpha, campaign.beta, ends))
    taken = campaign.expected_accept * np.diff(betainc(campaign.alpha + 1.0, campaign.beta, ends))
    return float(np.sum(per_taker * leavers * taken - paid * chance))
