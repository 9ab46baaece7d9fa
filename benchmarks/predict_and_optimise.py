"""Learning whether to act (`targeting`) against predicting first and choosing a threshold after.

Usage: python -m benchmarks predict_and_optimise [--full] [SET ...]

Profit on unseen rows, 5 folds, once (``--full``: three times, and all rows in place of 5,000), LightGBM.
Every threshold is chosen by profit on inner out-of-fold scores. Where a set has no amounts its values are
made: 20 exp(z - 1/2) with z = 0.8 s + 0.6 e, s the normal scores of a feature and e standard normal noise of
seed 0; a false alarm then costs so much that acting on all rows breaks even.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import rankdata
from threadpoolctl import threadpool_limits

from benchmarks.shared import RESULTS, path_of
from imbtool.core.seeds import derive_seed
from imbtool.data.load import load_dataset
from imbtool.data.splits import inner_splits, outer_splits
from imbtool.evaluation.statistics import corrected_ttest
from imbtool.methods.postprocess.aimed import Aim, AimedThreshold
from imbtool.methods.postprocess.expected_gain import expected_gain
from imbtool.methods.postprocess.sigmoid import SigmoidCalibrator
from imbtool.recipe.parser import parse_learner, parse_recipe
from imbtool.recipe.training import score
from imbtool.recipe.workspace import Part, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.data.dataset import Dataset
    from imbtool.data.splits import Split

MADE = {
    "bank_additional": "age",
    "fraud_oracle": "Age",
    "online_shoppers": "ExitRates",
    "coil2000_caravan": "MINKGEM",
    "polish_bankruptcy_1y": "Attr1",
    "mammography": "f0",
}
OWN = {
    "telco_churn": "0.3 (12 MonthlyCharges - 40) - 2; false alarm 42",
    "credit_default_tw": "0.5 BILL_AMT1; false alarm 5,000",
    "hmeq": "0.39 LOAN; false alarm 0.06 LOAN",
}
RECIPES = ("none", "targeting", "targeting(sharp=0.9)", "class_weight")
COLUMNS = ("threshold", "per-row rule", "targeting", "sharp 0.9", "class_weight")
FOLDS = 5
TITLE = """\
# Predict and optimise against predict, then threshold

`python -m benchmarks predict_and_optimise`: profit per 1,000 unseen rows, mean over 5 folds, at most 5,000
rows a set, LightGBM.

- *threshold*: plain training, the cut of greatest profit on out-of-fold scores.
- *per-row rule*: `sigmoid+expected_gain`, plain training and sigmoid calibration on the same scores, acting
  where the expected money of the row is positive; it needs the value of each row when it decides.
- *targeting*: the loss `targeting`, which learns from the values, and the cut chosen in the same way; *sharp
  0.9*: near its expected regret.
- *class_weight*: balanced weights and the same cut. *none*, *all*: acting on no or every row. *oracle*:
  knowing every class.

The last column is targeting over threshold with the 95 % interval of the corrected t-test. Values are rules
on amounts of the set, or made where it has none (see the head of the benchmark).

| data set | value of a positive | none | all | {} | oracle | targeting - threshold |
|---|---|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A data set with the money of acting on each row."""

    data: Dataset
    gain: np.ndarray
    value: np.ndarray
    false_alarm: np.ndarray


def case_of(name: str, rows: int | None) -> Case:
    """Return a data set and its money."""
    frame = pd.read_csv(path_of(name), low_memory=False)
    if rows is not None and len(frame) > rows:
        part = frame.groupby(frame.columns[-1]).sample(frac=rows / len(frame), random_state=0)
        frame = part.sort_index()
    data = load_dataset(frame, target=frame.columns[-1])
    if name == "telco_churn":
        value, alarm = 0.3 * (12 * frame["MonthlyCharges"] - 40) - 2, np.full(len(frame), 42.0)
    elif name == "credit_default_tw":
        value, alarm = 0.5 * frame["BILL_AMT1"].clip(lower=0), np.full(len(frame), 5000.0)
    elif name == "hmeq":
        value, alarm = 0.39 * frame["LOAN"], 0.06 * frame["LOAN"].to_numpy()
    else:
        feature = frame[MADE[name]] if MADE[name] in frame else frame.iloc[:, 0]
        known = pd.to_numeric(feature, errors="coerce").fillna(0).to_numpy()
        ranks = ndtri((rankdata(known) - 0.5) / len(known))
        noise = np.random.default_rng(0).normal(size=len(known))
        value = 20 * np.exp(0.8 * ranks + 0.6 * noise - 0.5)
        # So that acting on all rows about breaks even.
        alarm = np.full(len(frame), value[data.y == 1].sum() / (data.y == 0).sum())
    value = np.asarray(value, dtype=np.float64)
    return Case(data, np.where(data.y == 1, value, -alarm), value, alarm)


def profits(case: Case, split: Split) -> list[float]:
    """Return the profit a row of none, all, every way of `COLUMNS`, and the oracle on a test part."""
    data, train, test = case.data, split.train, split.test
    seed = derive_seed(0, "fold", split.repeat, split.fold)
    space = Workspace(
        Part(X=data.X[train], y=data.y[train], gain=case.gain[train]),
        data.X[test],
        layout=data.layout,
        n_classes=2,
        inner=inner_splits(data.y[train], folds=3, seed=seed),
        seed=seed,
    )
    gain = case.gain[test]
    found = [0.0, gain.mean()]
    for number, recipe in enumerate(RECIPES):
        scores = score(space, parse_recipe(recipe), parse_learner("lightgbm"))
        y, stake = data.y[train][scores.oof_rows], case.gain[train][scores.oof_rows]
        rule = AimedThreshold(Aim(words="profit", gain=stake)).fit(scores.oof, y)
        found.append(float((gain * (rule.predict(scores.target) == 1)).mean()))
        if number == 0:
            proba = SigmoidCalibrator().fit(scores.oof, y).transform(scores.target)
            acting = np.column_stack([-case.false_alarm[test], case.value[test]])
            found.append(float((gain * (expected_gain(proba, acting) > 0)).mean()))
    return [*found, float(np.maximum(gain, 0).mean())]


def lines(names: list[str], rows: int | None, repeats: int) -> Iterator[str]:
    """Yield a line of the table for each set."""
    for name in names:
        began = time.perf_counter()
        case = case_of(name, rows)
        splits, _ = outer_splits(case.data, folds=FOLDS, repeats=repeats, seed=0)
        with threadpool_limits(limits=1):
            table = 1000 * np.array([profits(case, split) for split in splits])
        test = corrected_ttest(table[:, 4] - table[:, 2], 1 / (FOLDS - 1))
        cells = " | ".join(f"{value:,.0f}" for value in table.mean(axis=0))
        words = OWN.get(name, f"made from {MADE.get(name)}")
        gap = f"{test.mean:+,.0f} [{test.low:+,.0f}, {test.high:+,.0f}]"
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
        yield f"| {name} | {words} | {cells} | {gap} |"


def main(arguments: list[str]) -> int:
    full = "--full" in arguments
    names = [a for a in arguments if not a.startswith("--")] or [*OWN, *MADE]
    text = TITLE.format(" | ".join(COLUMNS))
    for line in lines(names, None if full else 5000, 3 if full else 1):
        text += line + "\n"
        print(line, flush=True)
    (RESULTS / "predict_and_optimise.md").write_text(text)
    return 0
