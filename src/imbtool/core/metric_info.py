"""Rows of the catalogue of metrics: what a metric is, without importing it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from imbtool.core.info import load_target

if TYPE_CHECKING:
    from imbtool.core.types import MetricFamily


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricInfo:
    """A row of the metrics catalogue.

    ``family`` says what the metric reads: ``ranking`` the order of the scores, ``probability`` their
    values, ``decision`` the predicted classes (reported at the chosen and at the default threshold,
    the latter as ``<name>_default``). ``target`` is ``"module:function"``; ``label`` is how reports
    spell the name. ``ideal`` is the best value of a metric that is best in the middle of its range;
    such a metric is compared by its distance to it. ``low`` and ``high`` bound its values.
    """

    name: str
    summary: str
    family: MetricFamily
    target: str
    label: str = ""
    greater_is_better: bool = True
    ideal: float | None = None
    low: float | None = 0.0
    high: float | None = 1.0
    aliases: tuple[str, ...] = ()

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest value there can be, infinite where there is none."""
        return -inf if self.low is None else self.low, inf if self.high is None else self.high

    def load(self) -> Any:
        """Import and return the function behind this row."""
        return load_target(self.target)
