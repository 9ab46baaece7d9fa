"""What a comparison would do, before it does it: trials, predicted seconds and memory, what is stored."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.core.quantities import spell_bytes, spell_seconds
from imbtool.engine import default_jobs
from imbtool.evaluation import plan
from imbtool.evaluation.cost import CostModel
from imbtool.evaluation.design import Design
from imbtool.evaluation.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.data.dataset import Dataset
    from imbtool.evaluation.cost import Cost
    from imbtool.evaluation.options import Options
    from imbtool.evaluation.plan import Candidate
    from imbtool.recipe.spec import LearnerSpec

STARTING = 2.0
"""Seconds until worker processes have imported what they need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One row of a plan.

    Parameters
    ----------
    learner, recipe : str
    trials : int
        Trials of the whole comparison.
    stored : int
        Those that are finished already.
    seconds : float
        Predicted processor seconds of the others. A training that several recipes share is counted for the
        first of them.
    memory : int
        Bytes that a worker holds at most while it works on it.
    reason : str
        Why it is not run; empty when it is.
    """

    learner: str
    recipe: str
    trials: int
    stored: int = 0
    seconds: float = 0.0
    memory: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a comparison would do.

    Parameters
    ----------
    name : str
        The data set.
    n_rows, n_features : int
    folds, repeats, splits : int
        `splits` is how many test folds there are in all.
    jobs : int
        Workers.
    trials, stored : int
        Trials in all, and those finished already.
    seconds : float
        Predicted processor seconds of what is missing, all workers together.
    wall : float
        Predicted wall time on cores that nobody else uses.
    memory : int
        Predicted bytes that all processes hold at most.
    rows : tuple of Forecast
        In the order in which they run.
    notes : tuple of str
        What the reader should know.
    """

    name: str
    n_rows: int
    n_features: int
    folds: int
    repeats: int
    splits: int
    jobs: int
    trials: int
    stored: int
    seconds: float
    wall: float
    memory: int
    rows: tuple[Forecast, ...]
    notes: tuple[str, ...] = ()


def forecast(dataset: Dataset, options: Options, ledger: Ledger | None = None) -> Plan:
    """Return the plan of a comparison; see `imbtool.plan`."""
    design = Design.of(dataset, options.checked())
    first = [row for row in design.first() if not design.refusal(row)]
    notes = list(design.notes)
    wanted = list(design.first())
    chosen: LearnerSpec | None = None
    costs = _costs(design, first)
    if design.auto:
        chosen = _likely(design, costs)
        rest = [row for row in design.second(chosen) if not design.refusal(row)]
        wanted += design.second(chosen)
        costs |= _costs(design, [*[r for r in first if r.learner == chosen], *rest])
        notes.append(f"auto: treatments are predicted with {chosen}; the run may choose another learner.")
    stored = (ledger or Ledger()).peek(dataset, design.settings())
    rows = tuple(_row(design, row, costs, stored) for row in dict.fromkeys(wanted))
    found = _summed(design, rows, notes)
    budget = design.options.budget
    if budget is None or found.wall <= float(budget):
        return found
    note = (
        f"This is more than the budget of {spell_seconds(float(budget))}: further repeats will be cut off, "
        "or where not all of the first fits, other learners and the treatments worth least a second."
    )
    return replace(found, notes=(*notes, note))


def _costs(design: Design, rows: Sequence[Candidate]) -> dict[Candidate, tuple[float, Cost]]:
    """Return for each row the seconds of one fold that are counted for it, and the cost of its task."""
    tasks = plan.tasks(rows, design.places[:1])
    model = CostModel(design.shared(), tasks)
    found = {}
    for task in tasks:
        cost = model.cost(task)
        for number, recipe in enumerate(task.recipes):
            own = cost.finishing[number] if cost.finishing else 0.0
            row = plan.Candidate(task.learner, recipe)
            found[row] = ((cost.training if number == 0 else 0.0) + own, cost)
    return found


def _likely(design: Design, costs: dict[Candidate, tuple[float, Cost]]) -> LearnerSpec:
    """Return the quick learner whose plain model ranks best on the sample."""
    plain = {row.learner: cost.score for row, (_, cost) in costs.items() if not row.recipe.steps}
    quick = [x for x in design.learners if registry.learner(x.name).quick and x in plain]
    return max(quick or list(design.learners), key=lambda x: plain.get(x, 0.0))


def _row(
    design: Design,
    row: Candidate,
    costs: dict[Candidate, tuple[float, Cost]],
    stored: set[tuple[str, str, int, int]],
) -> Forecast:
    name = (str(row.learner), str(row.recipe))
    there = sum((*name, *place) in stored for place in design.places)
    refusal = design.refusal(row)
    if refusal:
        return Forecast(learner=name[0], recipe=name[1], trials=0, reason=refusal)
    each, cost = costs[row]
    reason = cost.reason and f"on a sample: {cost.reason}"
    limit = design.options.max_memory
    if limit is not None and cost.memory > int(limit):
        reason = f"may be cut off: more memory than {spell_bytes(int(limit))}"
    return Forecast(
        learner=name[0],
        recipe=name[1],
        trials=len(design.places),
        stored=there,
        seconds=each * (len(design.places) - there),
        memory=cost.memory,
        reason=reason,
    )


def _summed(design: Design, rows: tuple[Forecast, ...], notes: Sequence[str]) -> Plan:
    trials, stored = sum(r.trials for r in rows), sum(r.stored for r in rows)
    largest = max((r.memory for r in rows), default=0)
    own = min((r.memory for r in rows if r.memory), default=0)
    jobs = max(1, min(design.options.jobs or default_jobs(), trials - stored))
    limit = design.options.max_memory
    while limit is not None and jobs > 1 and own + jobs * largest > int(limit):
        jobs -= 1
    seconds = math.fsum(r.seconds for r in rows)
    return Plan(
        name=design.dataset.name,
        n_rows=design.dataset.n_rows,
        n_features=design.dataset.layout.n_features,
        folds=design.folds,
        repeats=design.repeats,
        splits=len(design.places),
        jobs=jobs,
        trials=trials,
        stored=stored,
        seconds=seconds,
        wall=seconds / jobs + (STARTING if jobs > 1 and trials > stored else 0.0),
        memory=largest if jobs == 1 else own + jobs * largest,
        rows=rows,
        notes=tuple(notes),
    )
