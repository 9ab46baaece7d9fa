"""The Python face: compare, batch, fit, load, evaluate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from imbtool.api.comparison import compare
from imbtool.bundle.face import fit, load
from imbtool.data.load import load_dataset
from imbtool.evaluation.ledger import Ledger
from imbtool.evaluation.options import Options
from imbtool.report.face import ComparisonReport

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from imbtool.batches.suite import Entry, Suite
    from imbtool.core.progress import Progress
    from imbtool.data.dataset import Dataset
    from imbtool.evaluation.forecast import Plan
    from imbtool.evaluation.result import Comparison
    from imbtool.report.batch.face import BatchReport
    from imbtool.report.holdout.face import evaluate
    from imbtool.store import Store

__all__ = ["ComparisonReport", "batch", "compare", "evaluate", "fit", "load", "plan", "read"]


def __getattr__(name: str) -> Any:
    """Load `evaluate` when it is asked for: a comparison does without what it needs."""
    if name != "evaluate":
        raise AttributeError(f"module 'imbtool.api' has no attribute {name!r}")
    from imbtool.report.holdout.face import evaluate

    return evaluate


def read(data: Any, *, target: Any, **options: Any) -> Dataset:
    """Read a table into a `Dataset`; see `imbtool.data.load.load_dataset`."""
    return load_dataset(data, target=target, **options)


def batch(
    suite: str | PathLike[str] | Mapping[str, Any] | Suite,
    *,
    budget: str | float | None = None,
    progress: Progress | None = None,
    command: str = "",
    store: str | PathLike[str] | Store | None = None,
    **work: Any,
) -> BatchReport:
    """Compare treatments over many data sets, and answer across them.

    Parameters
    ----------
    suite : path, mapping or Suite
        A TOML file or what would stand in it, as ``docs/batch.md`` describes; or a suite read before.
    budget : str or float, optional
        Wall time of the whole suite: what is left is shared out evenly among the comparisons to come.
    progress, command, store
        As in `compare`; with a store the same call runs only what is missing.
    **work
        ``jobs``, ``engine``, ``scheduler``, ``device``, ``together``, ``max_memory``, ``method_timeout`` of
        every one.

    Returns
    -------
    BatchReport

    Raises
    ------
    ConfigError
        The suite cannot be used; the error lists every fault in it.
    DataError
        Code ``nothing-compared``: not one data set could be compared.

    Examples
    --------
    >>> from imbtool import batch
    >>> report = batch({"data": [{"path": "wine_rare", "learners": "logistic", "methods": "none"}]})
    >>> report.answer.tested  # one data set is too few
    False
    """
    from imbtool.batches.face import run
    from imbtool.report.batch.face import BatchReport

    given = {name: value for name, value in work.items() if value is not None}

    def one(entry: Entry, seed: int, shown: Progress, **limits: Any) -> Comparison:
        settings = {**entry.arguments, **given, **limits}
        return compare(entry.data, seed=seed, progress=shown, store=store, **settings).comparison

    return BatchReport(replace(run(suite, one, budget=budget, progress=progress), command=command))


_READING = ("positive", "weight", "group", "time", "drop", "categorical")


def plan(
    data: Any, *, target: Any, store: str | PathLike[str] | Store | None = None, **settings: Any
) -> Plan:
    """Return what `compare` would do with the same arguments: trials, predicted seconds and memory.

    Takes some seconds: every method is run on two small samples of the data.

    Parameters
    ----------
    data, target
        As in `compare`.
    store : path or Store, optional
        A file whose finished trials are left out; it is only read.
    **settings
        Any other argument of `compare` but `progress` and `command`.

    Returns
    -------
    Plan

    Raises
    ------
    ImbtoolError
        As in `compare`.

    Examples
    --------
    >>> from imbtool import plan
    >>> planned = plan("digits8", target="is_eight", learners="logistic", methods="none", repeats=1)
    >>> planned.trials
    30
    """
    from imbtool.evaluation.forecast import forecast

    reading = {name: settings.pop(name) for name in _READING if name in settings}
    options = Options(**settings).checked()
    with Ledger(store) as ledger:
        dataset = load_dataset(
            data,
            target=target,
            **reading,
            cost=options.cost_column,
            value=options.value_column,
            max_rows=options.max_rows,
            seed=options.seed,
        )
        return forecast(dataset, options, ledger)
