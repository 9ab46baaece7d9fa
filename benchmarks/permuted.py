"""Permuted targets: how often the verdict claims that something beats doing nothing.

Usage: python -m benchmarks permuted [--full]

Each target is shuffled five times (``--full``: twenty), so that no feature says anything about it and
every claim is false. A claim is a verdict other than "do nothing", "inconclusive" and "too few positives".
"""

from __future__ import annotations

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
    shuffles = 20 if "--full" in arguments else 5
    lines, claims, runs = [], 0, 0
    for name in SETS:
        data = load_dataset(str(path_of(name)), target=target_of(name), max_rows=5000)
        for shuffle in range(shuffles):
            y = np.random.default_rng([shuffle, runs]).permutation(data.y)
            began = time.perf_counter()
            result = compare_dataset(replace(data, y=y), Options(seed=shuffle))
            seconds = time.perf_counter() - began
            gains = [m.versus_nothing["pr_auc"] for m in result.methods if "pr_auc" in m.versus_nothing]
            least = min((g.p_holm for g in gains if g.mean > 0), default=1.0)
            kind = result.verdict.kind
            claims += kind not in QUIET
            runs += 1
            lines.append(f"| {name} | {shuffle} | {seconds:.0f} | {kind} | {least:.3f} |")
            print(lines[-1], flush=True)
            total = f"\n{claims} false claims in {runs} runs.\n"
            (RESULTS / "permuted.md").write_text(TITLE + "\n".join(lines) + "\n" + total)
    print(total)
    return 0
