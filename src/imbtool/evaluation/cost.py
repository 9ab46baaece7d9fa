"""How long a recipe will take and how much memory it will hold, measured on a small part of the data.

Trainings are run on small samples by the code that will do the work and in the order of the plan, so that a
method of a plug-in is measured as ours are, and what recipes share is paid for by the first one. Time is
processor time of one thread, which another busy process does not change. A learner whose rounds are slow is
given only `ROUNDS` of them, and the plain one some more, by which its time is drawn out to all of them;
samplers are tried with another learner. From there:

- a learner takes ``a + b m`` seconds for m rows, fitted to three sizes;
- a recipe that changes rows adds its own ``c n^p``, with p between 1 and 2 from its two sizes, and has the
  learner train on as many rows as it leaves;
- any other recipe takes a multiple of the learner's time.

Memory is what this process holds now, plus bytes a row as numpy reports them for the plain learner and as
LightGBM needs for bins and gradients, more where rows are added.
"""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry
from imbtool.core.seeds import derive_seed
from imbtool.data.splits import Split
from imbtool.engine.memory import peak, resident
from imbtool.evaluation.costlines import Plain, Probe, curve, line
from imbtool.evaluation.plan import Task
from imbtool.evaluation.work import forget_workspaces, run_task
from imbtool.recipe.parser import parse_recipe
from imbtool.recipe.spec import LearnerSpec, RecipeSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imbtool.core.types import IntArray
    from imbtool.evaluation.errands import Shared

SIZES = (600, 2400)
"""Training rows of the two samples that recipes are run on."""
LARGE = 7200
"""Training rows of the third sample, for plain learners."""
FEWEST = 12
"""Rows that a class keeps in a sample, as far as it has them."""
CELL = 8
"""Bytes of a number."""
ROUNDS = 2
"""Rounds in which recipes are tried with a learner whose rounds are slow."""
MORE_ROUNDS = 6
"""Rounds in which such a learner is tried by itself."""
NOTHING = RecipeSpec()
FINISHER = LearnerSpec("logistic")
"""With what calibrators, thresholds and the samplers of a slow learner are tried: their time is their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one task on one fold takes: seconds of its training and of finishing each recipe, bytes held.

    ``reason`` says why it could not be run on a sample; ``score`` is its average precision there.
    """

    training: float
    finishing: tuple[float, ...]
    memory: int
    reason: str = ""
    score: float = 0.0


