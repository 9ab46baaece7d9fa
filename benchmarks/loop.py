"""``imbtool compare`` beside the loop that a user writes today, on the same folds and settings.

Usage: python -m benchmarks loop [10k] [100k] [1m] [real] [busy] [tuned] [--keep FOLDER] [--rounds N]

Whole commands, imports and reading included, one after the other in every round; medians over the rounds.
Both train LightGBM with its own defaults on the same five folds without inner selection: the loop as
``cross_validate`` over imbalanced-learn pipelines (``benchmarks/scripts/user_loop.py``), ours as ``imbtool
compare --inner-folds 0``, its proof included. Without a part named, all parts run.

- ``10k``, ``real``: everything is run in full.
- ``100k``: a round runs ours in full and one fold of the loop, another one each round; the loop's five folds
  are five times that, after its start.
- ``1m``, without the two hybrids: ours on two of the five folds, one a worker, times 2.5; of the loop one
  fold of everything but Tomek, ENN and NCR, for which a search such as theirs is timed for some of the rows.
- ``busy``: with one process that keeps a core busy; of the loop one fold, stopped after a while.
- ``tuned``: what choosing calibrator and threshold inside every fold costs; of the loop one fold of each.

What was measured is kept in a folder, one file a part, and every call adds a round to it, so that the parts
can be measured apart, each in a quiet quarter of an hour; the tables show all that is there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from compileall import compile_dir
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification

import imbtool
from benchmarks.loop_tables import report
from benchmarks.shared import RESULTS, path_of, target_of
from imbtool.data.load import load_dataset
from imbtool.data.splits import outer_splits

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = [
    "none",
    "class_weight",
    "random_under",
    "random_over",
    "smote",
    "borderline_smote",
    "adasyn",
    "tomek",
    "enn",
    "ncr",
    "near_miss",
    "smote_enn",
    "smote_tomek",
]
HYBRIDS = ("smote_enn", "smote_tomek")
SEARCHERS = ("tomek", "enn", "ncr")
REAL = ("mammography", "oil_spill", "ecoli3", "winequality_red_4", "satimage_c4")
DEFAULTS = "lightgbm(num_leaves=31, reg_lambda=0, colsample_bytree=1)"
SCRIPTS = Path(__file__).parent / "scripts"
FOLDS = 5
PATIENCE = 150.0
"""Seconds that the loop may take for one fold beside a busy core."""


def synthetic(rows: int, folder: Path) -> Path:
    """Write the table of the project's speed figures: 30 numbers, 12 of them informative, 1 in 100."""
    path = folder / f"synthetic_{rows}.csv"
    if not path.exists():
        X, y = make_classification(
            rows, 30, n_informative=12, n_redundant=4, weights=[0.99], flip_y=0.002, random_state=0
        )
        part = path.with_suffix(".part")
        pd.DataFrame(X, columns=[f"x{i}" for i in range(30)]).assign(y=y).to_csv(part, index=False)
        part.replace(path)  # a run that was killed leaves no shortened table behind
    return path


def real(name: str, folder: Path) -> Path:
    """Write a shared data set of numbers only, its target as ``y``."""
    path = folder / f"{name}.csv"
    if not path.exists():
        pd.read_csv(path_of(name)).rename(columns={target_of(name): "y"}).to_csv(path, index=False)
    return path


def write_folds(data: Path) -> Path:
    """Write the folds that ``imbtool compare`` uses on a table, for the loop to use too."""
    path = data.with_suffix(".npy")
    if not path.exists():
        dataset = load_dataset(str(data), target="y")
        splits, _ = outer_splits(dataset, folds=FOLDS, repeats=1, seed=0)
        fold = np.empty(dataset.n_rows, dtype=int)
        for split in splits:
            fold[split.test] = split.fold
        np.save(path, fold)
    return path


class Bench:
    """Runs whole commands on one table; each returns what it took and found."""

    def __init__(self, data: Path, methods: list[str] | None = None) -> None:
        self.data, self.folds = data, write_folds(data)
        self.methods = methods or METHODS

    def ours(self, *more: str, of: int = FOLDS, inner: bool = False) -> dict[str, Any]:
        """Run our command; on fewer than all folds its seconds are scaled up, start-up and all."""
        start = ["-m", "imbtool"] if of == FOLDS else [str(SCRIPTS / "first_folds.py"), str(of)]
        command = [sys.executable, *start, "compare", str(self.data), "-t", "y", "--json", "--quiet"]
        command += ["--methods", ",".join(self.methods), "--learners", DEFAULTS, "--repeats", "1"]
        command += ["--no-store", "--jobs", "2", *([] if inner else ["--inner-folds", "0"]), *more]
        seconds, document = _timed(command)
        scores: dict[str, list[float]] = {}
        for trial in sorted(document["trials"], key=lambda trial: trial["fold"]):
            if trial["status"] == "ok":
                scores.setdefault(trial["recipe"], []).append(trial["metrics"]["pr_auc"])
        peak = document["environment"].get("peak_memory")
        return {"seconds": seconds * FOLDS / of, "measured": seconds, "scores": scores, "peak": peak}

    def loop(self, *more: str, fold: int | None = None, patience: float | None = None) -> dict[str, Any]:
        """Run the user's loop; from one fold all are reckoned."""
        command = [sys.executable, str(SCRIPTS / "user_loop.py"), str(self.data), str(self.folds)]
        command += ["--only", ",".join(self.methods), *more]
        command += ["--began", str(time.time()), *([] if fold is None else ["--fold", str(fold)])]
        seconds, document = _timed(command, patience)
        if document is None:
            return {"seconds": seconds * FOLDS, "measured": seconds, "at_least": True, "scores": {}}
        whole = seconds
        if fold is not None:
            whole = document["before"] + FOLDS * (seconds - document["before"])
        scores = document["scores"] if fold is None else {}
        return {"seconds": whole, "measured": seconds, "scores": scores, "per_method": document["seconds"]}

    def search(self) -> float:
        """Return the seconds of one search of all training rows, as Tomek, ENN and NCR do, from a part."""
        _, document = _timed(
            [sys.executable, str(SCRIPTS / "user_search.py"), str(self.data), str(self.folds)]
        )
        return float(document["seconds"])


