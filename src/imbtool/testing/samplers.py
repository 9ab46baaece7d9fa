"""What every sampler must hold to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from imbtool.core.errors import ImbtoolError, NotApplicableError
from imbtool.methods.resample.space import SampleSpace
from imbtool.testing.require import or_not_applicable, require, same_bits, untouched
from imbtool.testing.tables import all_tables, table

if TYPE_CHECKING:
    from imbtool.core.info import MethodInfo
    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray
    from imbtool.testing.tables import Table

_CLOSE = 1e-7


def check_sampler(info: MethodInfo, seed: int) -> None:
    """Run a sampler on every table; each must pass or be not applicable for a reason, one must pass."""
    make = info.load()
    passed = [_check_on(info.name, make, part, seed) for part in all_tables(seed)]
    require(any(passed), f"{info.name}: not applicable to any table")
    _check_degenerate(info.name, make, seed)
    if hasattr(make, "fit_resample"):
        _check_fit_resample(info.name, make, seed)


def _check_on(name: str, make: Any, part: Table, seed: int) -> bool:
    what = f"{name} on {part.name}"
    sampler = make()
    with untouched(what, part.X, part.y):
        drawn = or_not_applicable(what, partial(_resample, sampler, part, seed))
    if drawn is None:
        return False
    _check_copies(what, part, drawn, relabels=getattr(sampler, "relabels", False))
    _check_weight(what, drawn)
    _check_synthetic(what, part, drawn)
    again = _resample(sampler, part, seed)
    require(_same(drawn, again), f"{what}: the same seed must give the same bytes")
    shared = _resample(make(), part, seed, SampleSpace(part.X, part.layout))
    require(_same(drawn, shared), f"{what}: a space handed in must change nothing")
    if getattr(sampler, "hull", False) and not np.isnan(part.X).any() and not part.layout.categorical:
        _check_hull(what, part, drawn)
    if getattr(sampler, "reads", "all") == "class":
        _check_reads_class(what, make(), part, seed)
    return True


def _resample(sampler: Any, part: Table, seed: int, space: Any = None) -> Resampled:
    drawn: Resampled = sampler.resample(part.X, part.y, layout=part.layout, random_state=seed, space=space)
    return drawn


def _same(a: Resampled, b: Resampled) -> bool:
    return same_bits(a.X, b.X) and same_bits(a.y, b.y) and same_bits(a.source, b.source)


def _check_copies(what: str, part: Table, drawn: Resampled, *, relabels: bool) -> None:
    """Shapes and dtypes; copies are the originals to the bit; all classes live on."""
    n = len(drawn.y)
    require(drawn.X.shape == (n, part.layout.n_features), f"{what}: X has shape {drawn.X.shape}")
    kinds = [str(array.dtype) for array in (drawn.X, drawn.y, drawn.source)]
    require(kinds == ["float64", "int64", "int64"], f"{what}: dtypes are {kinds}")
    require(drawn.source.shape == (n,), f"{what}: one source a row")
    require(drawn.source.min() >= -1 and drawn.source.max() < len(part.y), f"{what}: source out of range")
    copied = drawn.source >= 0
    origin = drawn.source[copied]
    require(same_bits(drawn.X[copied], part.X[origin]), f"{what}: copies must equal their originals")
    if not relabels:
        require(same_bits(drawn.y[copied], part.y[origin]), f"{what}: copies must keep their class")
    require(set(drawn.y) == set(part.y), f"{what}: classes {set(part.y)} became {set(drawn.y)}")
    if len(set(origin)) == len(part.y) and not relabels:
        first = same_bits(drawn.source[: len(part.y)], np.arange(len(part.y)))
        require(first, f"{what}: a sampler that keeps all rows gives them first, in order")


def _check_weight(what: str, drawn: Resampled) -> None:
    if drawn.weight is not None:
        require(drawn.weight.shape == drawn.y.shape, f"{what}: one weight a row")
        require(bool((drawn.weight > 0).all()), f"{what}: weights must be positive")
        require(abs(float(drawn.weight.mean()) - 1.0) < 1e-9, f"{what}: weights must have mean 1")


def _check_synthetic(what: str, part: Table, drawn: Resampled) -> None:
    """Synthetic rows are rows of the layout: finite or missing numbers, levels that exist."""
    new = drawn.X[drawn.source < 0]
    require(not np.isinf(new).any(), f"{what}: synthetic numbers must be finite")
    for j in part.layout.categorical:
        seen = part.X[:, j][~np.isnan(part.X[:, j])]
        known = np.isnan(new[:, j]) | np.isin(new[:, j], seen)
        require(known.all(), f"{what}: synthetic levels must be levels of the training rows")
    gaps = np.isnan(part.X).any(axis=0)
    require(not np.isnan(new[:, ~gaps]).any(), f"{what}: complete columns must stay complete")


def _check_hull(what: str, part: Table, drawn: Resampled) -> None:
    """Synthetic rows are averages of rows of their class: weights of no less than 0 reproduce them."""
    new = np.flatnonzero(drawn.source < 0)
    for i in new[:: max(1, len(new) // 15)]:
        own = part.X[part.y == drawn.y[i]]
        scale = np.abs(own).max(axis=0) + 1.0
        system = np.vstack((own.T / scale[:, None], np.ones(len(own))))
        _, gap = nnls(system, np.append(drawn.X[i] / scale, 1.0))
        require(gap < _CLOSE, f"{what}: a synthetic row lies outside the convex hull of its class")


def _check_reads_class(what: str, sampler: Any, part: Table, seed: int) -> None:
    """In the same space, rows of the largest class may change without a trace in the synthetic ones."""
    if not part.layout.numeric:
        return  # the value difference metric of nominal tables looks at all classes
    space = SampleSpace(part.X, part.layout)
    largest = part.y == np.argmax(np.bincount(part.y))
    changed = part.X.copy()
    changed[largest] = np.random.default_rng(seed).permutation(changed[largest])
    changed[np.ix_(largest, list(part.layout.numeric))] += 3.0
    a = _resample(sampler, part, seed, space)
    b = sampler.resample(changed, part.y, layout=part.layout, random_state=seed, space=space)
    new_a, new_b = a.X[a.source < 0], b.X[b.source < 0]
    require(same_bits(new_a, new_b), f"{what}: synthetic rows depend on rows of another class")
    for k in set(a.y[a.source < 0]):
        _check_class_range(what, part, a.X[(a.source < 0) & (a.y == k)], part.X[part.y == k])


def _check_class_range(what: str, part: Table, new: FloatArray, own: FloatArray) -> None:
    numeric = list(part.layout.numeric)
    numbers = SampleSpace(part.X, part.layout).numbers(own)
    low, high = numbers.min(axis=0), numbers.max(axis=0)
    slack = 1e-9 * (1 + np.abs(low) + np.abs(high))
    cells = new[:, numeric]
    inside = np.isnan(cells) | ((cells >= low - slack) & (cells <= high + slack))
    require(inside.all(), f"{what}: synthetic numbers leave the range of their class")


def _check_degenerate(name: str, make: Any, seed: int) -> None:
    """One class only is not applicable; one rare row, or classes of one size, never a crash."""
    one = table("one class", (30,), seed=seed)
    try:
        _resample(make(), one, seed)
    except NotApplicableError:
        pass
    else:
        require(False, f"{name}: a single class must be not applicable")
    for part in (table("one rare row", (40, 1), seed=seed), table("balanced", (30, 30), seed=seed)):
        or_not_applicable(f"{name} on {part.name}", partial(_resample, make(), part, seed))


def _check_fit_resample(name: str, make: Any, seed: int) -> None:
    """imbalanced-learn's contract: containers, columns, dtypes and labels come back as they were."""
    part = table("frame", (120, 20), seed=seed)
    frame = pd.DataFrame(part.X, columns=[f"column {j}" for j in range(part.X.shape[1])])
    target = pd.Series(np.where(part.y == 1, "rare", "common"), name="label")
    sampler = make(random_state=seed)
    with untouched(f"{name}.fit_resample", part.X):
        more, labels = sampler.fit_resample(frame, target)
    drawn = _resample(make(), part, seed)
    require(same_bits(more.to_numpy(), drawn.X), f"{name}: fit_resample and resample differ")
    require(list(more.columns) == list(frame.columns), f"{name}: fit_resample must keep the columns")
    require((more.dtypes == frame.dtypes).all(), f"{name}: fit_resample must keep the dtypes")
    expected = np.where(drawn.y == 1, "rare", "common")
    require((np.asarray(labels) == expected).all(), f"{name}: fit_resample must keep the labels")
    array, codes = make(random_state=seed).fit_resample(part.X, part.y)
    require(same_bits(array, drawn.X) and same_bits(codes, drawn.y), f"{name}: arrays must stay arrays")
    for wrong_X, wrong_y in ((part.X, part.y[:-1]), (part.X[:, 0], part.y), (part.X, np.zeros(len(part.y)))):
        _check_refused(name, make(random_state=seed), wrong_X, wrong_y)


def _check_refused(name: str, sampler: Any, X: Any, y: Any) -> None:
    """Check that what cannot be resampled is refused in a sentence, with a next step and a code word."""
    try:
        sampler.fit_resample(X, y)
    except ImbtoolError as error:
        told = error.message.endswith(".") and error.hint and error.code
        require(told, f"{name}: an error without a sentence, a hint or a code: {error.message!r}")
    else:
        require(
            False, f"{name}: fit_resample must refuse shapes {np.shape(X)} and {np.shape(y)} or one class"
        )
