"""Features that give the target away are found; strong but honest ones are not."""

import numpy as np
import pandas as pd
import pytest

from imbtool.data.load import load_dataset

N, N_POS = 2000, 100
RNG = np.random.default_rng(1)
Y = (np.arange(N) < N_POS).astype(int)
COLOURS = RNG.choice(["red", "green", "blue"], N)


def suspects(target="y", **columns):
    frame = pd.DataFrame({"noise": RNG.normal(size=N), **columns}).assign(
        **{} if target in columns else {"y": Y}
    )
    dataset = load_dataset(frame, target=target)
    return [f.column for f in dataset.findings if f.code == "gives-target-away"]


@pytest.mark.parametrize(
    "leak",
    [
        Y * 2.0 - 7,
        -(Y * 8 + RNG.normal(size=N)),
        np.where(Y == 1, np.nan, RNG.normal(size=N)),
        np.where(Y == 1, RNG.normal(size=N), np.nan),
        np.where(Y == 1, "refund", COLOURS),
        pd.Series(np.where(Y == 1, "reason", None), dtype=object),
        np.where(Y == 1, 2, RNG.choice([1, 3], N)),  # a code in the middle: no threshold shows it
    ],
)
def test_a_column_that_gives_the_target_away_is_named(leak):
    assert suspects(leak=leak) == ["leak"]


@pytest.mark.parametrize(
    "honest",
    [
        Y * 3 + RNG.normal(size=N),  # ROC-AUC about 0.98
        [f"level {i}" for i in RNG.integers(0, 400, N)],  # many levels that each hold few rows
        np.where(RNG.random(N) < 0.9, Y, 1 - Y),
    ],
)
def test_strong_or_many_levelled_columns_are_no_alarm(honest):
    assert suspects(honest=honest) == []


def test_a_handful_of_positives_can_line_up_by_chance():
    y = (np.arange(40) < 3).astype(int)
    frame = pd.DataFrame({"x": y + RNG.normal(size=40) * 0.01, "y": y})
    assert not [f for f in load_dataset(frame, target="y").findings if f.code == "gives-target-away"]


def test_a_copy_of_several_classes_is_named():
    labels = RNG.choice(["a", "b", "c"], N, p=[0.7, 0.2, 0.1])
    code = pd.Series(labels).map({"a": 30, "b": 10, "c": 20})
    assert suspects(target="t", t=labels, code=code, half=np.where(labels == "a", "x", "y")) == ["code"]


def test_the_warning_says_what_to_do():
    frame = pd.DataFrame({"noise": RNG.normal(size=N), "leak it": Y, "y": Y})
    found = next(f for f in load_dataset(frame, target="y").findings if f.code == "gives-target-away")
    assert found.level == "warning"
    assert "--drop 'leak it'" in found.message
