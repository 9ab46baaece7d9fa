"""Textbook tests of two scores of the same rows, beside the paired bootstrap that gates go by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.metrics.paired import delong, mcnemar, swapped_pr_auc
from imbtool.metrics.ranking import pr_auc

if TYPE_CHECKING:
    from imbtool.holdout.rows import Scored


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTest:
    """A test of "no difference" between this evaluation and the baseline.

    Parameters
    ----------
    test : {"delong", "permutation", "mcnemar"}
    about : str
        ``roc_auc``, ``pr_auc``, ``decisions`` (all rows) or ``recall`` (rows of the class of interest).
    difference : float
        Here minus the baseline: of the area, or of the share of rows decided rightly.
    low, high : float or None
        95 percent interval; None where the test gives none.
    p_value : float
        Two-sided.
    p_holm : float or None
        With Holm's correction over the rivals of an evaluation; None for the baseline, which is one.
    """

    test: str
    about: str
    difference: float
    low: float | None
    high: float | None
    p_value: float
    p_holm: float | None = None


def paired_tests(here: Scored, there: Scored) -> tuple[PairedTest, ...]:
    """Return what tests of two scores say; nothing for weighted rows, which they do not know.

    Two classes: DeLong on the ROC-AUC, a permutation test on the PR-AUC. Where both decided: McNemar on the
    decisions, and with two classes on those about the positive rows, since the frequent class makes up
    nearly all of the first.
    """
    if here.weight is not None or there.weight is not None:
        return ()
    found = []
    if here.binary:
        area = delong(here.y == 1, here.proba[:, 1], there.proba[:, 1])
        if not np.isnan(area.p_value):
            found.append(
                PairedTest(
                    test="delong",
                    about="roc_auc",
                    difference=area.difference,
                    low=area.low,
                    high=area.high,
                    p_value=area.p_value,
                )
            )
        found += _swapped(here, there)
    if here.decided is None or there.decided is None:
        return tuple(found)
    ours, theirs = here.decided == here.y, there.decided == here.y
    asked = {"decisions": np.ones(len(here.y), dtype=bool)}
    if here.binary:
        asked["recall"] = here.y == 1
    for about, rows in asked.items():
        if rows.any():
            table = mcnemar(ours[rows], theirs[rows])
            gap = (table.only_first - table.only_second) / int(rows.sum())
            found.append(
                PairedTest(
                    test="mcnemar", about=about, difference=gap, low=None, high=None, p_value=table.p_value
                )
            )
    return tuple(found)


def _swapped(here: Scored, there: Scored) -> list[PairedTest]:
    hit = here.y == 1
    p_value = swapped_pr_auc(hit, here.proba[:, 1], there.proba[:, 1])
    if np.isnan(p_value):
        return []
    one, two = (pr_auc(rows.y, rows.proba) for rows in (here, there))
    return [
        PairedTest(
            test="permutation", about="pr_auc", difference=one - two, low=None, high=None, p_value=p_value
        )
    ]
