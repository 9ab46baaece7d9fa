"""Judging by the reusable hold-out: few answers, each of which gives little of the hold-out away."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError, UsageError
from imbtool.data.phrases import count, some
from imbtool.holdout.intervals import LEVEL, measured
from imbtool.holdout.judge import Court, Scope, judge
from imbtool.holdout.looks import count_look, scores_digest
from imbtool.holdout.measures import metric_named
from imbtool.holdout.result import EvalSettings, Evaluation
from imbtool.holdout.run import data_facts, drawn
from imbtool.holdout.thresholdout import BUDGET, SIDE, Answer, answer, fresh_noise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.holdout.measures import Measure
    from imbtool.holdout.rows import Holdout, Scored
    from imbtool.holdout.run import Request
    from imbtool.store import Looks

_USUAL = "pr_auc"
_NEEDS = (
    "It answers gates on all rows about a model, such as --gate 'pr_auc >= 0.4'. "
    "Leave out --slice, --top, --baseline, --rival, --threshold, prices and --scores."
)


def evaluate_reusable(
    holdout: Holdout, request: Request, looks: Looks, *, budget: int | None = None
) -> Evaluation:
    """Judge a model by what the reusable hold-out answers; nothing else of the hold-out is shown.

    Parameters
    ----------
    holdout : Holdout
        Scored by a model, whose cross-validated metrics the answers are compared with.
    request : Request
        Its gates say what is asked; without any, PR-AUC.
    looks : Looks
        Keeps what was answered before, and the noise.
    budget : int, optional
        How often the hold-out may disagree with training before nothing new is answered; 20 by default, set
        by the first question.

    Raises
    ------
    UsageError
        Codes ``reusable-holdout`` (cannot be answered this way) and ``holdout-budget`` (was set before).
    DataError
        Code ``holdout-spent``: the budget is spent.
    """
    measures = _asked(holdout, request)
    training = _training(holdout, measures)
    rows = holdout.rows
    resamples, seed = drawn(request, rows, Scope())
    found = measured(rows, measures, resamples=resamples, seed=seed)
    questions = {m.name: (training[m.name], found[m.name].value, _error(m, rows, found)) for m in measures}
    which, look = count_look(holdout, looks, guarded=True)
    scores = scores_digest(holdout)
    answers, state = looks.guarded(which.key, lambda old: ask(old, questions, scores=scores, budget=budget))
    known = {measure.name: answers[measure.name].measured(measure.limits) for measure in measures}
    court = Court(
        holdout=holdout,
        baseline=None,
        other=None,
        policy=request.inconclusive,
        draw=lambda some_rows, scope: drawn(request, some_rows, scope),
    )
    return Evaluation(
        data=data_facts(holdout),
        model=dict(holdout.model),
        settings=EvalSettings(
            seed=request.seed,
            resamples=resamples,
            level=LEVEL,
            threshold=holdout.threshold,
            probabilities=rows.probabilities,
            inconclusive=request.inconclusive,
        ),
        metrics=known,
        per_class={},
        confusion=None,
        reliability=(),
        top=(),
        points={},
        slices=(),
        shift=None,
        baseline=None,
        gates=judge(request.gates, court, known),
        notes=holdout.notes,
        looks=replace(look, budget=state["budget"], spent=state["spent"]),
    )


def ask(
    state: Mapping[str, Any] | None,
    questions: Mapping[str, tuple[float, float, float]],
    *,
    scores: str,
    budget: int | None,
) -> tuple[dict[str, Any], tuple[dict[str, Answer], dict[str, Any]]]:
    """Return the state after some questions about one set of scores, and the answers with that state.

    What was asked before about the same scores gets the same answer, at no cost.

    Parameters
    ----------
    state : mapping or None
        What the store kept; None before the first question.
    questions : mapping of str to (training, holdout, error)
        By measure; see `imbtool.holdout.thresholdout.answer`.
    scores : str
        Digest of the scores.
    budget : int or None
    """
    now = _begun(budget) if state is None else {**state, "answers": {**state["answers"]}}
    if budget is not None and budget != now["budget"]:
        raise UsageError(
            f"This hold-out has a budget of {now['budget']}, set by its first use; {now['spent']} are spent.",
            hint="Leave out --holdout-budget.",
            code="holdout-budget",
        )
    known = {name: Answer(**kept) for name, kept in now["answers"].get(scores, {}).items()}
    for name, (training, holdout, error) in questions.items():
        if name in known:
            continue
        if now["spent"] >= now["budget"]:
            raise _spent(now)
        rng = np.random.default_rng([now["secret"], now["asked"]])
        known[name], spent = answer(training, holdout, error, now["noise"], rng)
        now["asked"] += 1
        if spent:
            now["spent"] += 1
            now["noise"] = fresh_noise(rng)
    now["answers"][scores] = {name: asdict(given) for name, given in known.items()}
    return now, (known, now)


def _begun(budget: int | None) -> dict[str, Any]:
    secret = secrets.randbits(60)
    noise = fresh_noise(np.random.default_rng([secret, 1 << 40]))
    return {
        "budget": BUDGET if budget is None else budget,
        "spent": 0,
        "asked": 0,
        "secret": secret,
        "noise": noise,
        "answers": {},
    }


def _asked(holdout: Holdout, request: Request) -> tuple[Measure, ...]:
    beside = (request.slices, request.tops, request.baseline, request.rivals, request.price)
    scoped = [gate for gate in request.gates if gate.column or gate.bound.factor]
    if any(beside) or scoped or not holdout.model or holdout.moved:
        raise UsageError("The reusable hold-out cannot answer this.", hint=_NEEDS, code="reusable-holdout")
    named = {gate.measure.name: gate.measure for gate in request.gates}
    return tuple(named.values()) or (metric_named(_USUAL),)


def _training(holdout: Holdout, measures: Sequence[Measure]) -> dict[str, float]:
    kept: Any = holdout.model.get("cross_validated") or {}
    known = {name: float(value) for name, value in kept.items() if value is not None and isfinite(value)}
    missing = [measure.name for measure in measures if measure.name not in known]
    if missing:
        raise UsageError(
            f"The model has no cross-validated value of {some(missing)} to compare the hold-out with.",
            hint=f"It has: {some(known, 12)}.",
            code="reusable-holdout",
        )
    return known


def _error(measure: Measure, rows: Scored, found: Mapping[str, Any]) -> float:
    """Return the standard error of a measure; where resampling shows none, the largest that a share has."""
    known = found[measure.name]
    width = (known.high - known.low) / (2 * SIDE)
    return float(width) if isfinite(width) and width > 0 else 0.5 / max(rows.fewest, 1) ** 0.5


def _spent(state: Mapping[str, Any]) -> DataError:
    budget = count(state["budget"], "disagreement")
    return DataError(
        f"This hold-out is used up: its budget of {budget} is spent after {state['asked']:,} questions.",
        hint="Judge by new rows; scores that were judged before can still be looked up.",
        code="holdout-spent",
    )
