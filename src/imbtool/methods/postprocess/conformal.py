"""Rows to act on with a guaranteed false-discovery rate: conformal selection."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from math import ceil
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from imbtool.core.errors import UsageError
from imbtool.core.seeds import derive_seed

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray

Pruning = Literal["none", "homogeneous", "heterogeneous"]
PRUNINGS: tuple[Pruning, ...] = ("none", "homogeneous", "heterogeneous")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selected:
    """Which rows are selected.

    Parameters
    ----------
    rows : ndarray of bool, shape (m,)
    p_values : ndarray of float64, shape (m,)
        In (0, 1]; with several scores each row's is that of the score that was chosen for it.
    by : ndarray of int64, shape (m,)
        The number of that score; 0 with one score.
    fdr : float
        The target.
    """

    rows: BoolArray
    p_values: FloatArray
    by: IntArray
    fdr: float

    @property
    def n(self) -> int:
        """How many rows are selected."""
        return int(self.rows.sum())


def select_rows(
    scores: Any,
    *,
    calibration_scores: Any,
    calibration_positive: Any,
    fdr: float,
    pruning: Pruning = "homogeneous",
    seed: int = 0,
) -> Selected:
    """Select rows that are positive, but for a share `fdr` of the selected ones at most, on average.

    Works on top of any score. The guarantee holds for any number of rows, any score and any ties: over
    draws of calibration rows and new rows the mean share of rows among the selected that are not positive
    (0 where none is selected) is at most `fdr`. It needs three things:

    - calibration rows and new rows are exchangeable, for instance drawn at random from one population;
    - nothing was fitted or chosen on the calibration rows: not the model, its calibrator, its threshold;
    - `fdr` was fixed before the scores of the new rows were looked at.

    Parameters
    ----------
    scores : array of shape (m,) or (m, n_scores)
        Of the new rows; higher means more likely positive. Several columns are several models, from which
        one is chosen for each row in a way that keeps the guarantee (OptCS).
    calibration_scores : array of shape (n,) or (n, n_scores)
        Of the calibration rows, by the same models.
    calibration_positive : array of bool, shape (n,)
        Whether they are positive.
    fdr : float
        The target, 0 to 1. 0 selects nothing.
    pruning : {"homogeneous", "heterogeneous", "none"}, default="homogeneous"
        With several scores: whether the e-values of OptCS are divided by one random number for all rows, by
        one for each, or not at all. Without it, scores that are nearly equally good often lose all rows.
    seed : int, default=0
        Of these numbers, together with the scores themselves: the same scores always get the same answer,
        others another draw. Trying seeds until the list is long breaks the promise.

    Returns
    -------
    Selected

    Raises
    ------
    UsageError
        Code ``bad-fdr``: a target outside 0 to 1, arrays that do not fit each other, missing scores.

    Notes
    -----
    One score: Jin and Candes, "Selection by prediction with conformal p-values", JMLR 24 (2023), with the
    clipped score, then Benjamini and Hochberg. The p-value of a row is (1 + number of calibration rows that
    are not positive and score at least as high) / (n + 1). Departure: ties count against the row instead of
    being broken by lot, so that the same rows give the same answer; this only lowers the rate.

    Several scores: Bai and Jin, "Optimized conformal selection", arXiv 2411.17983. For each row and score
    the number of rows is found that would be selected if the row itself had p-value 0, counting the row
    among the calibration rows; that number does not depend on which of them it is, so that choosing the
    score with the largest number costs nothing. Rows are then selected by their e-values. Takes
    O(n_scores (n + m) log (n + m)) time; the paper's steps taken one by one m squared.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> y, new = np.arange(2000) % 10 == 0, np.arange(1000) % 10 == 0
    >>> found = select_rows(
    ...     rng.normal(3 * new),
    ...     calibration_scores=rng.normal(3 * y),
    ...     calibration_positive=y,
    ...     fdr=0.2,
    ... )
    >>> bool(found.n > 50 and new[found.rows].mean() > 0.75)
    True
    """
    new, known, positive = _checked(scores, calibration_scores, calibration_positive, fdr)
    if pruning not in PRUNINGS:
        raise _bad(f"`pruning` must be one of {', '.join(PRUNINGS)}; got {pruning!r}.")
    m, n_scores = new.shape
    null = ~positive
    p = np.column_stack([p_values(new[:, k], known[null, k], len(known)) for k in range(n_scores)])
    by = np.zeros(m, dtype=np.int64)
    if not m or fdr == 0:
        return Selected(rows=np.zeros(m, dtype=bool), p_values=p[:, 0], by=by, fdr=fdr)
    if n_scores == 1:
        return Selected(rows=step_up(p[:, 0], fdr), p_values=p[:, 0], by=by, fdr=fdr)
    sizes = np.column_stack([_sizes(new[:, k], known[null, k], len(known), fdr) for k in range(n_scores)])
    by = sizes.argmax(axis=1)
    each = np.arange(m)
    p_value, size = p[each, by], sizes[each, by]
    rows = _by_e_values(p_value <= fdr * size / m, size * _lots(pruning, new, seed))
    return Selected(rows=rows, p_values=p_value, by=by, fdr=fdr)


def p_values(scores: FloatArray, null_scores: FloatArray, n: int) -> FloatArray:
    """Return conformal p-values: (1 + null scores that are at least as high) / (n + 1).

    Parameters
    ----------
    scores : ndarray of float64, shape (m,)
    null_scores : ndarray of float64, shape (k,)
        Of the calibration rows that are not positive.
    n : int
        All calibration rows, positive ones too.
    """
    return (1 + _above(scores, null_scores)) / (n + 1)


def step_up(p: FloatArray, q: float) -> BoolArray:
    """Return which p-values Benjamini and Hochberg's step-up procedure rejects at `q`."""
    m = len(p)
    ranked = np.sort(p)
    fits = np.flatnonzero(ranked <= q * np.arange(1, m + 1) / m)
    if not len(fits):
        return np.zeros(m, dtype=bool)
    rejected: BoolArray = p <= ranked[fits[-1]]
    return rejected


