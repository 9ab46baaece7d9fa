"""What is sent to workers, for an owner that names the work without importing what it takes."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.core.price import Price
    from imbtool.core.types import FloatArray, IntArray, Layout
    from imbtool.data.splits import Split
    from imbtool.evaluation.plan import Work
    from imbtool.evaluation.result import Trial
    from imbtool.metrics.money import Stakes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """What every task of a run needs; sent to each worker once."""

    run: str
    X: FloatArray
    y: IntArray
    weight: FloatArray | None
    group: IntArray | None
    time: FloatArray | None
    layout: Layout
    classes: tuple[str, ...]
    splits: tuple[Split, ...]
    inner_folds: int
    threshold_metric: str
    seed: int
    price: Price | None = None
    stakes: Stakes | None = None
    device: str = "cpu"
    tables: Mapping[str, FloatArray] = field(default_factory=dict)


def run_task(shared: Shared, task: Work) -> tuple[Trial, ...]:
    """Return the trials of a task; see `imbtool.evaluation.work.run_task`."""
    from imbtool.evaluation.work import run_task

    return run_task(shared, task)


def forget_workspaces() -> None:
    """Free what this process keeps of the last fold, should it have worked itself."""
    work = sys.modules.get("imbtool.evaluation.work")
    if work is not None:
        work.forget_workspaces()
