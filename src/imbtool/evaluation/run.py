"""One comparison while it runs: stages, trials, interruption, report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.core.errors import DataError, ImbtoolError
from imbtool.data.splits import outer_splits, resolve_folds
from imbtool.engine import make_engine
from imbtool.evaluation import plan
from imbtool.evaluation.ledger import Ledger
from imbtool.evaluation.result import Comparison, Settings, Trial
from imbtool.evaluation.summary import environment, summarise
from imbtool.evaluation.table import Scale, Table, best_untreated, results, scale_of
from imbtool.evaluation.verdict import Evidence, decide
from imbtool.evaluation.wording import put_into_words
from imbtool.evaluation.work import Shared, forget_workspaces, run_task
from imbtool.metrics.chance import no_skill

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imbtool.core.progress import Progress
    from imbtool.data.dataset import Dataset
    from imbtool.engine import Engine
    from imbtool.evaluation.options import Options
    from imbtool.evaluation.plan import Candidate
    from imbtool.evaluation.result import MethodResult, Verdict
    from imbtool.recipe.spec import LearnerSpec

INNER_FOLDS = 3


class Run:
    """One comparison while it runs."""

    def __init__(
        self, dataset: Dataset, options: Options, progress: Progress, ledger: Ledger | None = None
    ) -> None:
        self.dataset = dataset
        self.options = options
        self.metric, self.seed, self.rope = options.metric, options.seed, options.rope
        self.recipes = plan.read_methods(options.methods)
        self.learners, self.auto = plan.read_learners(options.learners)
        self.folds, notes = resolve_folds(dataset, options.folds)
        wanted = auto_repeats(dataset.n_rows) if options.repeats is None else options.repeats
        self.splits, more = outer_splits(dataset, folds=self.folds, repeats=wanted, seed=options.seed)
        self.repeats = 1 + max(s.repeat for s in self.splits)
        self.notes = [*notes, *more]
        self.progress = progress
        self.ledger = Ledger() if ledger is None else ledger
        self.trials: dict[tuple[str, str, int, int], Trial] = {}
        self.order: dict[tuple[str, str], int] = {}
        self.total = 0

    def execute(self) -> bool:
        """Run all stages; return False when interrupted after at least one complete fold."""
        self.ledger.begin(self.dataset, self.settings(), len(self.splits), self.progress)
        try:
            for rows in self._stages():
                self._run(rows)
        except ImbtoolError:
            self.ledger.stopped()
            raise
        except KeyboardInterrupt:
            self.ledger.stopped()
            self._keep_complete_folds()
            self.notes.append("Interrupted: only the folds that were complete are reported.")
            return False
        finally:
            self.progress.finish()
            forget_workspaces()
        return True

    def _stages(self) -> Iterable[Sequence[Candidate]]:
        """Yield the rows to run.

        With ``auto``: every learner first with what needs no training of its own, then the whole
        catalogue with the learner that does best untreated.
        """
        if not self.auto:
            yield plan.candidates(self.recipes, self.learners)
            return
        first = [r for r in self.recipes if r.cost == 0]
        yield plan.candidates(first, self.learners)
        chosen = self._pick_learner()
        rest = [r for r in self.recipes if r.cost > 0]
        self.notes.append(
            f"auto: every treatment ran with {chosen}, untreated the best of the quick learners or not to be "
            "told from it; the others stand in the table untreated."
        )
        yield plan.candidates(rest, (chosen,))

    def _pick_learner(self) -> LearnerSpec:
        """Return the learner that is given every treatment."""
        table = Table(self._ordered_trials())
        quick = [str(x) for x in self.learners if registry.learner(x.name).quick]
        name = best_untreated(table, quick, self._scale(table))
        return next(x for x in self.learners if str(x) == name)

    def _run(self, rows: Sequence[Candidate]) -> None:
        folds = [(s.repeat, s.fold) for s in self.splits]
        able = []
        for row in rows:
            self.order.setdefault((str(row.learner), str(row.recipe)), len(self.order))
            reason = plan.not_applicable(row)
            if reason:
                self._refuse(row, reason)
            else:
                able.append(row)
        tasks = self._missing(able, folds)
        if not tasks:
            return
        self.total += sum(len(t.recipes) for t in tasks)
        self.progress.start(self.total, "starting")
        engine = make_engine(self.options.jobs, len(tasks))
        self._collect(engine, tasks)

    def _missing(self, rows: Sequence[Candidate], folds: Sequence[tuple[int, int]]) -> list[plan.Task]:
        """Return the tasks of what an earlier run has not left finished."""
        lines = [(str(row.learner), str(row.recipe)) for row in rows]
        self.trials.update(self.ledger.known(lines, folds))
        tasks = []
        for task in plan.tasks(rows, folds):
            left = tuple(
                r
                for r in task.recipes
                if (str(task.learner), str(r), task.repeat, task.fold) not in self.trials
            )
            if left:
                tasks.append(replace(task, recipes=left))
        return tasks

    def _collect(self, engine: Engine, tasks: Sequence[plan.Task]) -> None:
        for outcome in engine.run(run_task, self._shared(), tasks):
            task = tasks[outcome.number]
            self.ledger.record(outcome.value)
            for trial in outcome.value:
                self.trials[trial.learner, trial.recipe, trial.repeat, trial.fold] = trial
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
        """Keep the folds that every row has, else the rows that have every fold; raise when neither is."""
        have: dict[tuple[str, str], set[tuple[int, int]]] = {}
        for learner, recipe, *fold in self.trials:
            have.setdefault((learner, recipe), set()).add((fold[0], fold[1]))
        folds = set.intersection(*have.values()) if have else set()
        if not folds:
            every = {(s.repeat, s.fold) for s in self.splits}
            have = {row: mine for row, mine in have.items() if mine == every}
            folds = every
        self.trials = {k: t for k, t in self.trials.items() if k[:2] in have and k[2:] in folds}
        if not any(t.status == "ok" for t in self.trials.values()):
            raise KeyboardInterrupt

    def _shared(self) -> Shared:
        d = self.dataset
        return Shared(
            run=f"{d.fingerprint}/{self.seed}/{self.folds}/{self.options.threshold_metric}",
            X=d.X,
            y=d.y,
            weight=d.weight,
            group=d.group,
            time=d.time,
            layout=d.layout,
            classes=d.classes,
            splits=tuple(self.splits),
            inner_folds=INNER_FOLDS,
            threshold_metric=self.options.threshold_metric,
            seed=self.seed,
        )

    def _shares(self) -> list[float]:
        counts = self.dataset.counts
        return [c / sum(counts) for c in counts]

    def _scale(self, table: Table) -> Scale:
        return scale_of(self.metric, self.rope, self._shares(), table.test_ratio())

    def _ordered_trials(self) -> tuple[Trial, ...]:
        """Return the trials by the plan, not by who finished first: order decides between equals (law 3)."""
        keys = sorted(self.trials, key=lambda k: (k[2], k[3], self.order[k[0], k[1]]))
        return tuple(self.trials[k] for k in keys)

    def report(self) -> Comparison:
        """Return the comparison of the trials that are there."""
        trials = self._ordered_trials()
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
            settings=self.settings(),
            verdict=self._verdict(table, rows),
            methods=rows,
            trials=trials,
            environment=environment(self.options.jobs),
            notes=tuple(self.notes),
        )

    def _verdict(self, table: Table, rows: Sequence[MethodResult]) -> Verdict:
        evidence = Evidence(
            table=table,
            rows={(r.learner, r.recipe): r for r in rows},
            scale=self._scale(table),
            settings=self.settings(),
            counts=self.dataset.counts,
            rare=self.dataset.rare,
            no_skill=no_skill(
                self.options.threshold_metric,
                self.dataset.y,
                self.dataset.n_classes,
                sample_weight=self.dataset.weight,
            ),
        )
        return put_into_words(decide(evidence), evidence, self.dataset.classes)

    def settings(self) -> Settings:
        """Return the resolved settings."""
        return Settings(
            metric=self.metric,
            threshold_metric=self.options.threshold_metric,
            folds=self.folds,
            repeats=self.repeats,
            inner_folds=INNER_FOLDS,
            rope=self.rope,
            seed=self.seed,
            learners=(plan.AUTO,) if self.auto else tuple(map(str, self.learners)),
            methods=tuple(map(str, self.recipes)),
            splitter=_splitter(self.dataset),
            max_rows=self.options.max_rows,
        )


def _splitter(dataset: Dataset) -> str:
    if dataset.time is not None:
        return "forward chaining in time" + (", groups apart" if dataset.group is not None else "")
    return "stratified by class, groups apart" if dataset.group is not None else "stratified by class"


_REPEATS = ((5_000, 3), (50_000, 2))


def auto_repeats(n_rows: int) -> int:
    """Return how often the folds are redrawn: small data is noisy and cheap, large is neither."""
    return next((repeats for bound, repeats in _REPEATS if n_rows <= bound), 1)
