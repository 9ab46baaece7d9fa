"""The options of a comparison, checked before anything is read or trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.core.price import price_of
from imbtool.core.quantities import bytes_of, seconds_of
from imbtool.evaluation import plan
from imbtool.evaluation.choice import correction_for, folds_for, named_test

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imbtool.core.price import Price
    from imbtool.core.types import Device
    from imbtool.engine import EngineKind

INNER_FOLDS = 3
"""Folds inside each training part, on which calibrators and thresholds are chosen."""
ENGINES = ("serial", "processes", "dask")
DEVICES = ("auto", "cpu", "cuda")
TOGETHER = ("auto", "recipe", "fold")

_THRESHOLD_METRICS = ("f1", "mcc", "balanced_accuracy", "g_mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for; see `imbtool.compare` for each field."""

    methods: str | Iterable[str] | None = None
    learners: str | Iterable[str] = plan.AUTO
    metric: str | None = None
    threshold_metric: str | None = None
    folds: int | None = None
    repeats: int | None = None
    rope: float = 0.01
    seed: int = 0
    jobs: int | None = None
    max_rows: int | None = None
    inner_folds: int = INNER_FOLDS
    budget: str | float | None = None
    max_memory: str | int | None = None
    method_timeout: str | float | None = None
    engine: EngineKind | None = None
    scheduler: str | None = None
    device: Device | None = None
    together: plan.Together | None = None
    fast: bool = False
    prove: bool = False
    test: str | None = None
    correction: str | None = None
    cost_fn: float | None = None
    cost_fp: float | None = None
    cost_matrix: Any = None
    cost_column: str | None = None
    value_column: str | None = None
    top_k: int | None = None
    top_rate: float | None = None
    min_precision: float | None = None
    min_recall: float | None = None
    emp: str | None = None

    def checked(self) -> Options:
        """Return the options with names resolved and lists read; raise `UsageError` on a bad one."""
        _check_numbers(self)
        price = price_of(self)
        test = named_test(self.test)
        folds, repeats = folds_for(test, self.folds, self.repeats)
        resolved = replace(
            self,
            folds=folds,
            repeats=repeats,
            test=test.name,
            correction=correction_for(test, self.correction),
            cost_matrix=None if price is None else price.cost_matrix,
            emp=None if price is None else price.emp,
            methods=None if self.methods is None else _listed(self.methods),
            learners=_listed(self.learners),
            metric=_metric(self.metric, price),
            threshold_metric=threshold_metric_for(self.threshold_metric, price),
            budget=None if self.budget is None else seconds_of(self.budget, "budget"),
            max_memory=None if self.max_memory is None else bytes_of(self.max_memory, "max_memory"),
            method_timeout=(
                None if self.method_timeout is None else seconds_of(self.method_timeout, "method_timeout")
            ),
            engine=engine_for(self.engine, self.scheduler),
        )
        _check_engine(resolved)
        plan.read_methods(resolved.methods)
        plan.read_learners(resolved.learners)
        return resolved

    @property
    def price(self) -> Price | None:
        """What was asked of the decisions; None when nothing was."""
        return price_of(self)

    @property
    def tests_by(self) -> str:
        """The test that decides, resolved."""
        return named_test(self.test).name

    @property
    def corrects_by(self) -> str:
        """The correction for the number of methods, resolved."""
        return correction_for(named_test(self.test), self.correction)

    @property
    def ranks_by(self) -> str:
        """The metric that ranks the table, resolved."""
        return _metric(self.metric, self.price)

    @property
    def chooses_by(self) -> str:
        """The metric that thresholds are chosen by, resolved."""
        return threshold_metric_for(self.threshold_metric, self.price)


def _metric(name: str | None, price: Price | None) -> str:
    """Return the ranking metric: the one named, else what a price asks for, else PR-AUC."""
    if name is None:
        return (price and price.metric) or "pr_auc"
    found = registry.metric(name).name
    if found in registry.asked() and found not in _measured(price):
        raise UsageError(
            f"{found!r} is measured only where it is asked for.",
            hint="Say what decisions cost, --cost-fn 10 --cost-fp 1, or how many rows: --top-k 200.",
            code="needs-price",
        )
    return found


