"""Samplers against imbalanced-learn on real data: which rows are the same, ties and duplicates included."""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from benchmarks.samplers import PAIRS, SEED
from benchmarks.shared import RESULTS, manifest, path_of
from imbtool.core.errors import NotApplicableError
from imbtool.core.types import Layout

# Theirs searches anew for every row that it adds.
FEWER_ROWS = {"cnn": 600}
# Classes with fewer rows stop theirs with an error.
FEWEST = 6

_HEAD = """# Samplers: the rows of imbalanced-learn?

`python -m benchmarks sampler_equality`. All shared data sets of complete numbers, up to {rows:,} rows of
each ({fewer} for cnn), without classes of fewer than {fewest} rows there, where two are left.
imbalanced-learn is given the standardised numbers, imbtool the numbers as they are; one thread, the same
seed. Values and order are compared: to the bit for samplers that select, to 1e-9 in standard deviations
for synthetic rows.

* `=` the same rows in the same order; `≠` other rows.
* `lost`: a class loses all its rows. imbalanced-learn returns a table without it; imbtool says that the
  method is not applicable, and why.
* `stop`: imbalanced-learn stops with an error on this table. imbtool does what can be done, or says why not.

"twins": rows of which there is another with the same numbers. "tied": rows whose nearest other rows,
first and second, are equally far, to 1e-12.

"""


def main(arguments: list[str]) -> int:
    """Compare and write ``results/sampler_equality.md``."""
    parser = argparse.ArgumentParser(prog="benchmarks sampler_equality", description=__doc__)
    parser.add_argument("--rows", type=int, default=3000, help="rows of each data set at most")
    given = parser.parse_args(arguments)
    whole = [r["name"] for r in manifest() if r["n_categorical"] == "0" and r["n_missing"] == "0"]
    lines = ["| data set | rows x columns | classes | twins | tied | " + " | ".join(PAIRS) + " |"]
    lines.append("|---|---|---:|---:|---:|" + "---|" * len(PAIRS))
    counts: dict[str, int] = {}
    for name in whole:
        began = time.perf_counter()
        X, y = _table(name, given.rows)
        if len(np.unique(y)) < 2:
            continue
        cells = [_cell(sampler, X, y) for sampler in PAIRS]
        for cell in cells:
            counts[cell] = counts.get(cell, 0) + 1
        facts = [f"{len(X)} x {X.shape[1]}", str(len(np.unique(y))), *_ties(X)]
        lines.append(f"| {name} | " + " | ".join((*facts, *cells)) + " |")
        print(f"{lines[-1]} {time.perf_counter() - began:.0f} s", flush=True)
    total = ", ".join(f"{n} `{cell}`" for cell, n in sorted(counts.items()))
    head = _HEAD.format(rows=given.rows, fewer=FEWER_ROWS["cnn"], fewest=FEWEST)
    text = head + "\n".join(lines) + f"\n\n{sum(counts.values())} pairs: {total}.\n"
    (RESULTS / "sampler_equality.md").write_text(text)
    print(total)
    return 1 if counts.get("≠") else 0


def _table(name: str, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    frame = pd.read_csv(path_of(name))
    frame = frame.sample(min(len(frame), n_rows), random_state=1)
    y = frame.pop(frame.columns[-1]).astype("category").cat.codes.to_numpy().astype(np.int64)
    classes, counts = np.unique(y, return_counts=True)
    keep = np.isin(y, classes[counts >= FEWEST])
    return frame.to_numpy(dtype=np.float64)[keep], y[keep]


def _cell(name: str, X: np.ndarray, y: np.ndarray) -> str:
    fewer = FEWER_ROWS.get(name)
    if fewer:
        X, y = X[:fewer], y[:fewer]
    sampler, make = PAIRS[name]
    scaler = StandardScaler().fit(X)
    try:
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = make().fit_resample(scaler.transform(X), y)
    except (ValueError, RuntimeError):
        return "stop"
    layout = Layout(names=tuple(f"x{j}" for j in range(X.shape[1])), levels=(0,) * X.shape[1])
    try:
        drawn = sampler.resample(X, y, layout=layout, random_state=SEED)
    except NotApplicableError as reason:
        return "lost" if reason.code == "class-removed" and set(expected[1]) < set(y) else "≠"
    return "=" if _same(drawn, *expected, scaler) else "≠"


def _same(drawn: Any, X: np.ndarray, y: np.ndarray, scaler: StandardScaler) -> bool:
    if not np.array_equal(drawn.y, y):
        return False
    ours = scaler.transform(drawn.X)
    if (drawn.source >= 0).all():
        return np.array_equal(ours, X)
    return np.allclose(ours, X, rtol=0, atol=1e-9)


def _ties(X: np.ndarray) -> tuple[str, str]:
    """Return the numbers of rows with twins and of rows with tied nearest neighbours."""
    from sklearn.neighbors import NearestNeighbors

    _, which, counts = np.unique(X, axis=0, return_inverse=True, return_counts=True)
    index = NearestNeighbors(n_neighbors=3, algorithm="kd_tree").fit(StandardScaler().fit_transform(X))
    distance = index.kneighbors(index._fit_X)[0]
    tied = np.isclose(distance[:, 1], distance[:, 2], rtol=1e-12, atol=1e-12)
    return str(int((counts[which] > 1).sum())), str(int(tied.sum()))
