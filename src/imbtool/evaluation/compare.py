"""Running a comparison from a data set to a verdict."""

from __future__ import annotations

import platform
import time
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool import registry
from imbtool.core.errors import DataError, UsageError
from imbtool.core.progress import NullProgress
from imbtool.data.splits import outer_splits, resolve_folds
from imbtool.engine import default_jobs, make_engine
from imbtool.evaluation import plan
from imbtool.evaluation.result import ColumnSummary, Comparison, DatasetSummary, Settings, Trial
from imbtool.evaluation.table import Table, results, scale_of
from imbtool.evaluation.verdict import Evidence, decide
from imbtool.evaluation.wording import label, put_into_words
from imbtool.evaluation.work import Shared, forget_workspaces, run_task
from imbtool.metrics.chance import no_skill

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imbtool.core.progress import Progress
    from imbtool.data.dataset import Dataset
    from imbtool.engine import Engine
    from imbtool.evaluation.plan import Candidate
    from imbtool.evaluation.result import Verdict
    from imbtool.recipe.spec import LearnerSpec

INNER_FOLDS = 3
_REPEATS = ((2_000, 5), (10_000, 3), (50_000, 2))


def compare_dataset(
    dataset: Dataset,
    *,
    methods: str | Iterable[str] | None = None,
    learners: str | Iterable[str] = plan.AUTO,
    metric: str = "pr_auc",
    threshold_metric: str = "f1",
    folds: int | None = None,
    repeats: int | None = None,
    rope: float = 0.01,
    seed: int = 0,
    jobs: int | None = None,
    max_rows: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare recipes on one data set; see `imbtool.compare` for the parameters.

    Raises
    ------
    UsageError
        An unknown or impossible method, learner, metric or option.
    DataError
        The data cannot be split as asked.
    KeyboardInterrupt
        Interrupted before one fold was complete; later, what is complete is returned.
    """
    began = time.perf_counter()
    run = _Run(
        dataset,
        methods=methods,
        learners=learners,
        metric=metric,
        threshold_metric=threshold_metric,
        folds=folds,
        repeats=repeats,
        rope=rope,
        seed=seed,
        jobs=jobs,
        progress=progress or NullProgress(),
    )
    complete = run.execute()
    return replace(
        run.report(), settings=run.settings(max_rows), complete=complete, seconds=time.perf_counter() - began
    )


def auto_repeats(n_rows: int) -> int:
    """Return how often the folds are redrawn: small data is noisy and cheap, large is neither."""
    return next((repeats for bound, repeats in _REPEATS if n_rows <= bound), 1)


class _Run:
    """One comparison while it runs."""

    def __init__(
        self,
        dataset: Dataset,
        *,
        methods: str | Iterable[str] | None,
        learners: str | Iterable[str],
        metric: str,
        threshold_metric: str,
        folds: int | None,
        repeats: int | None,
        rope: float,
        seed: int,
        jobs: int | None,
        progress: Progress,
    ) -> None:
        self.dataset = dataset
        self.metric = registry.metric(metric).name
        self.threshold_metric = _threshold_metric(threshold_metric)
        _check_numbers(folds=folds, repeats=repeats, rope=rope, jobs=jobs)
        self.rope, self.seed, self.jobs = rope, seed, jobs
        self.recipes = plan.read_methods(methods)
        self.learners, self.auto = plan.read_learners(learners)
        self.folds, notes = resolve_folds(dataset, folds)
        wanted = auto_repeats(dataset.n_rows) if repeats is None else repeats
        self.splits, more = outer_splits(dataset, folds=self.folds, repeats=wanted, seed=seed)
        self.repeats = 1 + max(s.repeat for s in self.splits)
        self.notes = [*notes, *more]
        self.progress = progress
        self.trials: dict[tuple[str, str, int, int], Trial] = {}
        self.done = self.total = 0

    def execute(self) -> bool:
        """Run all stages; return False when interrupted after at least one complete fold."""
        try:
            for rows in self._stages():
                self._run(rows)
        except KeyboardInterrupt:
            self._keep_complete_folds()
            self.notes.append("Interrupted: only the folds that were complete are reported.")
            return False
        finally:
            self.progress.finish()
            forget_workspaces()
        return True

    def _stages(self) -> Iterable[Sequence[Candidate]]:
        """Yield the rows to run.

        With ``auto``: the controls of every learner first, then the whole catalogue with the learner
        that does best untreated.
        """
        if not self.auto:
            yield plan.candidates(self.recipes, self.learners)
            return
        first = [r for r in self.recipes if r.control]
        yield plan.candidates(first, self.learners)
        chosen = self._pick_learner()
        rest = [r for r in self.recipes if not r.control]
        others = ", ".join(str(x) for x in self.learners if x != chosen)
        self.notes.append(
            f"auto: {chosen} did best untreated and was given every treatment; {others} had the controls."
        )
        yield plan.candidates(rest, (chosen,))

    def _pick_learner(self) -> LearnerSpec:
        """Return the first learner of the catalogue whose plain mean is equivalent to the best one's."""
        table = Table(self.trials.values())
        scale = self._scale(table)
        sign = 1.0 if scale.greater_is_better else -1.0
        judge = "none" if registry.metric(self.metric).family == "ranking" else "threshold"
        means = {x: sign * _nanmean(table.judged((str(x), judge), self.metric)) for x in self.learners}
        best = max(means.values())
        return next(x for x, mean in means.items() if mean >= best - scale.rope)

    def _run(self, rows: Sequence[Candidate]) -> None:
        folds = [(s.repeat, s.fold) for s in self.splits]
        able = []
        for row in rows:
            reason = plan.not_applicable(row)
            if reason:
                self._refuse(row, reason)
            else:
                able.append(row)
        tasks = plan.tasks(able, folds)
        if not tasks:
            return
        self.total += sum(len(t.recipes) for t in tasks)
        self.progress.start(self.total, "starting")
        engine = make_engine(self.jobs, len(tasks))
        self._collect(engine, tasks)

    def _collect(self, engine: Engine, tasks: Sequence[plan.Task]) -> None:
        for outcome in engine.run(run_task, self._shared(), tasks):
            task = tasks[outcome.index]
            for trial in outcome.value:
                self.trials[trial.learner, trial.recipe, trial.repeat, trial.fold] = trial
            self.done += len(task.recipes)
            where = f"{task.learner} {task.training}, fold {task.fold + 1}"
            if self.repeats > 1:
                where += f", repeat {task.repeat + 1}"
            self.progress.advance(len(task.recipes), where)

    def _refuse(self, row: Candidate, reason: str) -> None:
        for split in self.splits:
            trial = Trial(
                learner=str(row.learner),
                recipe=str(row.recipe),
                repeat=split.repeat,
                fold=split.fold,
                status="not-applicable",
                reason=reason,
                n_train=split.train.shape[0],
                n_test=split.test.shape[0],
            )
            self.trials[trial.learner, trial.recipe, trial.repeat, trial.fold] = trial

    def _keep_complete_folds(self) -> None:
        """Keep the folds that every row of the table has; raise when there is none."""
        rows = {key[:2] for key in self.trials}
        by_fold: dict[tuple[int, int], set[tuple[str, str]]] = {}
        for key in self.trials:
            by_fold.setdefault(key[2:], set()).add(key[:2])
        complete = {fold for fold, have in by_fold.items() if have == rows}
        if not complete:
            raise KeyboardInterrupt
        self.trials = {k: t for k, t in self.trials.items() if k[2:] in complete}

    def _shared(self) -> Shared:
        d = self.dataset
        return Shared(
            run=f"{d.fingerprint}/{self.seed}/{self.folds}/{self.threshold_metric}",
            X=d.X,
            y=d.y,
            weight=d.weight,
            group=d.group,
            time=d.time,
            layout=d.layout,
            classes=d.classes,
            splits=tuple(self.splits),
            inner_folds=INNER_FOLDS,
            threshold_metric=self.threshold_metric,
            seed=self.seed,
        )

    def _shares(self) -> list[float]:
        counts = self.dataset.counts
        return [c / sum(counts) for c in counts]

    def _scale(self, table: Table) -> Any:
        return scale_of(self.metric, self.rope, self._shares(), table.test_ratio())

    def report(self) -> Comparison:
        """Return the comparison of the trials that are there."""
        trials = tuple(self.trials[k] for k in sorted(self.trials, key=lambda k: (k[2], k[3])))
        table = Table(trials)
        rows = results(table, self.metric, self.rope, self._shares())
        if not any(r.status == "ok" for r in rows):
            reason = next((r.reason for r in rows if r.reason), "unknown")
            raise DataError(
                f"Nothing could be trained on this data: {reason}.",
                hint="Look at the columns that were kept, or try other learners with --learners.",
                code="nothing-trained",
            )
        return Comparison(
            dataset=summarise(self.dataset),
            settings=self.settings(None),
            verdict=self._verdict(table, rows),
            methods=rows,
            trials=trials,
            environment=environment(self.jobs),
            notes=tuple(self.notes),
        )

    def _verdict(self, table: Table, rows: Sequence[Any]) -> Verdict:
        evidence = Evidence(
            table=table,
            rows={(r.learner, r.recipe): r for r in rows},
            scale=self._scale(table),
            settings=self.settings(None),
            counts=self.dataset.counts,
            rare=self.dataset.rare,
            no_skill=no_skill(
                self.threshold_metric,
                self.dataset.y,
                self.dataset.n_classes,
                sample_weight=self.dataset.weight,
            ),
        )
        return put_into_words(decide(evidence), evidence, self.dataset.classes)

    def settings(self, max_rows: int | None) -> Settings:
        """Return the resolved settings."""
        return Settings(
            metric=self.metric,
            threshold_metric=self.threshold_metric,
            folds=self.folds,
            repeats=self.repeats,
            inner_folds=INNER_FOLDS,
            rope=self.rope,
            seed=self.seed,
            learners=(plan.AUTO,) if self.auto else tuple(map(str, self.learners)),
            methods=tuple(map(str, self.recipes)),
            splitter=_splitter(self.dataset),
            max_rows=max_rows,
        )


def _nanmean(values: Any) -> float:
    return float(np.nanmean(values)) if not np.isnan(values).all() else float("-inf")


def _splitter(dataset: Dataset) -> str:
    if dataset.time is not None:
        return "forward chaining in time" + (", groups apart" if dataset.group is not None else "")
    return "stratified by class, groups apart" if dataset.group is not None else "stratified by class"


def _threshold_metric(name: str) -> str:
    info = registry.metric(name)
    usable = ("f1", "mcc", "balanced_accuracy", "g_mean")
    if info.name not in usable:
        raise UsageError(
            f"A threshold cannot be chosen by {label(info.name)}: it has no best point of its own.",
            hint=f"Choose one of: {', '.join(usable)}.",
            code="bad-threshold-metric",
        )
    return info.name


def _check_numbers(*, folds: int | None, repeats: int | None, rope: float, jobs: int | None) -> None:
    for name, value, low in (("folds", folds, 2), ("repeats", repeats, 1), ("jobs", jobs, 1)):
        if value is not None and value < low:
            raise UsageError(f"`{name}` must be at least {low}; got {value}.", code="bad-number")
    if not 0 <= rope < 1:
        raise UsageError(f"`rope` must be at least 0 and below 1; got {rope:g}.", code="bad-number")


def summarise(dataset: Dataset) -> DatasetSummary:
    """Return what reports tell about a data set."""
    return DatasetSummary(
        name=dataset.name,
        source=dataset.source,
        fingerprint=dataset.fingerprint,
        target=dataset.target,
        task=dataset.task,
        n_rows=dataset.n_rows,
        n_features=dataset.layout.n_features,
        n_missing=int(np.isnan(dataset.X).sum()),
        classes=dataset.classes,
        counts=dataset.counts,
        rare=dataset.rare,
        columns=tuple(
            ColumnSummary(
                name=c.name,
                role=c.role,
                kind=c.kind,
                n_missing=c.n_missing,
                n_unique=c.n_unique,
                reason=c.reason,
            )
            for c in dataset.schema.columns
        ),
        findings=dataset.findings,
    )


def environment(jobs: int | None) -> dict[str, Any]:
    """Return what the numbers may depend on."""
    packages = ("imbtool", "numpy", "scipy", "pandas", "scikit-learn", "imbalanced-learn", "lightgbm")
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "jobs": jobs or default_jobs(),
        "packages": {name: version(name) for name in packages},
    }
