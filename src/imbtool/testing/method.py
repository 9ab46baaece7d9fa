"""The conformance suite of methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.core.info import MethodInfo
from imbtool.testing.elsewhere import check_elsewhere
from imbtool.testing.hard import check_hard_cases
from imbtool.testing.losses import check_loss
from imbtool.testing.postprocess import check_adjustment, check_calibrator, check_threshold
from imbtool.testing.require import require
from imbtool.testing.row import check_row
from imbtool.testing.samplers import check_sampler
from imbtool.testing.schedules import check_schedule
from imbtool.testing.static import check_ensemble, check_reweighter, check_training

if TYPE_CHECKING:
    from collections.abc import Callable


def check_method(method: str | MethodInfo, *, seed: int = 0, elsewhere: bool = True) -> None:
    """Check that a method keeps the contract of its kind.

    Names, parameters, defaults and ranges agree with the class; inputs are not modified; no warning
    leaks; the global random state is neither used nor set; the same seed gives the same bytes, in another
    process too. The hard cases of `imbtool.testing.hard` (one minority row, 500 to 1, ...) end in
    probabilities, or are not applicable for a reason that is told. Samplers: copies equal their originals
    to the bit, synthetic rows fit the layout and, where promised, lie in the convex hull of their class and
    depend on nothing else; no class is lost, tables come back in their containers, wrong ones are refused
    in words.
    Reweighters and schedules: weights positive with mean 1. Losses: the gradient is that of the value and
    cancels at the initial score, no second derivative is negative. Ensembles: every class in every bag.
    Adjustments: the model given is not modified, probabilities stay probabilities.
    Calibrators: probabilities stay probabilities. Thresholds: decisions are class codes.

    Parameters
    ----------
    method : str or MethodInfo
        A name the registry knows, or a row.
    seed : int, default=0
        Seed of the tables and of the calls.
    elsewhere : bool, default=True
        Whether to start another process; whoever checks many methods does that once, with
        `check_elsewhere`.

    Raises
    ------
    AssertionError
        With the claim that does not hold.

    Examples
    --------
    >>> from imbtool.testing import check_method
    >>> check_method("sqrt_weight")
    """
    info = method if isinstance(method, MethodInfo) else registry.method(method)
    check_row(info)
    _BY_KIND[info.kind](info, seed)
    check_hard_cases(info, seed)
    if elsewhere:
        check_elsewhere([info], seed=seed)


def _check_baseline(info: MethodInfo, seed: int) -> None:  # noqa: ARG001 - the signature of a check
    require(info.load()() is not None, f"{info.name}: cannot be built")


_BY_KIND: dict[str, Callable[[MethodInfo, int], None]] = {
    "baseline": _check_baseline,
    "sampler": check_sampler,
    "reweighter": check_reweighter,
    "schedule": check_schedule,
    "loss": check_loss,
    "training": check_training,
    "ensemble": check_ensemble,
    "adjustment": check_adjustment,
    "calibrator": check_calibrator,
    "threshold": check_threshold,
}
