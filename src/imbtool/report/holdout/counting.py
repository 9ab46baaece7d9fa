"""Evaluations whose looks are counted, and those that a reusable hold-out answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imbtool.core.errors import ImbtoolError, UsageError
from imbtool.holdout.looks import count_look
from imbtool.holdout.reuse import evaluate_reusable
from imbtool.holdout.run import evaluate_holdout
from imbtool.store import Looks, Store, open_store

if TYPE_CHECKING:
    from os import PathLike

    from imbtool.core.progress import Progress
    from imbtool.holdout.result import Evaluation
    from imbtool.holdout.rows import Holdout
    from imbtool.holdout.run import Request


def judged(
    holdout: Holdout,
    request: Request,
    progress: Progress | None,
    *,
    store: str | PathLike[str] | Store | None,
    reusable: bool,
    budget: int | None,
) -> Evaluation:
    """Return the evaluation of a hold-out; with a store its looks are counted. See `evaluate`.

    Raises
    ------
    UsageError
        Codes ``reusable-holdout`` and ``holdout-budget``.
    """
    _check_reusable(reusable=reusable, budget=budget, counted=store is not None)
    if store is None:
        return evaluate_holdout(holdout, request, progress)
    opened = store if isinstance(store, Store) else open_store(store)
    try:
        return _counted(holdout, request, Looks(opened), progress, reusable, budget)
    finally:
        if opened is not store:
            opened.close()


def _counted(
    holdout: Holdout,
    request: Request,
    looks: Looks,
    progress: Progress | None,
    reusable: bool,
    budget: int | None,
) -> Evaluation:
    if reusable:
        return evaluate_reusable(holdout, request, looks, budget=budget)
    found = evaluate_holdout(holdout, request, progress)
    try:
        _, look = count_look(holdout, looks)
    except ImbtoolError as error:  # the evaluation is done; a full disk must not take it away
        return replace(found, notes=(*found.notes, f"this look is not counted: {error.message}"))
    return replace(found, looks=look)


def _check_reusable(*, reusable: bool, budget: int | None, counted: bool) -> None:
    if reusable and not counted:
        raise UsageError(
            "A reusable hold-out must remember what it has answered, and nothing is kept here.",
            hint="Name a store, and leave out --no-count and --no-store.",
            code="reusable-holdout",
        )
    if budget is not None and (not reusable or budget < 1):
        raise UsageError(
            "A budget is a number of disagreements, 1 or more, of a reusable hold-out.",
            hint="For example: --reusable-holdout --holdout-budget 20",
            code="holdout-budget",
        )
