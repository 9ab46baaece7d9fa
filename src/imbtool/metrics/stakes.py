"""What is at stake in each row, and what decisions and rankings make of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool.metrics.emp import of_scores
from imbtool.metrics.topsums import top_sums

if TYPE_CHECKING:
    from imbtool.core.churn import Campaign
    from imbtool.core.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stakes:
    """What is at stake in each row.

    Parameters
    ----------
    money : ndarray of float64, shape (n, n_classes), or None
        Money of deciding each class for each row, costs negative (see `imbtool.core.price`).
    positive : ndarray of bool, shape (n,)
        Rows of the positive class; with several classes of any but the first.
    unit : {"cost", "profit"}
        Whether money is told as what decisions cost or as what they bring.
    rate : float or None
        Share of the rows that can be acted on.
    costs : ndarray of float64, shape (n_classes, n_classes), or None
        The cost matrix (rows true, columns decided) where it is the same for all rows.
    weight : ndarray of float64, shape (n,), or None
    campaign : Campaign or None
        The retention campaign that the money is of.
    acting : ndarray of float64, shape (n, 2), or None
        What acting on each row brings over leaving it alone, should it be negative or positive; it does not
        depend on the class of the row. None without money, and with several classes.
    """

    money: FloatArray | None
    positive: BoolArray
    unit: str
    rate: float | None = None
    costs: FloatArray | None = None
    weight: FloatArray | None = None
    campaign: Campaign | None = None
    acting: FloatArray | None = None

    def take(self, rows: IntArray | BoolArray) -> Stakes:
        """Return what is at stake in some of the rows."""
        return replace(
            self,
            money=None if self.money is None else self.money[rows],
            positive=self.positive[rows],
            weight=None if self.weight is None else self.weight[rows],
            acting=None if self.acting is None else self.acting[rows],
        )

    @property
    def gain(self) -> FloatArray | None:
        """What acting on each row brings over leaving it alone, shape (n,); None without money."""
        return None if self.money is None else np.asarray(self.money[:, 1] - self.money[:, 0])

    def weights(self) -> FloatArray:
        """Return the weights of the rows, 1 where there are none."""
        return np.ones(len(self.positive)) if self.weight is None else self.weight

    def told(self, money: float) -> float:
        """Return money in its unit: what is brought, or what it costs."""
        return money if self.unit == "profit" else 0.0 - money

    def of_decisions(self, decided: IntArray) -> float:
        """Return the mean money a row of these decisions."""
        if self.money is None:
            return float("nan")
        return self._mean(self.money[np.arange(len(decided)), decided])

    def constant(self) -> tuple[float, ...]:
        """Return the mean money a row of deciding each class for all rows, in class order.

        Two classes: leaving all alone ("treat none"), and acting on all ("treat all").
        """
        if self.money is None:
            return ()
        return tuple(self._mean(self.money[:, k]) for k in range(self.money.shape[1]))

    def trivial(self) -> float:
        """Return the mean money a row of the best policy that looks at no row.

        With a capacity: leaving all alone, or acting on rows drawn by lot.
        """
        every = self.constant()
        if self.rate is None or not every:
            return max(every, default=float("nan"))
        return max(every[0], every[0] + self._share() * (every[1] - every[0]))

    def perfect(self) -> float:
        """Return the mean money a row of knowing everything."""
        if self.money is None:
            return float("nan")
        if self.rate is None:
            return self._mean(self.money.max(axis=1))
        gain = self.money[:, 1] - self.money[:, 0]
        return self.constant()[0] + self._at_top(gain, gain)

    def reach(self) -> float:
        """Return what there is to gain: perfect over trivial, mean a row; 1 without money."""
        return 1.0 if self.money is None else max(self.perfect() - self.trivial(), 0.0)

    def metrics(self, score: FloatArray, decided: IntArray, decided_default: IntArray) -> dict[str, float]:
        """Return the metrics of money and capacity on these rows.

        Parameters
        ----------
        score : ndarray of float64, shape (n,)
            By which rows are put in order; read where there is a capacity or a campaign.
        decided, decided_default : ndarray of int64, shape (n,)
            Decisions at the chosen and at the default threshold.

        Returns
        -------
        dict of str to float
            ``cost`` or ``profit`` a row, with its ``_default`` twin, and ``savings``, the share of what
            there is to gain over the best trivial policy; with a capacity ``precision_at_top``,
            ``recall_at_top`` and, with money, ``cost_at_top`` or ``profit_at_top`` with ``savings``. With a
            campaign also ``emp``.
        """
        of_campaign = {} if self.campaign is None else {"emp": self.emp(score, self.campaign)}
        if self.rate is not None:
            return self._capacity_metrics(score) | of_campaign
        found, value = of_campaign, self.of_decisions(decided)
        if self.money is not None:
            found[self.unit] = self.told(value)
            found[f"{self.unit}_default"] = self.told(self.of_decisions(decided_default))
            found["savings"] = self._savings(value)
            found["savings_default"] = self._savings(self.of_decisions(decided_default))
        return found

    def by_share(self, score: FloatArray, shares: FloatArray) -> FloatArray:
        """Return the mean money a row of acting on growing shares of the rows, highest scores first.

        Told in its unit, shape of `shares`; of rows that tie at the edge the expected part counts. Two
        classes and money are needed.
        """
        gain, weight = self.gain, self.weights()
        if gain is None:
            raise ValueError("there is no money")
        total = float(weight.sum())
        won = top_sums(score, gain * weight, weight, shares * total) / total
        value = self.constant()[0] + won
        return value if self.unit == "profit" else 0.0 - value

    def emp(self, score: FloatArray, campaign: Campaign, weight: FloatArray | None = None) -> float:
        """Return the expected maximum profit of these rows, with other weights if need be."""
        return of_scores(score, self.positive, campaign, self.weight if weight is None else weight)

    def _capacity_metrics(self, score: FloatArray) -> dict[str, float]:
        hit = self.positive.astype(np.float64)
        hits, share = self._at_top(score, hit), self._share()
        among = self._mean(hit)
        found = {"precision_at_top": hits / share, "recall_at_top": hits / among if among else float("nan")}
        gain = self.gain
        if gain is not None:
            value = self.constant()[0] + self._at_top(score, gain)
            found[f"{self.unit}_at_top"] = self.told(value)
            found["savings_at_top"] = self._savings(value)
        return found

    def _savings(self, value: float) -> float:
        reach = self.perfect() - self.trivial()
        return (value - self.trivial()) / reach if reach > 0 else float("nan")

    def _mean(self, values: FloatArray) -> float:
        if self.weight is None:
            return float(np.mean(values, dtype=np.float64))
        return float(np.sum(values * self.weight) / np.sum(self.weight))

    def _share(self) -> float:
        """Return the share of these rows that is acted on: whole rows, at least one."""
        total = float(self.weights().sum())
        return min(max(float(np.rint((self.rate or 0.0) * total)), 1.0), total) / total

    def _at_top(self, score: FloatArray, values: FloatArray) -> float:
        """Return the sum of `values` over the rows of the highest scores, over the weight of all rows."""
        weight = self.weights()
        total = float(weight.sum())
        return float(top_sums(score, values * weight, weight, np.array([self._share() * total]))[0]) / total
