"""Samplers against imbalanced-learn: CPU seconds on one thread, and whether the rows are the same."""

from __future__ import annotations

import argparse
import gc
import statistics
import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from imblearn import combine, over_sampling, under_sampling
from sklearn.datasets import make_classification
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from benchmarks.shared import RESULTS
from imbtool.core.types import Layout
from imbtool.methods.resample.adasyn import Adasyn
from imbtool.methods.resample.all_knn import AllKnn
from imbtool.methods.resample.borderline import BorderlineSmote
from imbtool.methods.resample.cnn import Condensed
from imbtool.methods.resample.enn import EditedNearestNeighbours
from imbtool.methods.resample.ncr import NeighbourhoodCleaning
from imbtool.methods.resample.near_miss import NearMiss
from imbtool.methods.resample.one_sided import OneSided
from imbtool.methods.resample.random_over import RandomOver
from imbtool.methods.resample.random_under import RandomUnder
from imbtool.methods.resample.renn import RepeatedEdited
from imbtool.methods.resample.smote import Smote
from imbtool.methods.resample.smote_enn import SmoteEnn
from imbtool.methods.resample.smote_tomek import SmoteTomek
from imbtool.methods.resample.space import SampleSpace
from imbtool.methods.resample.tomek import Tomek

SEED = 7
WIDTH = 30
# Ours and theirs, by name; theirs is made anew for every run.
PAIRS: dict[str, tuple[Any, Any]] = {
    "random_over": (RandomOver(), lambda: over_sampling.RandomOverSampler(random_state=SEED)),
    "random_under": (RandomUnder(), lambda: under_sampling.RandomUnderSampler(random_state=SEED)),
    "smote": (Smote(), lambda: over_sampling.SMOTE(random_state=SEED)),
    "borderline_smote": (BorderlineSmote(), lambda: over_sampling.BorderlineSMOTE(random_state=SEED)),
    "adasyn": (Adasyn(), lambda: over_sampling.ADASYN(random_state=SEED)),
    "tomek": (Tomek(), under_sampling.TomekLinks),
    "enn": (EditedNearestNeighbours(), under_sampling.EditedNearestNeighbours),
    "enn(kind_sel=mode)": (
        EditedNearestNeighbours(kind_sel="mode"),
        lambda: under_sampling.EditedNearestNeighbours(kind_sel="mode"),
    ),
    "ncr": (NeighbourhoodCleaning(), under_sampling.NeighbourhoodCleaningRule),
    "renn": (RepeatedEdited(), under_sampling.RepeatedEditedNearestNeighbours),
    "all_knn": (AllKnn(), under_sampling.AllKNN),
    "near_miss": (NearMiss(), under_sampling.NearMiss),
    "near_miss(version=2)": (NearMiss(version="2"), lambda: under_sampling.NearMiss(version=2)),
    "near_miss(version=3)": (NearMiss(version="3"), lambda: under_sampling.NearMiss(version=3)),
    "cnn": (Condensed(), lambda: under_sampling.CondensedNearestNeighbour(random_state=SEED)),
    "one_sided": (OneSided(), lambda: under_sampling.OneSidedSelection(random_state=SEED)),
    "smote_enn": (SmoteEnn(), lambda: combine.SMOTEENN(random_state=SEED)),
    "smote_tomek": (SmoteTomek(), lambda: combine.SMOTETomek(random_state=SEED)),
}
# Theirs takes minutes or hours for these, and by mode what it takes for enn.
SKIPPED = {100_000: ("cnn", "renn", "all_knn", "enn(kind_sel=mode)", "smote_enn", "smote_tomek")}
ONE_FOLD = ("borderline_smote", "adasyn", "tomek", "enn", "ncr", "smote_enn", "smote_tomek")
LARGE = ("tomek", "enn", "ncr")


@dataclass(frozen=True)
class Row:
    """One line of a table; times in seconds."""

    name: str
    ours: float
    theirs: float | None
    runs: int
    same: str


