"""Permuted targets: how often the verdict claims that something beats doing nothing.

Usage: python -m benchmarks permuted [--full] [--jobs N] [NAME ...]

Each target is shuffled five times (``--full``: twenty), so that no feature says anything about it and
every claim is false. A claim is a verdict other than "do nothing", "inconclusive" and "too few positives".
The result file is written only when no set is named.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np

from benchmarks.shared import RESULTS, path_of, target_of
from imbtool.data.load import load_dataset
from imbtool.evaluation.compare import compare_dataset
from imbtool.evaluation.options import Options

SETS = (
    "oil_spill",
    "ecoli3",
    "yeast6",
    "winequality_red_4",
    "flare_f",
    "abalone19",
    "cervical_biopsy",
    "nasa_mc1",
)
QUIET = ("do-nothing", "inconclusive", "too-few-positives")
TITLE = """\
# Verdicts on permuted targets

`python -m benchmarks permuted`: default `imbtool compare` with the target shuffled; every claim is false.

| data set | shuffle | seconds | verdict | smallest Holm p-value of a gain |
|---|---|---|---|---|
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks permuted")
    parser.add_argument("names", nargs="*", choices=[*SETS, []])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--jobs", type=int, default=None)
    asked = parser.parse_args(arguments)
    shuffles = 20 if asked.full else 5
    lines, claims = [], 0
    for name in asked.names or SETS:
        data = load_dataset(str(path_of(name)), target=target_of(name), max_rows=5000)
        for shuffle in range(shuffles):
            number = SETS.index(name) * shuffles + shuffle
            y = np.random.default_rng([shuffle, number]).permutation(data.y)
            began = time.perf_counter()
            result = compare_dataset(replace(data, y=y), Options(seed=shuffle, jobs=asked.jobs))
            seconds = time.perf_counter() - began
            gains = [m.versus_nothing["pr_auc"] for m in result.methods if "pr_auc" in m.versus_nothing]
            least = min((g.p_holm for g in gains if g.mean > 0), default=1.0)
            kind = result.verdict.kind
            claims += kind not in QUIET
            lines.append(f"| {name} | {shuffle} | {seconds:.0f} | {kind} | {least:.3f} |")
            print(lines[-1], flush=True)
            total = f"\n{claims} false claims in {len(lines)} runs.\n"
            if not asked.names:
                (RESULTS / "permuted.md").write_text(TITLE + "\n".join(lines) + "\n" + total)
    print(total)
    return 0
