"""The proof of a comparison: which controls it takes, and what they and the table say together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.data.audit import audit, find_copies
from imbtool.data.dataset import Finding
from imbtool.engine.serial import SerialEngine
from imbtool.evaluation.proof.errands import ControlTask, run_control
from imbtool.evaluation.proof.overlap import overlaps
from imbtool.evaluation.proof.result import Control, Proof
from imbtool.evaluation.proof.words import summary
from imbtool.recipe.parser import parse_learner, parse_recipe
from imbtool.recipe.spec import RecipeSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imbtool.engine import Engine, Limits
    from imbtool.evaluation.design import Design
    from imbtool.evaluation.proof.errands import ControlOutcome
    from imbtool.evaluation.proof.result import Overlap
    from imbtool.evaluation.result import Comparison, Trial

    Look = tuple[tuple[Finding, ...], tuple[Overlap, ...]]

LEVEL = 0.002
"""How often all controls of an honest comparison together may raise an alarm."""
SHARE = 0.08
"""Trainings of a control, at most, per training of the same recipe in the comparison."""
DRAWS = 3
"""Permutations of the plain learner with --prove."""
_FINEST = 1e-5


def prove(
    design: Design,
    comparison: Comparison,
    engine: Engine,
    limits: Limits,
    looked: Callable[[], Look] | None = None,
) -> Proof:
    """Return the proof of a comparison.

    By default the plain learner of the verdict, the verdict's recipe and everything that comes from
    another package are trained on a permuted target; deep, every recipe is, on all folds of one repeat.

    Parameters
    ----------
    design : Design
    comparison : Comparison
        Whose trials and verdict there are already.
    engine : Engine
    limits : Limits
    looked : callable, optional
        From `begin_looking`, where that was called before.
    """
    dataset = design.dataset
    tasks = list(dict.fromkeys(_tasks(design, comparison)))
    outcomes: dict[int, ControlOutcome | str] = dict.fromkeys(range(len(tasks)), "the time was over")
    looked = looked or begin_looking(design, beside=not isinstance(engine, SerialEngine))
    for outcome in engine.run(run_control, design.shared(), tasks, limits):
        outcomes[outcome.number] = _why(outcome.stopped) if outcome.stopped else outcome.value
    controls = tuple(_control(task, outcomes[n], len(tasks)) for n, task in enumerate(tasks))
    seen, shared_rows = looked()
    fitted = [on for trial in comparison.trials for on in trial.fitted.values()]
    findings = (
        *seen,
        *(f for f in dataset.findings if f.code == "gives-target-away"),
        *(f for control in controls for f in _above(control)),
        *(f for n, task in enumerate(tasks) for f in _suspicious(task, outcomes[n])),
        *_fitted_on_test(comparison.trials),
        *_split_groups(shared_rows),
    )
    findings = tuple({(f.code, f.column, f.message): f for f in findings}.values())
    return Proof(
        holds=not findings,
        depth="deep" if design.options.prove else "standard",
        summary=summary(findings, controls, shared_rows, len(fitted)),
        findings=findings,
        controls=controls,
        level=LEVEL,
        overlaps=shared_rows,
        n_fitted=len(fitted),
        n_row_sets=len({on.digest for on in fitted}),
        n_fitted_on_test_rows=sum(on.test_rows > 0 for on in fitted),
    )


def begin_looking(design: Design, *, beside: bool) -> Callable[[], Look]:
    """Begin to look at the table and its splits; return what waits for the end of it.

    `beside` says whether it is others who train meanwhile: while this very process does, it ignores warnings,
    which threads cannot do apart.
    """

    def look() -> Look:
        copies = find_copies(design.dataset.X)
        return audit(design.dataset, copies), overlaps(design.dataset, design.splits, copies)

    if not beside:
        return look
    pool = ThreadPoolExecutor(1)
    looked = pool.submit(look)
    pool.shutdown(wait=False)  # takes no more; what was begun is done
    return looked.result


def _tasks(design: Design, comparison: Comparison) -> Iterator[ControlTask]:
    """Yield the controls: the plain learner, the verdict, strangers; with --prove all."""
    once = sum(split.repeat == design.splits[0].repeat for split in design.splits)
    fits = len(design.splits) * (1 + design.options.inner_folds)
    folds = once if design.options.prove else min(once, max(1, int(SHARE * fits)))
    methods, learners = registry.strangers("methods"), registry.strangers("learners")

    def task(learner: str, recipe: RecipeSpec, draw: int = 0) -> ControlTask:
        spec = parse_learner(learner)
        strange = spec.name in learners or any(step.name in methods for step in recipe.steps)
        return ControlTask(learner=spec, recipe=recipe.training, folds=folds, draw=draw, stranger=strange)

    verdict = comparison.verdict
    own = [task(t.learner, parse_recipe(t.recipe)) for t in comparison.trials if t.status == "ok"]
    plain = next((t for t in own if str(t.learner) == verdict.learner and not t.recipe.steps), None)
    yield from () if plain is None else (plain,)
    yield task(verdict.learner, parse_recipe(verdict.recipe))
    if design.options.prove:
        for draw in range(1, DRAWS):
            yield from () if plain is None else (task(verdict.learner, RecipeSpec(), draw),)
        yield from own
    yield from (t for t in own if t.stranger)


def _why(stopped: str) -> str:
    reasons = {
        "timeout": "it took too long",
        "memory": "it needed too much memory",
        "deadline": "the time was over",
    }
    return reasons.get(stopped, "its worker process was killed")


def _control(task: ControlTask, outcome: ControlOutcome | str, n_controls: int) -> Control:
    learner, recipe = str(task.learner), str(task.recipe)
    reason = outcome if isinstance(outcome, str) else outcome.reason
    if isinstance(outcome, str) or not outcome.p_values:
        return Control(learner=learner, recipe=recipe, status="not-run", reason=reason)
    folds = len(outcome.p_values)
    p = min(1.0, folds * min(outcome.p_values))
    bar = max(LEVEL / n_controls, folds * _FINEST * 1.001)
    known = [area for area in outcome.roc_auc if area == area]  # noqa: PLR0124 - NaN test
    return Control(
        learner=learner,
        recipe=recipe,
        status="above-chance" if p <= bar else "chance",
        folds=folds,
        roc_auc=sum(known) / len(known) if known else float("nan"),
        p_value=p,
    )


def _above(control: Control) -> Iterator[Finding]:
    if control.status == "above-chance":
        yield Finding(
            level="warning",
            code="above-chance",
            message=f"{control.recipe} with {control.learner} scores a ROC-AUC of {control.roc_auc:.3f} on a "
            f"permuted target, of which nothing can be known (p = {control.p_value:.1g}): answers of test "
            "rows reach its training. Its figures mean nothing.",
        )


def _suspicious(task: ControlTask, outcome: ControlOutcome | str) -> Iterator[Finding]:
    for suspicion in () if isinstance(outcome, str) else outcome.suspicions:
        yield Finding(
            level="warning",
            code=suspicion.code,
            message=f"{task.recipe} with {task.learner} {suspicion.message}.",
        )


def _fitted_on_test(trials: Sequence[Trial]) -> Iterator[Finding]:
    bad = [(t, name, on) for t in trials for name, on in t.fitted.items() if on.test_rows]
    if bad:
        trial, name, on = bad[0]
        yield Finding(
            level="warning",
            code="fitted-on-test-rows",
            message=f"{len(bad)} things were fitted on rows that they then scored; first the {name} of "
            f"{trial.recipe} with {trial.learner}, fold {trial.fold + 1}, on {on.test_rows:,} of them. This "
            "is a fault of imbtool: please report it.",
        )


def _split_groups(found: Sequence[Overlap]) -> Iterator[Finding]:
    broken = sum(bool(overlap.groups) for overlap in found)
    if broken:
        yield Finding(
            level="warning",
            code="groups-on-both-sides",
            message=f"In {broken} of {len(found)} splits a group has rows on both sides. This is a fault of "
            "imbtool: please report it.",
        )