def table(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers, standardised, and classes 100 to 1 with 0.2 percent of them flipped."""
    X, y = make_classification(
        n, WIDTH, n_informative=12, weights=[1 - 1 / 101], flip_y=0.002, random_state=0
    )
    return StandardScaler().fit_transform(X), y.astype(np.int64)


def main(arguments: list[str]) -> int:
    """Measure and write ``results/samplers.md``."""
    parser = argparse.ArgumentParser(prog="benchmarks samplers", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="rows, by commas")
    parser.add_argument("--large", type=int, default=1_000_000, help="rows of ours alone; 0 for none")
    parser.add_argument("--only", default="", help="samplers, by commas")
    parser.add_argument("--append", action="store_true", help="add to the file what was measured")
    given = parser.parse_args(arguments)
    only = [name for name in given.only.split(",") if name] or list(PAIRS)
    text = []
    for n in (int(size) for size in given.sizes.split(",") if size):
        text.append(_against(n, [name for name in only if name in PAIRS]))
        if not given.only:
            text.append(_together(n))
    if given.large:
        text.append(_alone(given.large))
    path = RESULTS / "samplers.md"
    before = path.read_text() if given.append and path.exists() else _HEAD
    path.write_text(before + "".join(text))
    print("".join(text))
    return 0


_HEAD = """# Samplers: CPU seconds on one thread

`python -m benchmarks samplers`. Data: `make_classification`, 30 numeric features (12 informative), about
100 to 1, 0.2 % of the labels flipped, standardised. imbtool is given the same rows and measures them in
its own space, made anew in every run and timed, too. Seconds are CPU time (user and system) with one
thread, medians of interleaved runs; the machine is shared, so single figures may be off by a third.
"Same rows": values and order equal, to 1e-9 where rows are synthetic.
"""


def _against(n: int, names: list[str]) -> str:
    X, y = table(n)
    rows = []
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            rows.append(_measured(name, X, y, alone=name in SKIPPED.get(n, ())))
            print(f"{n} {rows[-1]}", flush=True)
    lines = ["", f"## {n:,} rows", "", "| sampler | imbtool | imbalanced-learn | ratio | same rows | runs |"]
    lines.append("|---|---:|---:|---:|---|---:|")
    for row in rows:
        theirs = "not run" if row.theirs is None else f"{row.theirs:.3f}"
        ratio = "" if row.theirs is None else f"{row.theirs / row.ours:.1f}"
        lines.append(f"| {row.name} | {row.ours:.3f} | {theirs} | {ratio} | {row.same} | {row.runs} |")
    return "\n".join(lines) + "\n"


def _measured(name: str, X: np.ndarray, y: np.ndarray, *, alone: bool) -> Row:
    """Run both in turns: three times, or once where theirs takes more than ten seconds."""
    sampler, make = PAIRS[name]
    _ours(sampler, X[:3000], y[:3000])
    ours, theirs = [], []
    for _ in range(3):
        seconds, drawn = _ours(sampler, X, y)
        ours.append(seconds)
        if alone:
            continue
        gc.collect()
        began = time.process_time()
        expected = make().fit_resample(X, y)
        theirs.append(time.process_time() - began)
        if theirs[-1] > 10:
            break
    if alone:
        return Row(name, statistics.median(ours), None, len(ours), "")
    return Row(
        name, statistics.median(ours), statistics.median(theirs), len(ours), _verdict(drawn, *expected)
    )


def _ours(sampler: Any, X: np.ndarray, y: np.ndarray, space: Any = None) -> tuple[float, Any]:
    layout = Layout(names=tuple(f"x{j}" for j in range(WIDTH)), levels=(0,) * WIDTH)
    gc.collect()
    began = time.process_time()
    drawn = sampler.resample(X, y, layout=layout, random_state=SEED, space=space)
    return time.process_time() - began, drawn


def _verdict(drawn: Any, X: np.ndarray, y: np.ndarray) -> str:
    same = np.array_equal(drawn.y, y) and np.allclose(drawn.X, X, rtol=0, atol=1e-9)
    return "yes" if same else f"NO ({len(drawn.y)} and {len(y)})"


def _together(n: int) -> str:
    """Time the searching samplers one after the other in one space, as in one fold."""
    X, y = table(n)
    layout = Layout(names=tuple(f"x{j}" for j in range(WIDTH)), levels=(0,) * WIDTH)
    with threadpool_limits(1):
        space = SampleSpace(X, layout)
        shared = [_ours(PAIRS[name][0], X, y, space)[0] for name in ONE_FOLD]
        single = [_ours(PAIRS[name][0], X, y)[0] for name in ONE_FOLD]
    lines = ["", f"One fold of {n:,} rows, in this order, sharing one space (law 4), and each alone:", ""]
    lines += ["| | " + " | ".join(ONE_FOLD) + " | all |", "|---|" + "---:|" * (len(ONE_FOLD) + 1)]
    for label, seconds in (("shared", shared), ("alone", single)):
        cells = [f"{s:.3f}" for s in (*seconds, sum(seconds))]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _alone(n: int) -> str:
    X, y = table(n)
    lines = ["", f"## {n:,} rows, imbtool only, one run", "", "| sampler | imbtool | rows removed |"]
    lines.append("|---|---:|---:|")
    with threadpool_limits(1):
        for name in LARGE:
            seconds, drawn = _ours(PAIRS[name][0], X, y)
            lines.append(f"| {name} | {seconds:.1f} | {len(y) - len(drawn.y):,} |")
            print(lines[-1], flush=True)
    return "\n".join(lines) + "\n"
