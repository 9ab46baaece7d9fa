"""Upper convex hulls: what can be reached by drawing lots between the points of a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import isotonic_regression

if TYPE_CHECKING:
    from imbtool.core.ranked import Ranked
    from imbtool.core.types import FloatArray, IntArray


def upper_hull(x: FloatArray, y: FloatArray) -> IntArray:
    """Return the positions of the vertices of the upper convex hull, from the least x to the greatest.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
        Points in any order, finite. Of several at one x the highest counts, of equal points the first.

    Returns
    -------
    ndarray of int64, shape (m,)
        Vertices only: points in the middle of an edge are none. Slopes fall from edge to edge.

    Notes
    -----
    What a Graham scan returns (Graham, Information Processing Letters 1, 1972), found as the blocks of
    the isotonic regression of the slopes. Cost: one sort.
    """
    order = np.lexsort((np.arange(len(x)), -y, x))
    first = np.append(True, np.diff(x[order]) > 0)
    kept: IntArray = order[first]
    if len(kept) < 3:
        return np.asarray(kept, dtype=np.int64)
    width = np.diff(x[kept])
    slope = np.diff(y[kept]) / width
    blocks = isotonic_regression(slope, weights=width, increasing=False).blocks
    return np.asarray(kept[blocks], dtype=np.int64)


def roc_hull(ranked: Ranked) -> tuple[FloatArray, FloatArray]:
    """Return the vertices of the convex hull of a ROC curve, (0, 0) and (1, 1) included.

    Returns
    -------
    fpr, tpr : ndarray of float64, shape (m,)
        Share of the negatives and of the positives that is called positive, by weight.
    """
    fpr = np.append(0.0, ranked.alarms / ranked.negatives)
    tpr = np.append(0.0, ranked.hits / ranked.positives)
    # Only where a run of positives ends can there be a vertex.
    corner = np.append((np.diff(fpr) > 0) & np.append(True, np.diff(tpr)[:-1] > 0), True)
    fpr, tpr = fpr[corner], tpr[corner]
    at = upper_hull(fpr, tpr)
    start = np.array([0.0]) if tpr[at[0]] > 0 else np.empty(0)
    return np.append(start, fpr[at]), np.append(start, tpr[at])


def area_under(x: FloatArray, y: FloatArray) -> float:
    """Return the area under a polyline, by the trapezoid rule; x must not fall."""
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2.0)
