"""Is the network worth choosing? Against MLPClassifier and default LightGBM, nothing rebalanced.

Usage: python -m benchmarks torch_quality [--rows N] [--keep FOLDER] [--until SECONDS] [SET ...]

All shared binary data sets, the smallest first (a stratified sample of N rows of larger ones, default
20,000), three stratified folds, one thread. scikit-learn's MLPClassifier as people use it: its defaults
behind median imputing, standardising and one-hot coding. LGBMClassifier with its defaults, categories
declared. What was measured is kept in the folder, one file a set and learner, so that the benchmark goes on
where it was stopped; with ``--until`` it starts nothing new after so many seconds. The result file is
written when all sets are there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from pathlib import Path
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
    """Return the names of the shared binary data sets, the smallest first."""
    rows = [row for row in manifest() if row["task"] == "binary"]
    return [row["name"] for row in sorted(rows, key=lambda row: int(row["rows"]))]


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


def trial(data: Dataset, make: Any) -> list[float]:
    """Return PR-AUC, ROC-AUC, log-loss and CPU seconds of a fit, means over the folds."""
    found = []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(data.X, data.y):
        began = time.process_time()
        p = make(data, data.X[train], data.y[train], data.X[test])
        seconds = time.process_time() - began
        y = data.y[test]
        found.append([pr_auc(y, p), roc_auc(y, p), log_loss(y, p), seconds])
    return [float(value) for value in np.mean(found, axis=0)]


def load(name: str, max_rows: int) -> Dataset:
    return load_dataset(path_of(name), target=target_of(name), max_rows=max_rows)


def kept(name: str, data: Dataset, learner: str, make: Any, folder: Path) -> list[float]:
    """Return a learner's values on a set, from the folder where they are there."""
    path = folder / f"{name}.{data.n_rows}.{learner}.json"
    if not path.exists():
        with warnings.catch_warnings(), threadpool_limits(1):
            warnings.simplefilter("ignore")
            values = trial(data, make)
        path.write_text(json.dumps(values))
    found: list[float] = json.loads(path.read_text())
    return found


def measured(names: list[str], max_rows: int, makers: dict[str, Any], folder: Path, until: float) -> Any:
    """Return the values of every set; prints a line for each as it goes, stops when the time is over."""
    table: dict[str, dict[str, Any]] = {}
    for name in names:
        data, row = load(name, max_rows), {}
        for learner, make in makers.items():
            if time.perf_counter() > until:
                return table
            row[learner] = np.array(kept(name, data, learner, make, folder))
        table[name] = row
        cells = "  ".join(f"{key} {v[0]:.3f} {v[2]:.3f} {v[3]:5.1f}s" for key, v in row.items())
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
    parser = argparse.ArgumentParser(prog="python -m benchmarks torch_quality")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rows", type=int, default=MAX_ROWS)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "imbtool-torch-quality")
    parser.add_argument("--until", type=float, default=float("inf"))
    asked = parser.parse_args(arguments)
    asked.keep.mkdir(parents=True, exist_ok=True)
    names = asked.names or binary_sets()
    makers = {"torch": network, "MLPClassifier": perceptron, "LGBMClassifier": trees}
    until = time.perf_counter() + asked.until
    table = measured(names, asked.rows, makers, asked.keep, until)
    if len(table) < len(names):
        sys.exit(f"{len(table)} of {len(names)} sets are there; the same command goes on.")
    text = markdown(table)
    print(text)
    if not asked.names:
        head = (__doc__ or "").partition("\n")[0]
        shown = f"python -m benchmarks torch_quality --rows {asked.rows}"
        what = (
            f"{head}\n\n`{shown}`: {FOLDS} stratified folds, at most {asked.rows:,} rows, one thread; "
            "CPU seconds, on a machine that did other work too.\n\n"
        )
        (RESULTS / "torch_quality.md").write_text(f"# torch_quality\n\n{what}{text}", encoding="utf-8")
