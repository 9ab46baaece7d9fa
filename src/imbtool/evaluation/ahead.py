"""What workers of a comparison import while the owner still reads the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.engine.nursery import workers_ahead

if TYPE_CHECKING:
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


def comparison_ahead(
    *, jobs: int | None = None, engine: EngineKind | None = None, scheduler: str | None = None
) -> AbstractContextManager[None]:
    """Start the workers of a comparison; see `imbtool.engine.nursery.workers_ahead`."""
    return workers_ahead(jobs, MODULES, engine=engine, scheduler=scheduler)
