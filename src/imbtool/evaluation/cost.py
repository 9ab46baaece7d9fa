"""How long a recipe will take and how much memory it will hold, measured on a small part of the data.

Every training is run on two small samples by the code that will do the work and in the order of the plan,
so that a method of a plug-in is measured as ours are, and what recipes share is paid for by the first one.
Time is processor time of one thread, which another busy process does not change. From there:

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

from imbtool.core.seeds import derive_seed
from imbtool.data.splits import Split
from imbtool.engine.memory import peak
from imbtool.evaluation.plan import Task
from imbtool.evaluation.work import forget_workspaces, run_task
from imbtool.recipe.parser import parse_recipe
from imbtool.recipe.spec import RecipeSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imbtool.core.types import IntArray
    from imbtool.evaluation.result import Trial
    from imbtool.evaluation.work import Shared
    from imbtool.recipe.spec import LearnerSpec

SIZES = (600, 2400)
"""Training rows of the two samples that every recipe is run on."""
LARGE = 7200
"""Training rows of the third sample, for plain learners."""
FEWEST = 12
"""Rows that a class keeps in a sample, as far as it has them."""
CELL = 8
"""Bytes of a number."""
NOTHING = RecipeSpec()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One training on a sample: rows before and after resampling, processor seconds, what came out."""

    rows: int
    after: int
    seconds: float
    trials: tuple[Trial, ...]


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
        self._probes = self._measured([*dict.fromkeys(_alone(task) for task in tasks)])
        self._learners = {spec: self._learner(spec) for spec in dict.fromkeys(t.learner for t in tasks)}
        self._finishes: dict[str, float] = {}
        self._base = peak()

    def cost(self, task: Task) -> Cost:
        """Return what a task will take."""
        learner, probes = self._learners[task.learner], self._probes[_alone(task)]
        seconds = _curve(task.training, learner, probes) if task.training.steps else learner.seconds
        last = probes[-1]
        if not any(t.status == "ok" for t in last.trials):
            return Cost(training=0.0, finishing=(), memory=0, reason=last.trials[0].reason)
        return Cost(
            training=sum(seconds(part) for part in self._parts()),
            finishing=tuple(self._finishing(task.learner, r) for r in task.recipes),
            memory=self._base + self._held(learner, task.training, last.after / last.rows),
            score=float(last.trials[0].metrics.get("pr_auc", 0.0)),
        )

    def _parts(self) -> list[int]:
        """Return the rows of every training of a task: the whole training part and its inner parts."""
        inner = self._shared.inner_folds
        return [self._train] + [self._train * (inner - 1) // inner] * inner if inner else [self._train]

    def _sizes(self) -> list[int]:
        return sorted({min(size, self._train) for size in SIZES})

    def _measured(self, tasks: Sequence[Task]) -> dict[Task, list[Probe]]:
        """Run every task on every sample."""
        found: dict[Task, list[Probe]] = {task: [] for task in tasks}
        for task in tasks:  # the first time may import, and is not timed
            forget_workspaces()
            run_task(self._sample(self._sizes()[0]), task)
        for size in self._sizes():
            forget_workspaces()
            for task in tasks:
                found[task].append(self._run(task, size))
        forget_workspaces()
        return found

    def _learner(self, spec: LearnerSpec) -> _Learner:
        plain = _alone(Task(learner=spec, training=NOTHING, recipes=(), repeat=0, fold=0))
        sizes = [*self._sizes(), min(LARGE, self._train)]
        probes = []
        for size in dict.fromkeys(sizes):
            forget_workspaces()
            probes.append(self._run(plain, size))
        held = [self._traced(plain, size) for size in sizes[:-1]]
        return _Learner(probes, sizes[:-1], held)

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

    def _finishing(self, learner: LearnerSpec, recipe: RecipeSpec) -> float:
        """Return the seconds of calibrator, threshold and metrics of one recipe."""
        steps = recipe.of("calibrator", "threshold") if self._shared.inner_folds else ()
        name = "+".join(map(str, steps)) or "none"
        if name not in self._finishes:
            self._finishes[name] = self._finish_of(name, learner)
        return self._finishes[name]

    def _finish_of(self, name: str, learner: LearnerSpec) -> float:
        """Measure finishing on a sample with inner folds; it grows with the rows, but for its overhead."""
        recipe, seconds = parse_recipe(name), []
        for size in self._sizes():
            key = f"{self._shared.run}/finish {size}"
            shared = replace(self._sample(size), inner_folds=self._shared.inner_folds, run=key)
            task = Task(learner=learner, training=NOTHING, recipes=(recipe,), repeat=0, fold=0)
            forget_workspaces()
            run_task(shared, task)  # trained here, and only finished again below
            seconds.append(min(self._timed(shared, task) for _ in range(2)))
        forget_workspaces()
        return _line(self._sizes(), seconds)(self._train)

    def _held(self, learner: _Learner, training: RecipeSpec, growth: float) -> int:
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


class _Learner:
    """A plain learner: seconds and bytes by the number of rows."""

    def __init__(self, probes: Sequence[Probe], sizes: Sequence[int], held: Sequence[int]) -> None:
        self.probes = list(probes)
        self.seconds = _line([p.rows for p in probes], [p.seconds for p in probes])
        spread = sizes[-1] - sizes[0]
        self.bytes_a_row = max(0.0, (held[-1] - held[0]) / spread if spread else held[0] / sizes[0])


def _alone(task: Task) -> Task:
    """Return the training of a task, on the only fold of a sample."""
    return replace(task, recipes=(task.training,), repeat=0, fold=0)


def _curve(training: RecipeSpec, learner: _Learner, probes: Sequence[Probe]) -> Callable[[int], float]:
    """Return the seconds of a recipe's training by the number of rows."""
    small, large = probes[0], probes[-1]
    growth = large.after / large.rows
    if training.of("ensemble"):  # of members whose rows need not grow as the data does
        return _line([p.rows for p in probes], [p.seconds for p in probes])
    if training.of("sampler"):
        own = [max(1e-6, p.seconds - learner.seconds(p.after)) for p in (small, large)]
        # What is hardly more than noise grows with the rows.
        known = large.rows > small.rows and own[1] > 0.1 * large.seconds
        power = float(np.log(own[1] / own[0]) / np.log(large.rows / small.rows)) if known else 1.0
        power = min(2.0, max(1.0, power))
        return lambda n: learner.seconds(int(growth * n)) + own[1] * (n / large.rows) ** power
    ratio = large.seconds / max(1e-6, learner.seconds(large.rows))
    return lambda n: ratio * learner.seconds(n)


def _line(rows: Sequence[int], seconds: Sequence[float]) -> Callable[[int], float]:
    """Return ``a + b n`` through the last two sizes, neither falling nor below half of what was measured."""
    if len(rows) < 2 or rows[-1] == rows[-2]:
        return lambda n: seconds[-1] * (n / rows[-1])
    slope = max(0.0, (seconds[-1] - seconds[-2]) / (rows[-1] - rows[-2]))
    start = seconds[-1] - slope * rows[-1]
    return lambda n: max(start + slope * n, min(seconds) / 2)


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
