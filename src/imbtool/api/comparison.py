"""The comparison of treatments, from what was asked for to the report."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.bundle.request import FitRequest, to_fit
from imbtool.core.clock import take_start
from imbtool.data.load import load_dataset
from imbtool.evaluation.ahead import comparison_ahead
from imbtool.evaluation.compare import compare_dataset
from imbtool.evaluation.ledger import Ledger
from imbtool.evaluation.options import Options
from imbtool.report.face import ComparisonReport

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from imbtool.core.progress import Progress
    from imbtool.core.types import Device
    from imbtool.engine import EngineKind
    from imbtool.evaluation.plan import Together
    from imbtool.evaluation.result import Comparison
    from imbtool.store import Store


def compare(
    data: Any,
    *,
    target: Any,
    positive: str | None = None,
    weight: str | None = None,
    group: str | None = None,
    time: str | None = None,
    drop: Iterable[str] = (),
    categorical: Iterable[str] = (),
    max_rows: int | None = None,
    methods: str | Iterable[str] | None = None,
    learners: str | Iterable[str] = "auto",
    metric: str | None = None,
    threshold_metric: str | None = None,
    folds: int | None = None,
    repeats: int | None = None,
    rope: float = 0.01,
    seed: int = 0,
    jobs: int | None = None,
    inner_folds: int = 3,
    budget: str | float | None = None,
    max_memory: str | int | None = None,
    method_timeout: str | float | None = None,
    engine: EngineKind | None = None,
    scheduler: str | None = None,
    device: Device | None = None,
    together: Together | None = None,
    fast: bool = False,
    prove: bool = False,
    test: str | None = None,
    correction: str | None = None,
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
    command: str = "",
    store: str | PathLike[str] | Store | None = None,
) -> ComparisonReport:
    """Compare treatments of a rare class on the same leak-free folds.

    Parameters
    ----------
    data : path, DataFrame or the name of a shipped data set
        A CSV, TSV, Parquet or Feather file, ``"-"`` for standard input, or a table in memory.
    target : str or array of shape (n_rows,)
        The column to predict, or its values.
    positive : str, optional
        Label of the class of interest; the rarer one by default.
    weight, group, time : str, optional
        Columns with row weights, with groups that must not be split, with the time order to respect.
    drop, categorical : iterable of str
        Columns to leave out, and numeric columns that are codes.
    max_rows : int, optional
        Use a stratified sample of so many rows.
    methods : str or iterable of str, optional
        Recipes such as ``"smote(k_neighbors=3)+isotonic+threshold"``; some twenty usual ones by default,
        ``"all"`` for every method of the catalogue. The controls (nothing, threshold, calibration, class
        weights) are always added.
    learners : str or iterable of str, default="auto"
        ``lightgbm``, ``logistic``, ``forest``, several, or ``auto``: all three untreated (with
        calibration and threshold), then every method with the better of the quick ones (lightgbm,
        logistic).
    metric : str, optional
        Ranks the table: ``pr_auc`` by default, or what a price or a capacity asks for.
    threshold_metric : {"f1", "mcc", "balanced_accuracy", "g_mean"}, optional
        What thresholds are chosen by, on inner out-of-fold scores: ``f1`` by default, or what a price asks.
    folds : int, optional
        Test folds, at least 2; 5 by default, fewer when there are fewer positives.
    repeats : int, optional
        How often the folds are redrawn; by default 3 (up to 5,000 rows), 2 (50,000) or 1.
    rope : float, default=0.01
        Half width of the region of practical equivalence, in units of the metric (for Brier score and
        log-loss: of the loss of predicting the base rate).
    seed : int, default=0
        Same seed, same numbers, whatever `jobs` is.
    jobs : int, optional
        Worker processes; the number of cores by default.
    inner_folds : int, default=3
        Folds inside each training part on which calibrators and thresholds are chosen. 0: none is
        chosen, and recipes that name one are not applicable.
    budget : str or float, optional
        Wall time of the whole run, such as ``"10m"``, a number in seconds. What does not fit is cut off:
        the last folds, and where not one repeat of them fits, the dearest treatments.
    max_memory : str or int, optional
        What this process and its workers may hold, such as ``"8G"``, a number in bytes. Fewer workers
        are used where that helps; methods that need more alone are cut off.
    method_timeout : str or float, optional
        Wall time of one method on one fold, such as ``"2m"``; one that takes longer is cut off.
    engine : {"serial", "processes", "dask"}, optional
        Who does the work: this process, processes on this machine (the default with more than one
        worker), or the workers of a dask scheduler.
    scheduler : str, optional
        Address of the dask scheduler, such as ``"tcp://10.0.0.5:8786"``.
    device : {"auto", "cpu", "cuda"}, optional
        Where learners train and neighbours are searched that can do it on a GPU; ``auto`` takes one that
        works. By default lightgbm trains on the CPU. Results are kept under the device that trained.
    together : {"auto", "recipe", "fold"}, optional
        Which networks train at once: those of a recipe on a fold, or those of all its recipes there;
        ``auto``, the default, takes the second on a GPU. Results do not depend on it, on a GPU but for
        rounding; see ``docs/torch.md``.
    fast : bool, default=False
        Train boosted trees with coarser numbers, redraw the folds once less by default, and drop treatments
        that are safely behind the best row of their learner after two folds, three, and every repeat. The
        report says what was traded.
    prove : bool, default=False
        Try every recipe on a permuted target, on all folds of one repeat, not only the plain learner, the
        verdict and what comes from other packages; see ``docs/proof.md``.
    test : {"corrected-t", "5x2cv-f", "permutation", "bayes"}, optional
        What must show that a treatment helps: the corrected resampled t-test by default. ``5x2cv-f`` brings
        its own two folds and five repeats, and needs 100 positives. See ``docs/verdict.md``.
    correction : {"holm", "bh", "none"}, optional
        How p-values are corrected for the number of treatments: Holm's method by default.
    cost_fn, cost_fp : float, optional
        Cost of a missed positive and of a false alarm, in any unit of money. Methods are then ranked by
        money and thresholds chosen by it; see ``docs/money.md``.
    cost_matrix : str, path or rows of float, optional
        Several classes: cost of deciding each class (columns) for rows of each class (rows).
    cost_column, value_column : str, optional
        Columns with the cost of acting on each row, and with the value of acting on it when it is positive.
    top_k : int, optional
        Rows of the table that can be acted on: those of the highest scores.
    top_rate : float, optional
        The same as a share of the rows.
    min_precision, min_recall : float, optional
        Floors that the threshold must keep on out-of-fold scores.
    emp : str, optional
        A retention campaign: ``"churn"``, or ``"clv=300,incentive=20"``. Methods are then ranked by its
        expected maximum profit; see ``docs/money.md``.
    progress : Progress, optional
        Told what has been done.
    command : str
        How to repeat the run, for the report.
    store : path or Store, optional
        A file that keeps every trial as soon as it is done, so that the same call resumes; nothing is
        kept by default. See ``docs/store.md``.

    Returns
    -------
    ComparisonReport

    Raises
    ------
    ImbtoolError
        With a message that says what was found, what is needed and what to do next.

    Examples
    --------
    >>> from imbtool import compare
    >>> report = compare("digits8", target="is_eight", learners="logistic", methods="none", repeats=1)
    >>> report.verdict.kind in ("do-nothing", "move-threshold", "calibrate")
    True
    """
    began = take_start()
    options = Options(
        methods=methods,
        learners=learners,
        metric=metric,
        threshold_metric=threshold_metric,
        folds=folds,
        repeats=repeats,
        rope=rope,
        seed=seed,
        jobs=jobs,
        max_rows=max_rows,
        inner_folds=inner_folds,
        budget=budget,
        max_memory=max_memory,
        method_timeout=method_timeout,
        engine=engine,
        scheduler=scheduler,
        device=device,
        together=together,
        fast=fast,
        prove=prove,
        test=test,
        correction=correction,
        cost_fn=cost_fn,
        cost_fp=cost_fp,
        cost_matrix=cost_matrix,
        cost_column=cost_column,
        value_column=value_column,
        top_k=top_k,
        top_rate=top_rate,
        min_precision=min_precision,
        min_recall=min_recall,
        emp=emp,
    ).checked()
    reading = {
        "target": target,
        "positive": positive,
        "weight": weight,
        "group": group,
        "time": time,
        "drop": tuple(drop),
        "categorical": tuple(categorical),
    }
    with (
        comparison_ahead(
            learners=options.learners,
            jobs=jobs,
            engine=options.engine,
            scheduler=scheduler,
            budget=budget,
            max_memory=max_memory,
            method_timeout=method_timeout,
        ),
        Ledger(store, _request(data, reading, options, command)) as ledger,
    ):
        dataset = load_dataset(
            data, **reading, cost=cost_column, value=value_column, max_rows=max_rows, seed=seed
        )
        comparison = compare_dataset(dataset, options, progress, ledger, began)
        fit_command = _fit_command(data, reading, options, comparison)
        report = ComparisonReport(replace(comparison, command=command, fit_command=fit_command))
        if ledger.on:
            verdict = report.verdict.headline
            whole = comparison.complete and all(t.status != "cut-off" for t in comparison.trials)
            ledger.finish(report.to_json(), verdict=verdict, complete=whole)
    return report


def _request(data: Any, reading: dict[str, Any], options: Options, command: str) -> dict[str, Any] | None:
    """Return the arguments that read the same table again, as plain data; None for a table in memory."""
    if not isinstance(data, str | Path) or str(data) == "-" or not isinstance(reading["target"], str):
        return None
    place = {"data": str(data), "file": _file(data)}
    positive = reading["positive"]
    labels = {"positive": None if positive is None else str(positive)}
    return place | reading | labels | asdict(options) | {"command": command}


def _fit_command(data: Any, reading: dict[str, Any], options: Options, comparison: Comparison) -> str:
    """Return the command, or for a table in memory the Python, that fits the winner."""
    verdict, price = comparison.verdict, options.price
    recipe = to_fit(verdict.recipe, price, options.ranks_by)
    if not isinstance(data, str | Path):
        if price is not None:  # a recipe by itself knows no money
            return "imbtool.fit(data, target=target, comparison=report)"
        return f"imbtool.Recipe({recipe!r}, learner={verdict.learner!r}).fit(X, y)"
    request = FitRequest(
        **reading,
        max_rows=options.max_rows,
        recipe=recipe,
        learner=verdict.learner,
        threshold_metric=None if price and price.threshold_metric else options.threshold_metric,
        seed=options.seed,
        price=price,
    )
    return request.command(str(data))


def _file(data: str | Path) -> str | None:
    """Return the full path of a file; None for the name of a data set, or one the system does not take."""
    try:
        return str(Path(data).resolve()) if Path(data).is_file() else None
    except OSError:
        return None
