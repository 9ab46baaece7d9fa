"""The Python face of evaluations."""

from __future__ import annotations

from dataclasses import asdict, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.bundle.model import FittedModel
from imbtool.core.errors import UsageError
from imbtool.core.price import price_of
from imbtool.data.sources import read_bytes
from imbtool.holdout.baseline import read_baseline
from imbtool.holdout.gates import parse_gates
from imbtool.holdout.intake import from_model
from imbtool.holdout.measures import top_of
from imbtool.holdout.money import with_price
from imbtool.holdout.reading import check_given
from imbtool.holdout.run import Request, evaluate_holdout
from imbtool.holdout.scores import from_scores

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from os import PathLike

    import pandas as pd

    from imbtool.core.progress import Progress
    from imbtool.holdout.result import Evaluation, GateResult, Policy
    from imbtool.holdout.rows import Holdout


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
    inconclusive: Policy = "fail",
    seed: int = 0,
    resamples: int = 2000,
    keep_rows: bool = True,
    cost_fn: float | None = None,
    cost_fp: float | None = None,
    cost_matrix: Any = None,
    cost_column: str | None = None,
    value_column: str | None = None,
    top_k: int | None = None,
    top_rate: float | None = None,
    min_precision: float | None = None,
    min_recall: float | None = None,
    progress: Progress | None = None,
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
    cost_fn, cost_fp, cost_matrix, cost_column, value_column, top_k, top_rate : optional
        What decisions cost and how many rows can be acted on, as in `compare`; see ``docs/money.md``.
    min_precision, min_recall : float, optional
        Floors: gates on precision and recall at the threshold.
    progress : Progress, optional
        Told what has been measured.

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
        }
    )
    floors = {} if price is None else price.floors
    kept = [f"{name.removeprefix('min_')} >= {level:.12g}" for name, level in floors.items()]
    request = Request(
        slices=_many(slices),
        tops=tuple(top_of(text) for text in _many(top)),
        gates=parse_gates([*_many(gates), *kept]),
        baseline=None if baseline is None else _baseline(baseline),
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
    return EvaluationReport(evaluate_holdout(with_price(holdout, price), request, progress))


class EvaluationReport:
    """An evaluation with frames and renderings.

    Attributes
    ----------
    evaluation : Evaluation
        Everything, as frozen plain data.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation

    @property
    def passed(self) -> bool:
        """Whether no gate failed, given how inconclusive ones count."""
        return self.evaluation.passed

    @property
    def gates(self) -> tuple[GateResult, ...]:
        """The outcome of each gate."""
        return self.evaluation.gates

    @property
    def metrics(self) -> pd.DataFrame:
        """One row a metric: value, low, high and where the interval comes from."""
        import pandas as pd

        known = {**self.evaluation.metrics, **self.evaluation.points}
        return pd.DataFrame({name: asdict(found) for name, found in known.items()}).T.rename_axis("metric")

    @property
    def slices(self) -> pd.DataFrame:
        """One row a slice: column, slice, rows, whether it is small, every metric with its interval."""
        import pandas as pd

        rows = []
        for column in self.evaluation.slices:
            for part in column.slices:
                row: dict[str, Any] = {"column": column.column, "slice": part.label, "rows": part.rows}
                row["small"] = part.small
                for name, found in part.metrics.items():
                    row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
                rows.append(row)
        return pd.DataFrame(rows)

    def to_json(self) -> str:
        """Return the JSON document described in ``docs/eval.md``."""
        from imbtool.report.holdout.document import to_json

        return to_json(self.evaluation)

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        from imbtool.report.holdout.markdown import to_markdown

        return to_markdown(self.evaluation)

    def to_svg(self) -> str:
        """Return the money of acting on a growing share of the rows as a picture."""
        from imbtool.report.holdout.money import to_svg

        return to_svg(self.evaluation)

    def to_junit(self, *, when: datetime) -> str:
        """Return the gates as JUnit XML; `when` is the time that is written into it."""
        from imbtool.report.holdout.suites import suites_of
        from imbtool.report.junit import to_junit

        return to_junit(suites_of(self.evaluation), when=when)

    def without_rows(self) -> EvaluationReport:
        """Return the report without scores and fingerprints of single rows."""
        return EvaluationReport(replace(self.evaluation, row_scores=None))

    def _repr_html_(self) -> str:
        import pandas as pd

        data = self.evaluation.data
        parts = [f"<p><b>{escape(data.name)}</b>: {data.n_rows:,} rows, target {escape(data.target)}</p>"]
        if self.gates:
            rows = [{"outcome": g.outcome, "gate": g.gate, "found": g.sentence} for g in self.gates]
            parts.append(pd.DataFrame(rows).to_html(index=False))
        parts.append(self.metrics.to_html())
        return "\n".join(parts)

    def __repr__(self) -> str:
        data, gates = self.evaluation.data, self.gates
        told = f"; {sum(g.passed for g in gates)} of {len(gates)} gates passed" if gates else ""
        found = self.evaluation.metrics.get("pr_auc")
        area = f"PR-AUC {found.value:.3f}" if found is not None else "no PR-AUC"
        return f"<EvaluationReport {data.n_rows:,} rows of {data.name!r}: {area}{told}>"


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