def _measured(price: Price | None) -> tuple[str, ...]:
    """Return the metrics that there are because of a price."""
    if price is None:
        return ()
    emp = () if price.emp is None else ("emp",)
    if price.capacity:
        more = (f"{price.unit}_at_top", "savings_at_top") if price.money else ()
        return ("precision_at_top", "recall_at_top", *more, *emp)
    return (price.unit, "savings", *emp) if price.money else ()


def threshold_metric_for(name: str | None, price: Price | None) -> str:
    """Return what thresholds are chosen by: what a price asks for, else the metric named, else F1.

    Raises
    ------
    UsageError
        Codes ``bad-threshold-metric``, and ``impossible-combination`` for a metric beside a price that
        says another.
    """
    asked = None if price is None else price.threshold_metric
    if asked is None:
        return threshold_metric_named(name or "f1")
    if name is not None and registry.metric(name).name != asked:
        raise UsageError(
            f"Thresholds are chosen by what was asked for ({price.words() if price else ''}), not by {name}.",
            hint="Leave out --threshold-metric.",
            code="impossible-combination",
        )
    return asked


def _listed(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def threshold_metric_named(name: str) -> str:
    """Return the catalogue name of a metric that thresholds can be chosen by; raise `UsageError` else."""
    info = registry.metric(name)
    if info.name not in _THRESHOLD_METRICS:
        raise UsageError(
            f"A threshold cannot be chosen by {info.label or info.name}: it has no best point of its own.",
            hint=f"Choose one of: {', '.join(_THRESHOLD_METRICS)}.",
            code="bad-threshold-metric",
        )
    return info.name


def _check_numbers(options: Options) -> None:
    lows = {"folds": 2, "repeats": 1, "jobs": 1, "max_rows": 10}
    for name, low in lows.items():
        value = getattr(options, name)
        if value is not None and value < low:
            raise UsageError(
                f"`{name}` must be at least {low}; got {value}.",
                hint=f"For example --{name.replace('_', '-')} {max(low, 5)}.",
                code="bad-number",
            )
    if options.inner_folds != 0 and options.inner_folds < 2:
        raise UsageError(
            f"`inner_folds` must be 0 or at least 2; got {options.inner_folds}.",
            hint="0 chooses no calibrator and no threshold.",
            code="bad-number",
        )
    if not 0 <= options.rope < 1:
        raise UsageError(
            f"`rope` must be at least 0 and below 1; got {options.rope:g}.",
            hint="0.01 treats differences of one hundredth as no difference.",
            code="bad-number",
        )


def engine_for(engine: EngineKind | None, scheduler: str | None) -> EngineKind | None:
    """Return the engine: dask where there is a scheduler; raise `UsageError` where the two do not agree."""
    if engine not in (None, *ENGINES):
        raise UsageError(
            f"There is no engine {engine!r}.",
            hint=f"Engines: {', '.join(ENGINES)}.",
            code="unknown-engine",
        )
    if scheduler and engine is None:
        return "dask"
    if (engine == "dask") != bool(scheduler):
        raise UsageError(
            f"A scheduler belongs to the engine dask; got engine {engine}, scheduler {scheduler or 'none'}.",
            hint="Give both: --engine dask --scheduler tcp://127.0.0.1:8786.",
            code="dask-scheduler",
        )
    return engine


def _check_engine(options: Options) -> None:
    """Raise when the engine cannot do what else was asked for."""
    if options.device not in (None, *DEVICES):
        raise UsageError(
            f"There is no device {options.device!r}.",
            hint=f"Devices: {', '.join(DEVICES)}.",
            code="no-device",
        )
    if options.together not in (None, *TOGETHER):
        raise UsageError(
            f"`together` must be auto, recipe or fold; got {options.together!r}.",
            hint="`fold` trains the networks of all recipes of a fold together.",
            code="unknown-together",
        )
    if options.engine == "dask" and options.max_memory is not None:
        raise UsageError(
            "`max_memory` is for processes on this machine; dask workers have a limit of their own.",
            hint="Start them with: dask worker ADDRESS --memory-limit 8GB",
            code="impossible-combination",
        )
    if options.engine == "serial" and options.max_memory is not None:
        raise UsageError(
            "`max_memory` needs a process that can be stopped; the engine serial has none.",
            hint="Leave --engine out, or use --engine processes.",
            code="impossible-combination",
        )
