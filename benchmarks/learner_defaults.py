"""What the learners' default settings lose against others, and what they gain.

Usage: python -m benchmarks learner_defaults [PART ...]

Every setting is trained on the same stratified folds of the same real data sets, one thread a fit.
Regret on a data set is the best value of any setting in the table less that of the setting. Takes
seven minutes of one core; PART (lightgbm, categories, weights, logistic, forest, speed) runs a part and
writes nothing.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.shared import RESULTS, path_of, target_of
from imbtool.core.types import Layout
from imbtool.data.load import load_dataset
from imbtool.learners.forest import ForestLearner
from imbtool.learners.lightgbm import LightGBMLearner
from imbtool.learners.linear import LogisticLearner
from imbtool.metrics.probability import log_loss
from imbtool.metrics.ranking import pr_auc, roc_auc

if TYPE_CHECKING:
    from imbtool.data.dataset import Dataset

WEAK = (
    "be_motor_claims97",
    "pg15_bodily_claims",
    "coil2000_caravan",
    "credit_default_tw",
    "seismic_bumps",
    "stroke",
    "cervical_biopsy",
)
RARE = ("kddcup99_smtp", "thyroid_hypothyroid", "abalone19", "oil_spill", "yeast6")
OTHER = (
    "mammography",
    "page_blocks0",
    "satimage_c4",
    "thyroid_sick",
    "polish_bankruptcy_1y",
    "fraud_oracle",
    "telco_churn",
    "yeast",
)
CATEGORICAL = (
    "pg15_bodily_claims",
    "fraud_oracle",
    "telco_churn",
    "stroke",
    "thyroid_sick",
    "hmeq",
    "bank_additional",
    "heart_2020",
    "flare_f",
    "kddcup99_5class",
)
SETS = (*RARE, *WEAK, *OTHER)
MAX_ROWS = 20_000
WHOLE = ("kddcup99_smtp",)  # its 30 positives among 95,156 rows are the point
METRICS = ("PR-AUC", "ROC-AUC", "log-loss")


class Variant(LightGBMLearner):
    """LightGBM with parameters that the learner does not offer."""

    def __init__(self, *, more: dict[str, Any], **known: Any) -> None:
        super().__init__(**known)
        self.more = more

    def training_params(self, random_state: int, *, quantised: bool = False) -> dict[str, Any]:
        """Return the learner's parameters and the further ones."""
        return {**super().training_params(random_state, quantised=quantised), **self.more}


class InnerRounds(LightGBMLearner):
    """Choose the number of rounds on a quarter of the training rows by log-loss, then train on all."""

    def fit(self, Z: Any, y: Any, *, view: Any, n_classes: int, random_state: int, **_: Any) -> Any:
        """Train twice, as the class says."""
        rows = np.arange(len(y))
        inner, held = _split(rows, y, random_state)
        long = LightGBMLearner(n_estimators=300)
        more = {"view": view, "n_classes": n_classes, "random_state": random_state}
        model = long.fit(Z[inner], y[inner], **more)
        tried = range(10, 301, 10)
        losses = [log_loss(y[held], model.predict_proba(Z[held], n_stages=k)) for k in tried]
        return LightGBMLearner(n_estimators=tried[int(np.argmin(losses))]).fit(Z, y, **more)


class PlainView:
    """Median imputing, standardising and one-hot coding: what a linear model usually gets."""

    def __init__(self, learner: LogisticLearner, X: Any, layout: Layout) -> None:
        numeric = list(layout.numeric)
        self.numeric = numeric
        self.pipe = make_pipeline(
            SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
        )
        self.pipe.fit(X[:, numeric])
        self.design = LogisticLearner.view(learner, X, layout)

    def transform(self, X: Any) -> Any:
        """Return the design."""
        rest = self.design.transform(X)
        drop = self.design.numeric.mean.shape[0]
        rest = rest[:, drop:] if isinstance(rest, np.ndarray) else rest[:, drop:].toarray()
        return np.hstack([self.pipe.transform(X[:, self.numeric]), rest])


