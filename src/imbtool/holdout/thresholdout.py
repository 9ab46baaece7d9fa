"""The reusable hold-out: answers about a hold-out that can be asked for many times.

Dwork, Feldman, Hardt, Pitassi, Reingold and Roth, "The reusable holdout: preserving validity in adaptive data
analysis", Science 349 (2015), algorithm Thresholdout.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Literal

from imbtool.holdout.result import Measured

if TYPE_CHECKING:
    import numpy as np

THRESHOLD = 2.0
"""How far the hold-out may be from what training says before it is spent on, in standard errors."""
NOISE = THRESHOLD / 8
"""Scale of the noise, in standard errors; in the paper's experiments a quarter of the threshold."""
SIDE = 1.959963984540054
_LAPLACE_95 = 2.995732273553991  # ln 20: 95 percent of Laplace noise of scale 1 is within it
_AGREEING_95 = 3.03
"""95 percent of normal + Laplace(2 NOISE) + Laplace(4 NOISE) is below it: by so much more than the threshold
an answer of training may be off, however far training is."""
BUDGET = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said of a measure.

    Parameters
    ----------
    value : float
        That of training where the hold-out agrees with it, else that of the hold-out with noise.
    low, high : float
        About 95 percent sure; see `answer`.
    source : {"training", "holdout"}
    """

    value: float
    low: float
    high: float
    source: Literal["training", "holdout"]

    def measured(self, limits: tuple[float, float]) -> Measured:
        """Return it as evaluations hold measures, the interval cut to where the measure can lie."""
        low, high = max(self.low, limits[0]), min(self.high, limits[1])
        value = min(max(self.value, limits[0]), limits[1])
        return Measured(value=value, low=low, high=high, how=f"reusable: {self.source}")


def fresh_noise(rng: np.random.Generator) -> float:
    """Return the noise of the threshold, in standard errors; drawn anew whenever budget is spent."""
    return float(rng.laplace(scale=2 * NOISE))


def answer(
    training: float, holdout: float, error: float, noise: float, rng: np.random.Generator
) -> tuple[Answer, bool]:
    """Answer one question about a hold-out.

    Parameters
    ----------
    training : float
        What rows outside the hold-out say; here the cross-validated value.
    holdout : float
        What the hold-out says; only noise and one comparison of it leave this function.
    error : float
        Standard error of `holdout`, the unit of threshold and noise.
    noise : float
        That of the threshold, from `fresh_noise`.
    rng : Generator

    Returns
    -------
    answer : Answer
        Where the hold-out agrees, the interval is the value of training +- 5.03 standard errors: wide
        enough for values of training that are off by any amount, since those that are off by more are found
        out in 95 percent. Else it is the noisy value of the hold-out +- 1.96 standard errors and 95 percent
        of the noise, in all 2.71. A first question is thus answered rightly in 95 percent; for later ones,
        which may depend on earlier answers, this is what simulations show with the usual budget.
    spent : bool
        Whether one unit of the budget is spent.
    """
    if not (isfinite(training) and isfinite(holdout) and error > 0):
        raise ValueError("an undefined measure cannot be asked for")
    apart = abs(holdout - training) / error
    if apart > THRESHOLD + noise + rng.laplace(scale=4 * NOISE):
        value = holdout + error * float(rng.laplace(scale=NOISE))
        reach = error * (SIDE + _LAPLACE_95 * NOISE)
        return Answer(value=value, low=value - reach, high=value + reach, source="holdout"), True
    reach = error * (THRESHOLD + _AGREEING_95)
    return Answer(value=training, low=training - reach, high=training + reach, source="training"), False