def fewest_selectable(m: int, n: int, fdr: float) -> int:
    """Return how many of `m` rows must be selected at once, if any is, with `n` calibration rows."""
    return max(1, ceil(m / (fdr * (n + 1)) - 1e-9))


def _above(scores: FloatArray, null_scores: FloatArray) -> IntArray:
    """Return how many of the null scores are at least as high as each score."""
    ranked = np.sort(null_scores)
    found: IntArray = len(ranked) - np.searchsorted(ranked, scores, side="left")
    return found


def _sizes(scores: FloatArray, null_scores: FloatArray, n: int, q: float) -> IntArray:
    """Return for each row how many are selected when its own p-value is 0 and it counts as calibration row.

    With the rows in falling order of score, c(l) null scores at least as high as that of row l: the rows
    above row j keep c, all others get c + 1, and row j itself comes first. The selected are then the first
    R rows, R the largest r whose p-value is at most q r / m: among the rows above j (moved down by one
    place), or among the others (in their own places).
    """
    m = len(scores)
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    c = _above(falling, null_scores)
    place = np.arange(1, m + 1)
    allowed = q * place * (n + 1) / m
    moved = np.append(True, c[:-1] <= allowed[1:])
    last_moved = np.maximum.accumulate(np.where(moved, place, 1))
    others = np.flatnonzero(c + 1 <= allowed)
    last_other = int(others[-1]) + 1 if len(others) else 0
    first = np.searchsorted(-falling, -falling, side="left")  # of the rows with the same score
    sizes = np.empty(m, dtype=np.int64)
    sizes[order] = np.where(last_other > first + 1, last_other, last_moved[first])
    return sizes


def _by_e_values(passed: BoolArray, size: FloatArray) -> BoolArray:
    """Select by e-values m / (q size), 0 where not passed (e-BH; Wang and Ramdas, JRSS B 84, 2022).

    The k largest e-values must be m / (q k) at least: the k smallest sizes at most k.
    """
    ranked = np.sort(size[passed])
    fits = np.flatnonzero(ranked <= np.arange(1, len(ranked) + 1))
    if not len(fits):
        return np.zeros(len(passed), dtype=bool)
    selected: BoolArray = passed & (size <= ranked[fits[-1]])
    return selected


def _lots(pruning: Pruning, scores: FloatArray, seed: int) -> Any:
    m, content = len(scores), blake2b(np.ascontiguousarray(scores).data, digest_size=8).hexdigest()
    rng = np.random.default_rng(derive_seed("pruning", seed, content))
    if pruning == "none":
        return 1.0
    return rng.uniform() if pruning == "homogeneous" else rng.uniform(size=m)


def _checked(
    scores: Any, calibration_scores: Any, positive: Any, fdr: float
) -> tuple[FloatArray, FloatArray, BoolArray]:
    new, known = np.asarray(scores, dtype=np.float64), np.asarray(calibration_scores, dtype=np.float64)
    new, known = (a[:, None] if a.ndim == 1 else a for a in (new, known))
    marks = np.asarray(positive)
    if not 0 <= fdr <= 1:
        raise _bad(f"`fdr` must be a share from 0 to 1; got {fdr!r}.")
    if new.ndim != 2 or known.ndim != 2 or new.shape[1] != known.shape[1] or not new.shape[1]:
        raise _bad(f"Scores have the shape {new.shape}, those of the calibration rows {known.shape}.")
    if marks.shape != known.shape[:1] or not len(known):
        raise _bad(f"{len(known):,} calibration scores need as many truth values; got {marks.shape}.")
    if np.isnan(new).any() or np.isnan(known).any():
        raise _bad("Some scores are missing (NaN).")
    return new, known, marks.astype(bool)


def _bad(message: str) -> UsageError:
    return UsageError(
        message,
        hint="Give scores of the new rows and of rows that no model was fitted on, and for example fdr=0.1.",
        code="bad-fdr",
    )
