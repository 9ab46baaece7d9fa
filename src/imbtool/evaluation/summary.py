"""What reports tell about the data and the machine."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.engine import default_jobs
from imbtool.evaluation.result import ColumnSummary, DatasetSummary

if TYPE_CHECKING:
    from imbtool.data.dataset import Dataset


def summarise(dataset: Dataset) -> DatasetSummary:
    """Return what reports tell about a data set."""
    return DatasetSummary(
        name=dataset.name,
        source=dataset.source,
        fingerprint=dataset.fingerprint,
        target=dataset.target,
        task=dataset.task,
        n_rows=dataset.n_rows,
        n_features=dataset.layout.n_features,
        n_missing=int(np.isnan(dataset.X).sum()),
        classes=dataset.classes,
        counts=dataset.counts,
        rare=dataset.rare,
        columns=tuple(
            ColumnSummary(
                name=c.name,
                role=c.role,
                kind=c.kind,
                n_missing=c.n_missing,
                n_unique=c.n_unique,
                reason=c.reason,
            )
            for c in dataset.schema.columns
        ),
        findings=dataset.findings,
    )


def environment(jobs: int | None) -> dict[str, Any]:
    """Return what the numbers may depend on."""
    packages = ("imbtool", "numpy", "scipy", "pandas", "scikit-learn", "imbalanced-learn", "lightgbm")
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "jobs": jobs or default_jobs(),
        "packages": {name: version(name) for name in packages},
    }
