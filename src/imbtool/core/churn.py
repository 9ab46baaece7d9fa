"""What is at stake in a retention campaign: the parameters of the expected maximum profit."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from imbtool.core.errors import UsageError
from imbtool.core.suggest import did_you_mean

WORD = "churn"
"""What stands for the parameters as the source has them."""
_EXAMPLE = "For example --emp churn, or --emp clv=300,incentive=20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign that contacts rows and offers them an incentive; the positive class leaves otherwise.

    Parameters
    ----------
    clv : float, default=200
        Value of a customer who stays, greater than `incentive`.
    incentive : float, default=10
        Cost of the incentive, paid to everybody who takes it; who would have stayed always does.
    contact : float, default=1
        Cost of contacting a row.
    alpha, beta : float, default=6 and 14
        Parameters, greater than 0, of the Beta distribution of the share of leavers who take the incentive.
    accept : float, optional
        That share where it is known, in (0, 1], in place of a distribution.

    Notes
    -----
    Defaults of Verbraken, Verbeke, Baesens, IEEE TKDE 25(5), 2013, doi:10.1109/TKDE.2012.50, where the
    incentive is called d and the contact cost f.
    """

    clv: float = 200.0
    incentive: float = 10.0
    contact: float = 1.0
    alpha: float = 6.0
    beta: float = 14.0
    accept: float | None = None

    @property
    def expected_accept(self) -> float:
        """Mean share of leavers who take the incentive."""
        return self.alpha / (self.alpha + self.beta) if self.accept is None else self.accept

    @property
    def won(self) -> float:
        """Expected money of acting on a row that would leave."""
        return self.expected_accept * (self.clv - self.incentive) - self.contact

    @property
    def lost(self) -> float:
        """Money lost by acting on a row that would have stayed."""
        return self.incentive + self.contact

    def __str__(self) -> str:
        shown = ("clv", "incentive", "contact", *(("alpha", "beta") if self.accept is None else ("accept",)))
        return ",".join(f"{name}={getattr(self, name):g}" for name in shown)


def campaign_of(text: str) -> Campaign:
    """Return the campaign that ``churn`` or ``clv=300,incentive=20`` describes.

    Raises
    ------
    UsageError
        Code ``bad-price``: unknown names, values out of range, a campaign that cannot pay.
    """
    names = [field.name for field in fields(Campaign)]
    given: dict[str, float] = {}
    for part in () if text.strip().casefold() == WORD else text.split(","):
        name, _, value = (cell.strip() for cell in part.partition("="))
        if name not in names:
            raise _bad(f"there is no parameter {name!r}", did_you_mean(name, names, listing=_EXAMPLE))
        given[name] = _number(name, value)
    return _checked(Campaign(**given), given)


def _checked(campaign: Campaign, given: dict[str, float]) -> Campaign:
    if campaign.accept is not None and {"alpha", "beta"} & set(given):
        raise _bad(
            "accept is a known share, alpha and beta describe an unknown one", "Leave one of them out."
        )
    if campaign.incentive < 0 or campaign.contact < 0 or campaign.lost <= 0:
        raise _bad("incentive and contact must be at least 0 and not both 0", _EXAMPLE)
    if campaign.alpha <= 0 or campaign.beta <= 0 or not 0 < (campaign.accept or 0.5) <= 1:
        raise _bad("alpha and beta must be greater than 0, accept in (0, 1]", _EXAMPLE)
    if campaign.won <= 0:
        raise _bad(
            f"contacting somebody who leaves does not pay: it brings {campaign.won:g} in the mean",
            "Raise clv, or lower incentive and contact.",
        )
    return campaign


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _bad(f"{name} must be a number; got {text!r}", _EXAMPLE)
    return value


def _bad(why: str, hint: str) -> UsageError:
    return UsageError(f"`emp` cannot be used: {why}.", hint=hint, code="bad-price")
