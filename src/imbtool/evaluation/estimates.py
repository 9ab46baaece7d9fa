"""Which interval a metric has over the folds: as the corrected t-test gives it, moved, widened or none.

How often each holds the truth of a known population is in ``benchmarks/results/coverage.md``.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.evaluation.statistics import estimate

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray
    from imbtool.evaluation.result import Difference, Estimate

CUT_RATIO = 1.0
"""In place of ``n_test / n_train`` where folds share the luck of a threshold: a correlation of one half."""
_BY_THE_CUT = ("precision", "recall")
_WITHHELD = ("calibration_error",)


def estimate_of(metric: str, values: FloatArray, test_ratio: float, flattery: float = 0.0) -> Estimate:
    """Return the `Estimate` of a metric from its values over the folds.

    Parameters
    ----------
    metric : str
        Name of a trial's entry, such as ``f1`` or ``f1_default``.
    values : ndarray of float64, shape (J,)
        One a fold, NaN left out.
    test_ratio : float
        ``n_test / n_train``, mean over the folds.
    flattery : float, default 0
        By how much few positives flatter the values; the interval is moved down by it.

    Returns
    -------
    Estimate
        Cut at the ends of the metric's range.

    Notes
    -----
    Precision and recall at the chosen threshold: folds choose it on training parts that share most of their
    rows, so that they share its luck, which trades one of the two for the other (the best value of F1 or of
    money is flat there, and hardly suffers). The correlation of folds is then larger than Nadeau and
    Bengio's, and `CUT_RATIO` takes the place of theirs; ours, by simulation from 50 to 1,000 positives. The
    calibration error of a test part lies above that of the population by about as much as it is; no
    interval is given.
    """
    ratio = max(test_ratio, CUT_RATIO) if metric in _BY_THE_CUT else test_ratio
    found = estimate(values, ratio, flattery)
    if metric in _WITHHELD:
        return replace(found, low=float("nan"), high=float("nan"))
    least, most = registry.metric(metric.removesuffix("_default")).limits
    return replace(found, low=max(found.low, least), high=min(found.high, most))


def within_reach(metric: str, found: Difference) -> Difference:
    """Return a difference whose interval ends where two values of the metric can lie no further apart.

    Two values in [0, 1] differ by 1 at most, in either direction; with two positives Student's t on so few
    folds reaches beyond. The cut interval holds the truth as often as the whole one. Tests and posterior
    probabilities stay those of the t-test, and metrics without bounds have no such end.
    """
    info = registry.metric(metric)
    reach = inf if info.ideal is not None else info.limits[1] - info.limits[0]
    return replace(found, low=max(found.low, -reach), high=min(found.high, reach))
