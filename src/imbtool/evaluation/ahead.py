"""What workers of a comparison import while the owner still reads the data."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from imbtool.engine.nursery import workers_ahead

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from imbtool.engine import EngineKind

MODULES = (
    "imbtool.evaluation.work",
    "imbtool.evaluation.proof.control",
    "imbtool.learners.lightgbm.learner",
    "imbtool.learners.linear",
    "imbtool.methods.resample.near_miss",
    "imbtool.methods.resample.smote_enn",
    "imbtool.methods.resample.smote_tomek",
    "joblib",
    "sklearn.neighbors",
)
SLOW = {"torch": ("torch", "imbtool.learners.torch.trainer")}
"""What else is imported where a learner is named that needs this package."""


def comparison_ahead(
    *,
    learners: str | Iterable[str] = (),
    jobs: int | None = None,
    engine: EngineKind | None = None,
    scheduler: str | None = None,
    **limits: object,
) -> AbstractContextManager[None]:
    """Start the workers of a comparison; see `imbtool.engine.nursery.workers_ahead`.

    What learners import is not left to the first training of every worker, whose time it would be. With
    limits (budget, memory, timeout) that are not None even one worker is a process of its own.
    """
    named = " ".join([learners] if isinstance(learners, str) else map(str, learners))
    there = [package for package in SLOW if package in named and find_spec(package)]
    slow = [module for package in there for module in SLOW[package]]
    stoppable = any(limit is not None for limit in limits.values())
    return workers_ahead(jobs, (*MODULES, *slow), engine=engine, scheduler=scheduler, stoppable=stoppable)
