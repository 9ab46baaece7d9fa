"""Which test decides and how many of them are corrected for: what ``--test`` and ``--correction`` offer.

What each claims where there is nothing to claim stands in ``benchmarks/results/false_claims.md``, what it
sees where there is something in ``benchmarks/results/power.md``. Tests that take folds, or the rows of
pooled predictions, for independent data (ordinary t, signed rank, bootstrap, DeLong over out-of-fold scores)
claim too much there and are not offered for methods; `imbtool.holdout.pairs` has those that are right for
fixed models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imbtool.core.errors import DataError, UsageError
from imbtool.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldTest:
    """A test over paired differences of folds.

    Parameters
    ----------
    name, label : str
        As an option, and in sentences.
    folds, repeats : int or None
        What it needs; None where any number will do.
    corrected : bool
        Whether it gives p-values that can be corrected for their number.
    fewest : int
        With fewer positives than this it would claim more than it promises, and is refused; 0 where it never
        does.
    splits : int
        With fewer than this it cannot claim anything at 5 percent.
    """

    name: str
    label: str
    folds: int | None = None
    repeats: int | None = None
    corrected: bool = True
    fewest: int = 0
    splits: int = 2


_ROWS = (
    FoldTest(name="corrected-t", label="corrected resampled t-test"),
    FoldTest(name="5x2cv-f", label="combined 5x2cv F test", folds=2, repeats=5, fewest=100),
    FoldTest(
        name="permutation", label="permutation test over the folds, corrected for their overlap", splits=6
    ),
    FoldTest(name="bayes", label="Bayesian correlated t-test", corrected=False),
)
TESTS: Mapping[str, FoldTest] = {row.name: row for row in _ROWS}
CORRECTIONS: Mapping[str, str] = {
    "holm": "Holm's correction over the methods",
    "bh": "Benjamini and Hochberg's correction over the methods",
    "none": "not corrected for the number of methods",
}
DEFAULT_TEST, DEFAULT_CORRECTION = "corrected-t", "holm"


def named_test(name: str | None) -> FoldTest:
    """Return a test by its name, the default for None; raise `UsageError` (``unknown-test``)."""
    return TESTS[_known(name or DEFAULT_TEST, TESTS, "test", "unknown-test")]


def correction_for(test: FoldTest, name: str | None) -> str:
    """Return the correction to use.

    Raises
    ------
    UsageError
        Codes ``unknown-correction``, and ``impossible-combination`` for one beside a test without p-values.
    """
    if test.corrected:
        return _known(name or DEFAULT_CORRECTION, CORRECTIONS, "correction", "unknown-correction")
    if name not in (None, "none"):
        raise UsageError(
            f"The {test.label} gives probabilities, not p-values: there is nothing to correct.",
            hint="Leave out --correction, or use --test corrected-t.",
            code="impossible-combination",
        )
    return "none"


def folds_for(test: FoldTest, folds: int | None, repeats: int | None) -> tuple[int | None, int | None]:
    """Return folds and repeats as asked for, or as the test needs them.

    Raises
    ------
    UsageError
        Code ``impossible-combination``: other numbers were asked for than the test needs.
    """
    asked = {"folds": (folds, test.folds), "repeats": (repeats, test.repeats)}
    for name, (given, needed) in asked.items():
        if given is not None and needed is not None and given != needed:
            raise UsageError(
                f"--test {test.name} needs {needed} {name}; got {given}.",
                hint=f"Leave out --{name}.",
                code="impossible-combination",
            )
    return test.folds or folds, test.repeats or repeats


def check_splits(test: FoldTest, splits: int, *, in_time: bool) -> None:
    """Raise `DataError` (``too-few-splits``) when the data give fewer splits than the test needs."""
    if not test.folds or not test.repeats or splits == test.folds * test.repeats:
        return
    why = "with --time there is one way to split" if in_time else "a class is missing from the others"
    raise DataError(
        f"--test {test.name} needs {test.folds * test.repeats} splits, there are {splits}: {why}.",
        hint=f"Use --test {DEFAULT_TEST}.",
        code="too-few-splits",
    )


def check_positives(test: FoldTest, positives: int) -> None:
    """Raise `DataError` (``too-few-for-test``) when the test would claim more than it promises."""
    if positives < test.fewest:
        raise DataError(
            f"With fewer than {test.fewest} positives the {test.label} claims more than the 5 percent that "
            f"it promises, with 20 more than twice that; there are {positives}.",
            hint=f"Use --test {DEFAULT_TEST}, which keeps its promise.",
            code="too-few-for-test",
        )


def notes_on(test: FoldTest, splits: int) -> tuple[str, ...]:
    """Return what a reader of the report should know about the test on so many splits."""
    told = []
    if splits < test.splits:
        told.append(
            f"--test {test.name} can claim nothing over {splits} folds, it takes {test.splits}: raise "
            "--repeats."
        )
    if test.folds:
        told.append(
            f"--test {test.name}: {test.folds} folds, {test.repeats} repeats. Methods are trained on half of "
            "the rows, so their values are those of a smaller table."
        )
    return tuple(told)


def in_words(test: str, correction: str) -> str:
    """Return test and correction in words."""
    chosen = TESTS[test]
    return f"{chosen.label}, {CORRECTIONS[correction]}" if chosen.corrected else chosen.label


def _known(name: str, offered: Mapping[str, object], what: str, code: str) -> str:
    if name not in offered:
        raise UsageError(
            f"There is no {what} {name!r}.",
            hint=did_you_mean(name, offered, listing=f"One of: {', '.join(offered)}."),
            code=code,
        )
    return name