class PlainLogistic(LogisticLearner):
    """Logistic regression on standardised values without soft tails or ranks."""

    def view(self, X: Any, layout: Layout) -> Any:
        """Fit the plain design."""
        return PlainView(self, X, layout)


Rows = Callable[[Any, int], tuple[Any, Any]]


def natural(y: Any, seed: int) -> tuple[Any, Any]:  # noqa: ARG001  # one signature for all
    return np.arange(len(y)), None


def balanced(y: Any, seed: int) -> tuple[Any, Any]:  # noqa: ARG001  # one signature for all
    counts = np.bincount(y)
    weight = (len(y) / np.maximum(counts, 1))[y]
    return np.arange(len(y)), weight / weight.mean()


def over_sampled(y: Any, seed: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    counts = np.bincount(y)
    extra = [
        rng.choice(np.flatnonzero(y == k), counts.max() - n, replace=True) for k, n in enumerate(counts) if n
    ]
    return np.concatenate([np.arange(len(y)), *extra]), None


@dataclass(frozen=True)
class Setting:
    """A learner with its parameters, and how its training rows are prepared."""

    name: str
    learner: Any
    rows: Rows = natural


@dataclass
class Table:
    """Values by data set, setting and metric; seconds by setting."""

    settings: list[Setting]
    values: dict[str, Any] = field(default_factory=dict)
    seconds: Any = None

    def run(self, sets: tuple[str, ...]) -> Table:
        """Train every setting on every fold of every set."""
        self.seconds = np.zeros(len(self.settings))
        for name in sets:
            data = _load(name)
            results = []
            for i, setting in enumerate(self.settings):
                began = time.process_time()
                results.append(np.mean([_trial(setting, data, *fold) for fold in _folds(data.y)], axis=0))
                self.seconds[i] += time.process_time() - began
            self.values[name] = np.array(results)
            print(f"  {name}", flush=True)
        return self

    def regret(self) -> Any:
        """Return regret, shape (n_sets, n_settings, n_metrics)."""
        all_values = np.stack(list(self.values.values()))
        signed = all_values * np.array([1, 1, -1])
        return signed.max(axis=1, keepdims=True) - signed

    def markdown(self) -> str:
        """Return one line a setting: mean regrets, the largest one, time."""
        regret = self.regret()
        names = list(self.values)
        lines = [
            "| setting | mean regret PR-AUC | ROC-AUC | log-loss | largest PR-AUC | on | cpu seconds |",
            "|---|---|---|---|---|---|---|",
        ]
        for i, setting in enumerate(self.settings):
            mean = regret[:, i].mean(axis=0)
            worst = int(regret[:, i, 0].argmax())
            cells = [setting.name, *(f"{m:.3f}" for m in mean), f"{regret[worst, i, 0]:.3f}", names[worst]]
            lines.append("| " + " | ".join([*cells, f"{self.seconds[i]:.0f}"]) + " |")
        return "\n".join(lines)

    def details(self, columns: list[int]) -> str:
        """Return PR-AUC / ROC-AUC, one line a data set and one column for each of some settings."""
        heads = [self.settings[i].name for i in columns]
        lines = ["| data set | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
        for name, values in self.values.items():
            cells = [f"{values[i, 0]:.3f} / {values[i, 1]:.3f}" for i in columns]
            lines.append("| " + " | ".join([name, *cells]) + " |")
        return "\n".join(lines)


def _load(name: str) -> Dataset:
    max_rows = None if name in WHOLE else MAX_ROWS
    return load_dataset(path_of(name), target=target_of(name), max_rows=max_rows)


def _folds(y: Any) -> Iterator[tuple[int, Any, Any]]:
    """Yield five folds of small sets, twice for the smallest, and three of large ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # classes of fewer rows than folds are wanted here
        for repeat in range(2 if len(y) < 2000 else 1):
            splitter = StratifiedKFold(5 if len(y) < 6000 else 3, shuffle=True, random_state=repeat)
            for i, (train, test) in enumerate(splitter.split(y, y)):
                yield 10 * repeat + i, train, test


def _split(rows: Any, y: Any, seed: int) -> tuple[Any, Any]:
    stratify = y if np.bincount(y)[np.unique(y)].min() > 1 else None
    inner, held = train_test_split(rows, test_size=0.25, stratify=stratify, random_state=seed)
    return inner, held


def _trial(setting: Setting, data: Dataset, seed: int, train: Any, test: Any) -> tuple[float, float, float]:
    rows, weight = setting.rows(data.y[train], seed)
    view = setting.learner.view(data.X[train], data.layout)
    Z, y = view.transform(data.X[train[rows]]), data.y[train[rows]]
    more = {} if weight is None else {"sample_weight": weight}
    model = setting.learner.fit(Z, y, view=view, n_classes=data.n_classes, random_state=seed, **more)
    proba = model.predict_proba(view.transform(data.X[test]))
    truth = data.y[test]
    return pr_auc(truth, proba), roc_auc(truth, proba), log_loss(truth, proba)


LIBRARY = {
    "n_estimators": 100,
    "learning_rate": 0.1,
    "num_leaves": 31,
    "min_child_samples": 20,
    "reg_lambda": 0.0,
    "colsample_bytree": 1.0,
    "more": {"max_cat_to_onehot": 4},
}
LIGHTGBM = [
    Setting("**ours**", LightGBMLearner()),
    Setting("LightGBM's own defaults", Variant(**LIBRARY)),
    Setting("its own with L2 1", Variant(**{**LIBRARY, "reg_lambda": 1.0})),
    Setting("no L2", LightGBMLearner(reg_lambda=0.0)),
    Setting("L2 1", LightGBMLearner(reg_lambda=1.0)),
    Setting("L2 20", LightGBMLearner(reg_lambda=20.0)),
    Setting("15 leaves", LightGBMLearner(num_leaves=15)),
    Setting("31 leaves", LightGBMLearner(num_leaves=31)),
    Setting("50 rounds", LightGBMLearner(n_estimators=50)),
    Setting("200 rounds", LightGBMLearner(n_estimators=200)),
    Setting("rate 0.05, 200 rounds", LightGBMLearner(learning_rate=0.05, n_estimators=200)),
    Setting("leaves of 5 rows", LightGBMLearner(min_child_samples=5)),
    Setting("leaves of 50 rows", LightGBMLearner(min_child_samples=50)),
    Setting("half of the features", LightGBMLearner(colsample_bytree=0.5)),
    Setting("8 of 10 rows a tree", Variant(more={"bagging_fraction": 0.8, "bagging_freq": 1})),
    Setting("max_delta_step 1, L2 2", Variant(reg_lambda=2.0, more={"max_delta_step": 1})),
    Setting("extra_trees", Variant(more={"extra_trees": True})),
    Setting("path_smooth 10", Variant(more={"path_smooth": 10})),
    Setting("groups of levels", Variant(more={"max_cat_to_onehot": 4})),
    Setting("rounds chosen inside", InnerRounds()),
]
SHAPES = [
    ("ours", LightGBMLearner()),
    ("L2 1", LightGBMLearner(reg_lambda=1.0)),
    ("L2 20", LightGBMLearner(reg_lambda=20.0)),
    ("15 leaves", LightGBMLearner(num_leaves=15)),
    ("200 rounds", LightGBMLearner(n_estimators=200)),
]
LOGISTIC = [
    Setting("**ours**", LogisticLearner()),
    Setting("C 0.1", LogisticLearner(C=0.1)),
    Setting("C 10", LogisticLearner(C=10.0)),
    Setting("standardised values only", PlainLogistic()),
]
FOREST = [
    Setting("**ours**", ForestLearner()),
    Setting("leaves of 1 row", ForestLearner(min_samples_leaf=1)),
    Setting("leaves of 2 rows", ForestLearner(min_samples_leaf=2)),
    Setting("leaves of 10 rows", ForestLearner(min_samples_leaf=10)),
    Setting("trees on all rows", ForestLearner(max_samples=1.0)),
]


def lightgbm() -> str:
    table = Table(LIGHTGBM).run(SETS)
    shown = [0, 1, 2, 4, 6, 9]
    return f"{table.markdown()}\n\nPR-AUC / ROC-AUC:\n\n{table.details(shown)}"


def categories() -> str:
    table = Table([s for s in LIGHTGBM if s.name in ("**ours**", "groups of levels")]).run(CATEGORICAL)
    return f"{table.markdown()}\n\nPR-AUC / ROC-AUC:\n\n{table.details([0, 1])}"


def weights() -> str:
    parts = []
    for name, rows in (("Balanced class weights", balanced), ("Random over-sampling to 1:1", over_sampled)):
        table = Table([Setting(label, learner, rows) for label, learner in SHAPES]).run(
            tuple(s for s in SETS if s not in ("yeast", "polish_bankruptcy_1y", "satimage_c4"))
        )
        parts.append(f"{name}:\n\n{table.markdown()}")
    return "\n\n".join(parts)


def logistic() -> str:
    table = Table(LOGISTIC).run(SETS)
    return f"{table.markdown()}\n\nPR-AUC / ROC-AUC:\n\n{table.details([0, 3])}"


def forest() -> str:
    table = Table(FOREST).run(SETS)
    return f"{table.markdown()}\n\nPR-AUC / ROC-AUC:\n\n{table.details([0, 1, 4])}"


def speed() -> str:
    """Return cpu seconds of a fit and of scoring at 16,000 x 30, two classes and five."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(16_000, 30))
    score = X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(size=len(X))
    layout = Layout(names=tuple(f"x{i}" for i in range(30)), levels=(0,) * 30)
    lines = ["| learner | classes | view | fit | score 16,000 rows |", "|---|---|---|---|---|"]
    for learner in (LightGBMLearner(), LogisticLearner(), ForestLearner()):
        for cuts in ([0.95], [0.6, 0.8, 0.9, 0.97]):
            y = np.digitize(score, np.quantile(score, cuts))
            marks = [time.process_time()]
            view = learner.view(X, layout)
            Z = view.transform(X)
            marks.append(time.process_time())
            model = learner.fit(Z, y, view=view, n_classes=len(cuts) + 1, random_state=0)
            marks.append(time.process_time())
            model.predict_proba(Z)
            marks.append(time.process_time())
            cells = [type(learner).__name__, str(len(cuts) + 1), *(f"{s:.2f}" for s in np.diff(marks))]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


PARTS = {
    "lightgbm": ("LightGBM, natural rows", lightgbm),
    "categories": ("LightGBM on sets with categories, pg15 with one of 471 levels", categories),
    "weights": ("LightGBM when rows are weighted or repeated", weights),
    "logistic": ("Logistic regression", logistic),
    "forest": ("Random forest", forest),
    "speed": ("CPU seconds, one thread", speed),
}
TITLE = f"""\
# Default settings of the learners

`python -m benchmarks learner_defaults`: stratified folds (five below 6,000 rows, else three; twice
below 2,000 rows) of {len(SETS)} shared data sets, at most {MAX_ROWS:,} rows of each, `kddcup99_smtp` whole.
Several classes: mean over the classes, each against the rest. Regret is the distance to the best
setting of the same table on a data set (log-loss: how much more); its mean is over the data sets. CPU
seconds are those of the whole row.

The settings were chosen on these data sets, so the numbers say which of them to prefer, not how well
they will do on others.
"""


def main(names: list[str]) -> int:
    sections = [TITLE]
    for key, (title, part) in PARTS.items():
        if names and key not in names:
            continue
        print(title, flush=True)
        sections.append(f"## {title}\n\n{part()}\n")
        print(sections[-1], flush=True)
    if not names:
        (RESULTS / "learner_defaults.md").write_text("\n".join(sections))
    return 0
