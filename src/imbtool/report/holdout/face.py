"""The Python face of evaluations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.bundle.model import FittedModel
from imbtool.core.errors import UsageError
from imbtool.core.price import price_of
from imbtool.data.sources import read_bytes
from imbtool.holdout.bands import holdout_curves
from imbtool.holdout.baseline import read_baseline
from imbtool.holdout.gates import parse_gates
from imbtool.holdout.intake import from_model
from imbtool.holdout.measures import top_of
from imbtool.holdout.money import with_price
from imbtool.holdout.reading import check_given
from imbtool.holdout.run import Request
from imbtool.holdout.scores import from_scores
from imbtool.report.holdout.counting import judged
from imbtool.report.holdout.outcome import EvaluationReport

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from imbtool.core.progress import Progress
    from imbtool.holdout.result import Policy
    from imbtool.holdout.rows import Holdout
    from imbtool.store import Store


def evaluate(
    model: FittedModel | str | PathLike[str] | None = None,
    data: Any = None,
    *,
    scores: Any = None,
    target: str | None = None,
    score: str | Iterable[str] = (),
    positive: str | None = None,
    weight: str | None = None,
    threshold: float | None = None,
    slices: str | Iterable[str] = (),
    top: str | int | Iterable[str | int] = (),
    gates: str | Iterable[str] = (),
    baseline: Any = None,
    rivals: Iterable[Any] = (),
    inconclusive: Policy = "fail",
    seed: int = 0,
    resamples: int = 2000,
    keep_rows: bool = True,
    curves: bool = False,
    cost_fn: float | None = None,
    cost_fp: float | None = None,
    cost_matrix: Any = None,
    cost_column: str | None = None,
    value_column: str | None = None,
    top_k: int | None = None,
    top_rate: float | None = None,
    min_precision: float | None = None,
    min_recall: float | None = None,
    emp: str | None = None,
    progress: Progress | None = None,
    store: str | PathLike[str] | Store | None = None,
    reusable: bool = False,
    budget: int | None = None,
) -> EvaluationReport:
    """Judge a model, or anybody's scores, on rows with known classes.

    Parameters
    ----------
    model : FittedModel or path, optional
        What `imbtool.fit` or `imbtool.load` gave, or the file of one.
    data : path, DataFrame or the name of a data set, optional
        The hold-out for `model`.
    scores : path, DataFrame or the name of a data set, optional
        A table with scores instead of `model` and `data`.
    target : str, optional
        The column with the class of each row; that of the model by default.
    score : str or iterable of str, optional
        Columns of `scores`: one for the positive class, or one a class; by default all that are called
        ``probability_<class>``.
    positive : str, optional
        The class of interest in `scores`; that of the score column, or the rarer one by default.
    weight : str, optional
        Column with row weights; by default that of the training table, if there was one.
    threshold : float, optional
        Score from which the positive class is decided on; by default that of the model, what the column
        ``decision`` says, or 0.5.
    slices : str or iterable of str, optional
        Columns to cut the rows by.
    top : str, int or iterable of them, default=("1%", "5%", "10%")
        Numbers or shares of the rows with the highest scores.
    gates : str or iterable of str, optional
        Conditions such as ``"pr_auc >= 0.4"``; see ``docs/eval.md``.
    baseline : path, dict or EvaluationReport, optional
        An earlier evaluation for gates such as ``"pr_auc >= baseline - 0.01"``.
    rivals : iterable of the same, optional
        Evaluations of the same rows by other models: tested all at once and one by one.
    inconclusive : {"fail", "pass"}, default="fail"
        What a gate counts as that these rows cannot decide. A gate is a promise: unless told otherwise,
        only what was shown to hold counts as held.
    seed : int, default=0
        Same seed, same numbers.
    resamples : int, default=2000
        Bootstrap resamples; fewer are drawn for very many rows (``settings.resamples`` tells).
    keep_rows : bool, default=True
        Keep scores and fingerprints of the rows in the JSON document, so that a later run can be compared
        with it row by row.
    curves : bool, default=False
        Also give ROC, precision-recall, gain and cost curves, for `EvaluationReport.to_svg`.
    cost_fn, cost_fp, cost_matrix, cost_column, value_column, top_k, top_rate : optional
        What decisions cost and how many rows can be acted on, as in `compare`; see ``docs/money.md``.
    min_precision, min_recall : float, optional
        Floors: gates on precision and recall at the threshold.
    emp : str, optional
        A retention campaign, as in `compare`.
    progress : Progress, optional
        Told what has been measured.
    store : path or Store, optional
        A file that counts the looks at each hold-out; nothing is counted by default. See ``docs/eval.md``.
    reusable : bool, default=False
        Answer the gates as a reusable hold-out does, and show nothing else of it; needs a store.
    budget : int, optional
        How often a reusable hold-out may disagree with training; 20 by default, set by its first use.

    Returns
    -------
    EvaluationReport

    Raises
    ------
    ImbtoolError
        With a message that says what was found, what is needed and what to do next.

    Examples
    --------
    >>> import imbtool
    >>> model = imbtool.fit("digits8", target="is_eight", recipe="threshold", learner="logistic")
    >>> report = imbtool.evaluate(model, "digits8", gates="recall >= 0.5", resamples=200)
    >>> report.gates[0].outcome
    'pass'
    """
    check_given(model, scores)
    price = price_of(
        {
            "cost_fn": cost_fn,
            "cost_fp": cost_fp,
            "cost_matrix": cost_matrix,
            "cost_column": cost_column,
            "value_column": value_column,
            "top_k": top_k,
            "top_rate": top_rate,
            "min_precision": min_precision,
            "min_recall": min_recall,
            "emp": emp,
        }
    )
    floors = {} if price is None else price.floors
    kept = [f"{name.removeprefix('min_')} >= {level:.12g}" for name, level in floors.items()]
    request = Request(
        slices=_many(slices),
        tops=tuple(top_of(text) for text in _many(top)),
        gates=parse_gates([*_many(gates), *kept]),
        baseline=None if baseline is None else _baseline(baseline),
        rivals=tuple(_baseline(one) for one in rivals),
        inconclusive=_policy(inconclusive),
        seed=seed,
        resamples=_resamples(resamples),
        keep_rows=keep_rows,
        price=price,
    )
    holdout: Holdout
    if model is None:
        if target is None:
            raise UsageError(
                "Scores need the column with the class of each row.",
                hint="Name it with --target.",
                code="what-to-judge",
            )
        holdout = from_scores(
            scores, target=target, score=_many(score), positive=positive, weight=weight, threshold=threshold
        )
    else:
        holdout = _scored(model, data, target, weight, threshold, score, positive)
    if price is None and holdout.decided_by is not None:
        price = holdout.decided_by
        request = replace(request, price=price)
    holdout = with_price(holdout, price)
    if curves and reusable:
        raise UsageError(
            "A reusable hold-out shows no curves.", hint="Leave out --plot.", code="reusable-holdout"
        )
    found = judged(holdout, request, progress, store=store, reusable=reusable, budget=budget)
    if curves:
        found = replace(found, curves=holdout_curves(holdout.rows, seed=seed, price=price))
    return EvaluationReport(found)


def _scored(
    model: FittedModel | str | PathLike[str],
    data: Any,
    target: str | None,
    weight: str | None,
    threshold: float | None,
    score: str | Iterable[str],
    positive: str | None,
) -> Holdout:
    if data is None:
        raise UsageError(
            "A model needs a table to be judged on.",
            hint="imbtool eval model.imb holdout.csv",
            code="what-to-judge",
        )
    if positive is not None or _many(score):
        raise UsageError(
            "A model brings its scores and its positive class with it.",
            hint="Leave out --score and --positive, or give --scores instead of a model.",
            code="what-to-judge",
        )
    if not isinstance(model, FittedModel):
        from imbtool.bundle.files import load

        model = load(model)
    return from_model(model, data, target=target, weight=weight, threshold=threshold)


def _baseline(given: Any) -> Any:
    if isinstance(given, EvaluationReport):
        return read_baseline(given.to_json(), "the baseline")
    if isinstance(given, dict):
        import json

        return read_baseline(json.dumps(given), "the baseline")
    return read_baseline(read_bytes(str(Path(given))), str(given))


def _policy(given: str) -> Policy:
    if given == "pass":
        return "pass"
    if given == "fail":
        return "fail"
    raise UsageError(
        f"`inconclusive` must be pass or fail; got {given!r}.", hint="Leave it out for fail.", code="bad-gate"
    )


def _resamples(given: int) -> int:
    if given < 100:
        raise UsageError(
            f"`resamples` must be at least 100; got {given}.",
            hint="2000 give steady intervals.",
            code="few-resamples",
        )
    return given


def _many(given: Any) -> tuple[str, ...]:
    return (str(given),) if isinstance(given, str | int) else tuple(str(one) for one in given)
