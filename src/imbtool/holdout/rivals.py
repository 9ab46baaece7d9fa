"""Several evaluations of the same rows: whether any model is better than the others, and which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool.evaluation.statistics import holm
from imbtool.holdout.baseline import matched
from imbtool.holdout.pairs import paired_tests
from imbtool.metrics.paired import cochran_q

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.holdout.baseline import Baseline
    from imbtool.holdout.pairs import PairedTest
    from imbtool.holdout.rows import Holdout, Scored


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another evaluation: ``paired`` when it scored the same rows, else ``reason`` says why it is not.

    ``tests`` compare this evaluation with it, corrected by Holm's method over the rivals.
    """

    source: str
    name: str
    paired: bool
    reason: str
    tests: tuple[PairedTest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Cochran's Q over this model and all paired rivals: whether they are right equally often.

    ``about`` is ``decisions`` (all rows) or ``recall`` (rows of the class of interest).
    """

    about: str
    models: int
    q: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """What comparing with rivals gave."""

    rivals: tuple[Rival, ...]
    together: tuple[Together, ...]


def rivals_of(given: Sequence[Baseline], holdout: Holdout) -> Rivals | None:
    """Return how this evaluation compares with others of the same rows; None without any.

    First all at once by Cochran's Q on the decisions (from three models), then each rival by the tests of two
    scores, corrected over the rivals (Raschka, arXiv 1811.12808, 4.5). Weighted rows are not tested.
    """
    if not given:
        return None
    matches = [matched(one, holdout) for one in given]
    tests = _corrected([() if m.rows is None else paired_tests(holdout.rows, m.rows) for m in matches])
    rivals = [
        Rival(source=one.source, name=one.name, paired=m.rows is not None, reason=m.reason, tests=found)
        for one, m, found in zip(given, matches, tests, strict=True)
    ]
    paired = [m.rows for m in matches if m.rows is not None]
    return Rivals(rivals=tuple(rivals), together=_together(holdout.rows, paired))


def _together(here: Scored, rivals: Sequence[Scored]) -> tuple[Together, ...]:
    everyone = [here, *rivals]
    decided = [rows.decided for rows in everyone if rows.decided is not None and rows.weight is None]
    if len(decided) < 3 or len(decided) < len(everyone):
        return ()
    right = np.column_stack([one == here.y for one in decided])
    asked = {"decisions": right} | ({"recall": right[here.y == 1]} if here.binary else {})
    found = {about: cochran_q(table) for about, table in asked.items() if len(table)}
    return tuple(
        Together(about=about, models=len(decided), q=one.q, df=one.df, p_value=one.p_value)
        for about, one in found.items()
    )


def _corrected(found: Sequence[tuple[PairedTest, ...]]) -> list[tuple[PairedTest, ...]]:
    """Return the tests with Holm's correction over the rivals, each kind of test a family."""
    adjusted: dict[tuple[int, int], float] = {}
    kinds = dict.fromkeys((t.test, t.about) for tests in found for t in tests)
    for kind in kinds:
        at = [(i, j) for i, ts in enumerate(found) for j, t in enumerate(ts) if (t.test, t.about) == kind]
        adjusted |= dict(zip(at, holm([found[i][j].p_value for i, j in at]).tolist(), strict=True))
    return [
        tuple(replace(t, p_holm=adjusted[i, j]) for j, t in enumerate(tests)) for i, tests in enumerate(found)
    ]