def _timed(command: list[str], patience: float | None = None) -> tuple[float, Any]:
    began = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience)
    except subprocess.TimeoutExpired:
        return time.perf_counter() - began, None
    if done.returncode not in (0, 5):
        sys.exit(f"{command[1:4]} failed with exit code {done.returncode}:\n{done.stderr[-2000:]}")
    return time.perf_counter() - began, json.loads(done.stdout)


@contextmanager
def busy_core() -> Iterator[None]:
    """Keep one core busy meanwhile."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _ten(folder: Path, number: int) -> dict[str, Any]:  # noqa: ARG001 - every round is the same
    bench = Bench(synthetic(10_000, folder))
    return {
        bench.data.stem: {
            "imbtool": bench.ours(),
            "loop": bench.loop(),
            "imbtool --fast": bench.ours("--fast"),
            "savvy loop": bench.loop("--savvy"),
        }
    }


def _real(folder: Path, number: int) -> dict[str, Any]:  # noqa: ARG001
    found = {}
    for name in REAL:
        bench = Bench(real(name, folder))
        found[name] = {"imbtool": bench.ours(), "loop": bench.loop()}
    return found


def _hundred(folder: Path, number: int) -> dict[str, Any]:
    bench = Bench(synthetic(100_000, folder))
    fold = number % FOLDS
    return {
        bench.data.stem: {
            "imbtool": bench.ours(),
            "loop": bench.loop(fold=fold),
            "imbtool --fast": bench.ours("--fast"),
        }
    }


def _million(folder: Path, number: int) -> dict[str, Any]:
    data = synthetic(1_000_000, folder)
    plain = [m for m in METHODS if m not in HYBRIDS]
    ours = Bench(data, plain).ours(of=2)
    rest = Bench(data, [m for m in plain if m not in SEARCHERS])
    loop, search = rest.loop(fold=number % FOLDS), rest.search()
    # Each of the three searches once and then trains on nearly all rows.
    loop["seconds"] += FOLDS * len(SEARCHERS) * (search + loop["per_method"]["none"])
    loop["search"] = search
    return {data.stem: {"imbtool": ours, "loop": loop}}


def _busy(folder: Path, number: int) -> dict[str, Any]:
    bench = Bench(synthetic(10_000, folder))
    fold = number % FOLDS
    found = {"imbtool": bench.ours(), "loop": bench.loop(fold=fold)}
    with busy_core():
        found |= {"imbtool, busy": bench.ours(), "loop, busy": bench.loop(fold=fold, patience=PATIENCE)}
    return {bench.data.stem: found}


def _tuned(folder: Path, number: int) -> dict[str, Any]:
    bench = Bench(synthetic(10_000, folder))
    fold = number % FOLDS
    return {
        bench.data.stem: {
            "imbtool": bench.ours(),
            "imbtool, tuned": bench.ours(inner=True),
            "loop": bench.loop(fold=fold),
            "loop, tuned": bench.loop("--tuned", fold=fold),
        }
    }


PARTS = {"10k": _ten, "real": _real, "100k": _hundred, "1m": _million, "busy": _busy, "tuned": _tuned}


def main(arguments: list[str]) -> int:
    """Measure the parts asked for, and print the tables of all that was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks loop")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--keep", default=str(Path(tempfile.gettempdir()) / "imbtool-loop"))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--tables", action="store_true", help="measure nothing")
    parser.add_argument("--prepare", action="store_true", help="only write the tables that are measured on")
    parser.add_argument("--write", action="store_true", help="write the tables into the results")
    asked = parser.parse_args(arguments)
    folder = Path(asked.keep)
    folder.mkdir(parents=True, exist_ok=True)
    if asked.prepare:
        for rows in (10_000, 100_000, 1_000_000):
            write_folds(synthetic(rows, folder))
        for name in REAL:
            write_folds(real(name, folder))
        return 0
    compile_dir(Path(imbtool.__file__).parent, quiet=1)  # as installing does; the loop's packages are
    for part in [] if asked.tables else asked.parts or PARTS:
        for _ in range(asked.rounds):
            _measure(part, folder)
    kept = {
        part: json.loads(path.read_text()) for part in PARTS if (path := folder / f"{part}.json").exists()
    }
    text = report(kept, METHODS)
    print(text)
    if asked.write:
        (RESULTS / "loop.md").write_text(text)
    return 0


def _measure(part: str, folder: Path) -> None:
    """Add a round to what is kept of a part."""
    path = folder / f"{part}.json"
    rounds = json.loads(path.read_text()) if path.exists() else []
    before = os.getloadavg()[0]
    found = PARTS[part](folder, len(rounds))
    rounds.append({"load": [before, os.getloadavg()[0]], "tables": found})
    path.write_text(json.dumps(rounds))
    for table, commands in found.items():
        for name, row in commands.items():
            print(f"  {table} {name}: {row['measured']:.1f} s, in all {row['seconds']:.1f}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
