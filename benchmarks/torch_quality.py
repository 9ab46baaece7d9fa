"""Is the network worth choosing? Against MLPClassifier and default LightGBM, nothing rebalanced.

Usage: python -m benchmarks torch_quality [MAX_ROWS [SET ...]]

All shared binary data sets (a stratified sample of MAX_ROWS rows of larger ones, default 20,000), three
stratified folds, one thread. scikit-learn's MLPClassifier as people use it: its defaults behind median
imputing, standardising and one-hot coding. LGBMClassifier with its defaults, categories declared. With
names of sets it prints and writes nothing.
"""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from benchmarks.shared import RESULTS, manifest, path_of, target_of
from imbtool.data.load import load_dataset
from imbtool.learners.torch import TorchLearner
from imbtool.metrics.probability import log_loss
from imbtool.metrics.ranking import pr_auc, roc_auc

if TYPE_CHECKING:
    from imbtool.data.dataset import Dataset

FOLDS = 3
MAX_ROWS = 20_000


def binary_sets() -> list[str]:
    """Return the names of the shared binary data sets."""
    return [row["name"] for row in manifest() if row["task"] == "binary"]


def network(data: Dataset, X: Any, y: Any, new: Any, **params: Any) -> Any:
    learner = TorchLearner(device="cpu", **params)
    view = learner.view(X, data.layout)
    model = learner.fit(view.transform(X), y, view=view, n_classes=2, random_state=0)
    return model.predict_proba(view.transform(new))


def perceptron(data: Dataset, X: Any, y: Any, new: Any) -> Any:
    numbers, codes = list(data.layout.numeric), list(data.layout.categorical)
    prepared = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (
            make_pipeline(
                SimpleImputer(strategy="constant", fill_value=-1.0), OneHotEncoder(handle_unknown="ignore")
            ),
            codes,
        ),
    )
    return make_pipeline(prepared, MLPClassifier(random_state=0)).fit(X, y).predict_proba(new)


def trees(data: Dataset, X: Any, y: Any, new: Any) -> Any:
    model = lgb.LGBMClassifier(n_jobs=1, verbose=-1, random_state=0)
    return model.fit(X, y, categorical_feature=list(data.layout.categorical)).predict_proba(new)


def trial(data: Dataset, makers: dict[str, Any]) -> dict[str, Any]:
    """Return PR-AUC, ROC-AUC, log-loss and CPU seconds of each, means over the folds."""
    found: dict[str, list[Any]] = {name: [] for name in makers}
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(data.X, data.y):
        for name, make in makers.items():
            began = time.process_time()
            p = make(data, data.X[train], data.y[train], data.X[test])
            seconds = time.process_time() - began
            y = data.y[test]
            found[name].append([pr_auc(y, p), roc_auc(y, p), log_loss(y, p), seconds])
    return {name: np.mean(rows, axis=0) for name, rows in found.items()}


def load(name: str, max_rows: int) -> Dataset:
    return load_dataset(path_of(name), target=target_of(name), max_rows=max_rows)


def measured(names: list[str], max_rows: int, makers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the values of every set; prints a line for each as it goes."""
    table = {}
    for name in names:
        data = load(name, max_rows)
        with warnings.catch_warnings(), threadpool_limits(1):
            warnings.simplefilter("ignore")
            table[name] = trial(data, makers)
        cells = "  ".join(f"{key} {v[0]:.3f} {v[2]:.3f} {v[3]:5.1f}s" for key, v in table[name].items())
        print(f"{name:26s} {data.n_rows:6d} x {data.layout.n_features:3d}  {cells}", flush=True)
    return table


def markdown(table: dict[str, dict[str, Any]]) -> str:
    names = list(next(iter(table.values())))
    lines = [
        "| data set | " + " | ".join(f"PR-AUC {n}" for n in names) + " |",
        "|---|" + "---:|" * len(names),
    ]
    for name, row in table.items():
        lines.append(f"| {name} | " + " | ".join(f"{row[n][0]:.3f}" for n in names) + " |")
    means = {n: np.mean([row[n] for row in table.values()], axis=0) for n in names}
    lines.append("| **mean** | " + " | ".join(f"**{means[n][0]:.3f}**" for n in names) + " |")
    lines += [
        "",
        "| mean of the sets | PR-AUC | ROC-AUC | log-loss | CPU seconds a fit |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {n} | " + " | ".join(f"{v:.3f}" for v in m[:3]) + f" | {m[3]:.1f} |" for n, m in means.items()
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    max_rows = int(arguments[0]) if arguments else MAX_ROWS
    chosen = arguments[1:] or binary_sets()
    makers = {"torch": network, "MLPClassifier": perceptron, "LGBMClassifier": trees}
    text = markdown(measured(chosen, max_rows, makers))
    print(text)
    if not arguments[1:]:
        head = (__doc__ or "").partition("\n")[0]
        shown = f"python -m benchmarks torch_quality {max_rows}"
        what = f"{head}\n\n`{shown}`: {FOLDS} stratified folds, at most {max_rows:,} rows, one thread.\n\n"
        (RESULTS / "torch_quality.md").write_text(f"# torch_quality\n\n{what}{text}", encoding="utf-8")
