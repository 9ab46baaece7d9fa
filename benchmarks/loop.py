"""``imbtool compare`` beside the loop that a user writes today, on the same folds and settings.

Usage: python -m benchmarks loop [--sizes 10000,100000] [--rounds 3] [--busy] [--tuned] [--real NAME,NAME]

Whole commands, imports and reading included, one after the other in every round (ours, the loop, the savvy
loop, ours, ...); medians over the rounds. Both train LightGBM with its own defaults on the same five folds
without inner selection: the loop as ``cross_validate`` over imbalanced-learn pipelines
(``benchmarks/scripts/user_loop.py``), ours as ``imbtool compare --inner-folds 0``. ``--busy`` adds one
process that keeps a core busy; ``--tuned`` measures what choosing calibrator and threshold in every
fold costs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import t as student
from sklearn.datasets import make_classification

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
DEFAULTS = "lightgbm(num_leaves=31, reg_lambda=0, colsample_bytree=1)"
SCRIPT = Path(__file__).parent / "scripts" / "user_loop.py"


def synthetic(rows: int, folder: Path) -> Path:
    """Write the table of the project's speed figures: 30 numbers, 12 of them informative, 1 in 100."""
    X, y = make_classification(
        rows, 30, n_informative=12, n_redundant=4, weights=[0.99], flip_y=0.002, random_state=0
    )
    table = pd.DataFrame(X, columns=[f"x{i}" for i in range(30)]).assign(y=y)
    path = folder / f"synthetic_{rows}.csv"
    table.to_csv(path, index=False)
    return path


def real(name: str, folder: Path) -> Path:
    """Write a shared data set of numbers only, its target as ``y``."""
    table = pd.read_csv(path_of(name))
    table = table.rename(columns={target_of(name): "y"})
    path = folder / f"{name}.csv"
    table.to_csv(path, index=False)
    return path


def write_folds(data: Path) -> Path:
    """Write the folds that ``imbtool compare`` uses on a table, for the loop to use too."""
    dataset = load_dataset(str(data), target="y")
    splits, _ = outer_splits(dataset, folds=5, repeats=1, seed=0)
    fold = np.empty(dataset.n_rows, dtype=int)
    for split in splits:
        fold[split.test] = split.fold
    path = data.with_suffix(".npy")
    np.save(path, fold)
    return path


class Runner:
    """Runs whole commands on one table and keeps what they took and found."""

    def __init__(self, data: Path, methods: list[str]) -> None:
        self.data, self.methods = data, methods
        self.folds = write_folds(data)
        self.seconds: dict[str, list[float]] = {}
        self.scores: dict[str, dict[str, list[float]]] = {}
        self.per_method: dict[str, dict[str, float]] = {}

    def commands(self, tuned: bool) -> dict[str, list[str]]:
        """Return the commands of a round."""
        loop = [
            sys.executable,
            str(SCRIPT),
            str(self.data),
            str(self.folds),
            "--only",
            ",".join(self.methods),
        ]
        ours = [sys.executable, "-m", "imbtool", "compare", str(self.data), "-t", "y", "--json", "--quiet"]
        ours += ["--methods", ",".join(self.methods), "--learners", DEFAULTS, "--repeats", "1", "--no-store"]
        plain = [*ours, "--inner-folds", "0"]
        if tuned:
            return {"imbtool": plain, "imbtool tuned": ours, "loop": loop, "loop tuned": [*loop, "--tuned"]}
        return {
            "imbtool": plain,
            "loop": loop,
            "imbtool --fast": [*plain, "--fast"],
            "savvy loop": [*loop, "--savvy"],
        }

    def run(self, name: str, command: list[str]) -> None:
        """Run one command to its end."""
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
        if done.returncode not in (0, 5):
            sys.exit(f"{name} failed with exit code {done.returncode}:\n{done.stderr[-2000:]}")
        self.seconds.setdefault(name, []).append(seconds)
        document = json.loads(done.stdout)
        self.scores[name] = _ours(document) if name.startswith("imbtool") else document["scores"]
        if not name.startswith("imbtool"):
            self.per_method[name] = document["seconds"]
        print(f"  {self.data.stem} {name}: {seconds:.1f} s", flush=True)


