"""The Python face of models: fit and load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imbtool.bundle.request import FitRequest
from imbtool.core.price import price_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from imbtool.bundle.model import FittedModel
    from imbtool.core.types import Device
    from imbtool.engine import EngineKind


def fit(
    data: Any,
    *,
    target: Any = None,
    recipe: str | None = None,
    learner: str | None = None,
    comparison: Any = None,
    positive: str | None = None,
    weight: str | None = None,
    group: str | None = None,
    time: str | None = None,
    drop: Iterable[str] = (),
    categorical: Iterable[str] = (),
    max_rows: int | None = None,
    threshold_metric: str | None = None,
    seed: int | None = None,
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
    calibration_rows: float | None = None,
    bootstrap: int | None = None,
    engine: EngineKind | None = None,
    scheduler: str | None = None,
    device: Device | None = None,
) -> FittedModel:
    """Fit a recipe on all rows: a model to be saved, loaded and used on new tables.

    Calibrator and threshold are chosen on inner out-of-fold scores and are part of the model.

    Parameters
    ----------
    data : path, DataFrame or the name of a shipped data set
        As in `compare`.
    target : str or array of shape (n_rows,), optional
        The column to predict, or its values; that of the comparison by default.
    recipe : str, optional
        Recipe notation, such as ``"smote(k_neighbors=3)+isotonic+threshold"``.
    learner : str, default="lightgbm"
        Learner notation, such as ``"lightgbm(num_leaves=7)"``.
    comparison : ComparisonReport or Comparison, optional
        Fit its verdict, on a table read the same way; what is given beside it goes before.
    positive, weight, group, time, drop, categorical, max_rows : optional
        How the table is read, as in `compare`.
    threshold_metric : {"f1", "mcc", "balanced_accuracy", "g_mean"}, default="f1"
        For a threshold that names no metric.
    seed : int, default=0
        Same data, same seed: the same bytes.
    cost_fn, cost_fp, cost_matrix, cost_column, value_column, top_k, top_rate, min_precision, min_recall, emp
        What the threshold is chosen by, before `threshold_metric`, as in `compare`; those of the comparison
        by default.
    calibration_rows : float, optional
        Hold so many rows back (a share of the rows below 1, else their number), so that
        `FittedModel.select` can promise a false-discovery rate; see ``docs/fdr.md``.
    bootstrap : int, optional
        So many rounds of the bootstrap .632+ estimate how good the model will be, with an interval; each
        fits the recipe again. See ``docs/bundle.md``.
    engine, scheduler : optional
        With the address of a dask scheduler `data` is a folder, a pattern or a file that its workers read,
        none of which needs to hold all rows; ``docs/spread.md`` says what can be fitted so. Otherwise this
        process does it.
    device : {"auto", "cpu", "cuda"}, optional
        Where the learner trains and neighbours are searched, as in `compare`.

    Returns
    -------
    FittedModel
        With ``predict``, ``predict_proba`` and ``save``.

    Raises
    ------
    ImbtoolError
        With a message that says what was found, what is needed and what to do next.

    Examples
    --------
    >>> import imbtool
    >>> model = imbtool.fit("digits8", target="is_eight", recipe="threshold", learner="logistic")
    >>> model.classes_.tolist()
    [0, 1]
    """
    request = FitRequest(
        target=target,
        positive=positive,
        weight=weight,
        group=group,
        time=time,
        drop=tuple(drop),
        categorical=tuple(categorical),
        max_rows=max_rows,
        recipe=recipe,
        learner=learner,
        threshold_metric=threshold_metric,
        seed=seed,
        calibration_rows=calibration_rows,
        bootstrap=bootstrap,
        device=device,
        price=price_of(
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
        ),
    )
    from imbtool.evaluation.options import engine_for

    request = request.filled(getattr(comparison, "comparison", comparison))
    if engine_for(engine, scheduler) == "dask":
        from imbtool.bundle.spread.fit import fit_spread

        return fit_spread(data, request, str(scheduler))
    from imbtool.bundle.fitting import fit_request

    return fit_request(data, request)


def load(path: str | PathLike[str]) -> FittedModel:
    """Read a model that `FittedModel.save` or ``imbtool fit`` wrote; nothing in it is executed.

    Raises
    ------
    DataError
        When the file was changed or cut off, is of a newer version, or holds anything unexpected.
    """
    from imbtool.bundle.files import load as read_model

    return read_model(path)
