"""Small models, fitted once, and tables like those they were fitted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import imbtool

if TYPE_CHECKING:
    from imbtool.bundle.model import FittedModel


def table(n_rows: int = 240, n_classes: int = 2, seed: int = 0) -> pd.DataFrame:
    """Numbers with gaps, categories, truth values and dates, and a target that depends on them."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "amount": rng.normal(size=n_rows).round(4),
            "age": rng.normal(40, 9, size=n_rows).round(2),
            "branch": rng.choice(["north", "south", "west"], n_rows),
            "code": rng.choice(["001", "002", "x7"], n_rows),
            "member": rng.choice(["yes", "no"], n_rows),
            "day": pd.date_range("2024-01-01", periods=n_rows).strftime("%Y-%m-%d"),
        }
    )
    frame.loc[::9, "age"] = np.nan
    z = 2 * frame.amount + (frame.branch == "north") + rng.normal(size=n_rows) * 0.7
    cuts = [0.8] if n_classes == 2 else [0.5, 0.85]
    frame["fraud"] = np.digitize(z, np.quantile(z, cuts))
    return frame


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    return table()


@pytest.fixture(scope="session")
def boosted(rows: pd.DataFrame) -> FittedModel:
    return imbtool.fit(
        rows, target="fraud", recipe="isotonic+threshold", learner="lightgbm(n_estimators=12)", seed=3
    )


@pytest.fixture(scope="session")
def forest(rows: pd.DataFrame) -> FittedModel:
    return imbtool.fit(rows, target="fraud", recipe="threshold", learner="forest(n_estimators=3)")


@pytest.fixture(scope="session")
def linear(rows: pd.DataFrame) -> FittedModel:
    return imbtool.fit(rows, target="fraud", recipe="sigmoid", learner="logistic")


@pytest.fixture(scope="session")
def network(rows: pd.DataFrame) -> FittedModel:
    pytest.importorskip("torch", reason="imbtool[torch] is not installed")
    return imbtool.fit(rows, target="fraud", recipe="threshold", learner="torch(epochs=3, width=8)")