def _ours(document: dict[str, Any]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for trial in sorted(document["trials"], key=lambda trial: trial["fold"]):
        if trial["status"] == "ok":
            found.setdefault(trial["recipe"], []).append(trial["metrics"]["pr_auc"])
    return found


@contextmanager
def busy_core(wanted: bool) -> Iterator[None]:
    """Keep one core busy meanwhile."""
    if not wanted:
        yield
        return
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def noise(ours: list[float], theirs: list[float]) -> tuple[float, float]:
    """Return the mean difference and half the width of its corrected 95 percent interval."""
    d = np.asarray(ours) - np.asarray(theirs)
    n = len(d)
    half = student.ppf(0.975, n - 1) * d.std(ddof=1) * np.sqrt(1 / n + 1 / (n - 1))
    return float(d.mean()), float(half)


def lines_of(runner: Runner, busy: bool) -> list[str]:
    load = "one core busy" if busy else "quiet"
    ours = median(runner.seconds["imbtool"])
    cells = []
    for name, values in runner.seconds.items():
        ratio = median([b / a for a, b in zip(runner.seconds["imbtool"], values, strict=True)])
        spread = f"{min(values):.1f} to {max(values):.1f}"
        shown = "" if name == "imbtool" else f"{ratio:.2f}x"
        cells.append(f"| {runner.data.stem} | {load} | {name} | {median(values):.1f} | {spread} | {shown} |")
    return cells if ours else []


def score_lines(runner: Runner) -> list[str]:
    lines = []
    for method in runner.methods:
        a, b = runner.scores["imbtool"].get(method), runner.scores["loop"].get(method)
        if not a or not b:
            lines.append(f"| {runner.data.stem} | {method} | | | not applicable | |")
            continue
        mean, half = noise(a, b)
        inside = "yes" if abs(mean) <= half or abs(mean) < 1e-12 else "no"
        lines.append(
            f"| {runner.data.stem} | {method} | {np.mean(b):.4f} | {np.mean(a):.4f} "
            f"| {mean:+.4f} ± {half:.4f} | {inside} |"
        )
    return lines


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks loop")
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--real", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--no-hybrids", action="store_true")
    parser.add_argument("--no-savvy", action="store_true")
    parser.add_argument("--write", metavar="NAME", default="")
    asked = parser.parse_args(arguments)
    methods = [m for m in METHODS if not (asked.no_hybrids and m in HYBRIDS)]
    times, scores = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = [synthetic(int(size), folder) for size in asked.sizes.split(",") if size]
        tables += [real(one, folder) for one in asked.real.split(",") if one]
        for data in tables:
            runner = Runner(data, methods)
            with busy_core(asked.busy):
                for _ in range(asked.rounds):
                    for what, command in runner.commands(asked.tuned).items():
                        if not (asked.no_savvy and what.startswith("savvy")):
                            runner.run(what, command)
            times += lines_of(runner, asked.busy)
            scores += score_lines(runner)
    text = TIMES + "\n".join(times) + "\n" + SCORES + "\n".join(scores) + "\n"
    print(text)
    if asked.write:
        (RESULTS / f"{asked.write}.md").write_text(f"{TITLE.format(os.cpu_count(), asked.rounds)}\n{text}")
    return 0


TITLE = """\
# `imbtool compare` beside the loop that a user writes today

`python -m benchmarks loop`, on {} cores, {} rounds, interleaved; seconds of whole commands, medians, with
their range, and the median ratio to imbtool's of the same round."""
TIMES = """
| table | machine | command | seconds | range | times imbtool |
|---|---|---|---|---|---|
"""
SCORES = """
The same scores, within what five folds can tell (PR-AUC, difference ours minus loop with its corrected 95
percent interval):

| table | method | loop | imbtool | difference | inside the noise |
|---|---|---|---|---|---|
"""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