class CostModel:
    """Costs of the tasks of one comparison.

    Parameters
    ----------
    shared : Shared
        What the tasks of the comparison share.
    tasks : sequence of Task
        Those of one fold, in the order of the plan.
    clock : callable
        Processor seconds; replaced by tests.
    """

    def __init__(
        self, shared: Shared, tasks: Sequence[Task], clock: Callable[[], float] = time.process_time
    ) -> None:
        self._shared, self._clock = shared, clock
        self._train = max(len(s.train) for s in shared.splits)
        self._test = max(len(s.test) for s in shared.splits)
        self._samples: dict[int, Shared] = {}
        tried = [*dict.fromkeys(_stand_in(_alone(task)) for task in tasks)]
        self._probes = dict(zip(tried, self._measured(tried), strict=True))
        specs = dict.fromkeys(t.learner for t in [*tasks, *tried])
        self._learners = {spec: self._learner(spec) for spec in specs}
        self._finishes: dict[str, float] = {}
        # Not the peak: reading takes more, and gives it back.
        self._base = resident() or peak()

    def cost(self, task: Task) -> Cost:
        """Return what a task will take."""
        tried = _stand_in(_alone(task))
        learner, probes = self._learners[task.learner], self._probes[tried]
        other = self._learners[tried.learner]
        seconds = curve(task.training, learner, probes, other) if task.training.steps else learner.seconds
        last = probes[-1]
        if not any(t.status == "ok" for t in last.trials):
            return Cost(training=0.0, finishing=(), memory=0, reason=last.trials[0].reason)
        return Cost(
            training=sum(seconds(part) for part in self._parts()),
            finishing=tuple(map(self._finishing, task.recipes)),
            memory=self._base + self._held(learner, task.training, last.after / last.rows),
            score=float(last.trials[0].metrics.get("pr_auc", 0.0)),
        )

    def _parts(self) -> list[int]:
        """Return the rows of every training of a task: the whole training part and its inner parts."""
        inner = self._shared.inner_folds
        return [self._train] + [self._train * (inner - 1) // inner] * inner if inner else [self._train]

    def _sizes(self) -> list[int]:
        return sorted({min(size, self._train) for size in SIZES})

    def _measured(self, tasks: Sequence[Task]) -> list[list[Probe]]:
        """Run every task on the samples that its curve needs."""
        found: list[list[Probe]] = [[] for _ in tasks]
        sizes = self._sizes()
        slow = {task.learner: task for task in reversed(tasks) if _rounds(task.learner)}
        for task in tasks:  # the first time may import, and is not timed
            if task == slow.get(task.learner, task):
                forget_workspaces()
                run_task(self._sample(sizes[0]), _hurried(task, 1))
        for size in sizes:
            forget_workspaces()
            for task, mine in zip(tasks, found, strict=True):
                grows = task.training.of("sampler", "ensemble") and task.learner not in slow
                if grows or size == sizes[-1]:
                    mine.append(self._run(_hurried(task, ROUNDS), size))
        forget_workspaces()
        return found

    def _learner(self, spec: LearnerSpec) -> Plain:
        plain = _alone(Task(learner=spec, training=NOTHING, recipes=(), repeat=0, fold=0))
        sizes = [*dict.fromkeys([*self._sizes(), min(LARGE, self._train)])]
        probes, whole = [], []
        for size in sizes:
            forget_workspaces()
            probes.append(self._run(_hurried(plain, ROUNDS), size))
            whole.append(self._drawn_out(plain, size, probes[-1].seconds))
        held = [self._traced(_hurried(plain, 1), size) for size in self._sizes()]
        return Plain(probes, whole, self._sizes(), held)

    def _drawn_out(self, plain: Task, size: int, seconds: float) -> float:
        """Return what all rounds take, where a few took these seconds."""
        rounds = _rounds(plain.learner)
        if rounds <= ROUNDS:
            return seconds
        forget_workspaces()
        more = min(MORE_ROUNDS, rounds)
        one = max(self._run(_hurried(plain, more), size).seconds - seconds, 0.0) / (more - ROUNDS)
        return seconds + one * (rounds - ROUNDS)

    def _run(self, task: Task, size: int) -> Probe:
        began = self._clock()
        trials = run_task(self._sample(size), task)
        seconds = self._clock() - began
        after = sum(trials[0].counts_after) or size
        return Probe(rows=trials[0].n_train, after=after, seconds=seconds, trials=trials)

    def _timed(self, shared: Shared, task: Task) -> float:
        began = self._clock()
        run_task(shared, task)
        return self._clock() - began

    def _traced(self, task: Task, size: int) -> int:
        """Return the bytes that Python and numpy held at most while a task ran."""
        forget_workspaces()
        tracemalloc.start()
        try:
            run_task(self._sample(size), task)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            forget_workspaces()

    def _sample(self, size: int) -> Shared:
        """Return what the tasks share, with one fold of so many training rows and no inner folds."""
        if size not in self._samples:
            s = self._shared
            rows = _thinned(s.splits[0].train, s.y, size, s.seed)
            test = _thinned(s.splits[0].test, s.y, max(1, size * self._test // self._train), s.seed)
            every = np.concatenate([rows, test])
            split = Split(
                repeat=0,
                fold=0,
                train=np.arange(len(rows), dtype=np.int64),
                test=np.arange(len(rows), len(every), dtype=np.int64),
            )
            self._samples[size] = replace(
                s,
                run=f"{s.run}/sample of {size}",
                X=s.X[every],
                y=s.y[every],
                weight=None if s.weight is None else s.weight[every],
                group=None if s.group is None else s.group[every],
                time=None if s.time is None else s.time[every],
                stakes=None if s.stakes is None else s.stakes.take(every),
                splits=(split,),
                inner_folds=0,
            )
        return self._samples[size]

    def _finishing(self, recipe: RecipeSpec) -> float:
        """Return the seconds of calibrator, threshold and metrics of one recipe."""
        steps = recipe.of("calibrator", "threshold") if self._shared.inner_folds else ()
        name = "+".join(map(str, steps)) or "none"
        if name not in self._finishes:
            self._finishes[name] = self._finish_of(name)
        return self._finishes[name]

    def _finish_of(self, name: str) -> float:
        """Measure finishing on a sample with inner folds; it grows with the rows, but for its overhead."""
        recipe, seconds = parse_recipe(name), []
        for size in self._sizes():
            key = f"{self._shared.run}/finish {size}"
            shared = replace(self._sample(size), inner_folds=self._shared.inner_folds, run=key)
            task = Task(learner=FINISHER, training=NOTHING, recipes=(recipe,), repeat=0, fold=0)
            forget_workspaces()
            run_task(shared, task)  # trained here, and only finished again below
            seconds.append(min(self._timed(shared, task) for _ in range(2)))
        forget_workspaces()
        return line(self._sizes(), seconds)(self._train)

    def _held(self, learner: Plain, training: RecipeSpec, growth: float) -> int:
        """Return the bytes that a process holds for a task beside what it holds by itself."""
        n, d = self._shared.X.shape
        classes = len(self._shared.classes)
        inner = self._shared.inner_folds
        # Inner parts stay for the next recipe: each holds (i - 1)/i of the rows, and the rows it scores.
        copies = 1.0 + inner
        numpy_part = learner.bytes_a_row * self._train * copies * (1.0 + max(0.0, growth - 1.0) / 2)
        bins = self._train * (d + 2 * CELL * classes) * (1.0 + growth)
        neighbours = 40 * CELL * self._train * copies if training.cost >= 2 else 0
        return int(n * d * CELL + numpy_part + bins + neighbours)


def _alone(task: Task) -> Task:
    """Return the training of a task, on the only fold of a sample."""
    return replace(task, recipes=(task.training,), repeat=0, fold=0)


def _stand_in(task: Task) -> Task:
    """Return the task with a quick learner where only samplers are to be tried, whose time is their own."""
    slow, steps = _rounds(task.learner), task.training.steps
    return replace(task, learner=FINISHER) if slow and steps == task.training.of("sampler") != () else task


def _rounds(spec: LearnerSpec) -> int:
    """Return the rounds of a learner that are slow; 0 for one that has no such."""
    info = registry.learner(spec.name)
    default = next((param.default for param in info.params if param.name == info.rounds), 0)
    return int(dict(spec.params).get(info.rounds, default) or 0)


def _hurried(task: Task, rounds: int) -> Task:
    """Return the task with at most so many rounds."""
    if _rounds(task.learner) <= rounds:
        return task
    params = {**dict(task.learner.params), registry.learner(task.learner.name).rounds: rounds}
    return replace(task, learner=LearnerSpec(task.learner.name, tuple(sorted(params.items()))))


def _thinned(rows: IntArray, y: IntArray, size: int, seed: int) -> IntArray:
    """Return about `size` of these rows, the classes in their shares but none with less than a few."""
    if len(rows) <= size:
        return rows
    draw = np.random.default_rng(derive_seed(seed, "cost", size))
    found = []
    for code in np.unique(y[rows]):
        mine = rows[y[rows] == code]
        wanted = min(len(mine), max(FEWEST, round(size * len(mine) / len(rows))))
        found.append(draw.choice(mine, wanted, replace=False))
    return np.sort(np.concatenate(found))
