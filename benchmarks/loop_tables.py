"""The tables of ``python -m benchmarks loop``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np
from scipy.stats import t as student

Rounds = Sequence[Mapping[str, Any]]
TITLE = """\
# `imbtool compare` beside the loop that a user writes today

`python -m benchmarks loop`, on {cores} cores: seconds of whole commands, interleaved within a round,
medians over the rounds with their range. *ratio* is what the command took in units of imbtool's plain
comparison of the same round, *loop* what the loop took in units of the command, *own plain* what it took in
units of the same command without the extra; *load* is how many processes wanted to run before and after (2
are ours). Thirteen methods, five folds, LightGBM's defaults, the same folds for both; imbtool's
time includes its proof.

"""
MILLION = """\
Reckoned: imbtool's seconds are 2.5 times those of a whole command on two of the five folds, one a worker,
start-up and reading included, which is too much. The loop's are five times one fold of eight methods, plus
for each of Tomek, ENN and NCR five searches of all training rows (timed for 20,000 of them) and five
trainings. Peak memory is that of the command with two workers."""
TUNED = """\
imbtool chooses on three inner folds; the loop nests `CalibratedClassifierCV` (3) in
`TunedThresholdClassifierCV` (3), its seconds reckoned from one fold of each."""
HUNDRED = "The loop's seconds are five times those of one fold, another one each round, after its start."
BUSY = "The loop's seconds are reckoned from one fold; *at least* where it was stopped."
PARTS = {
    "10k": ("10,000 x 30, everything in full", ""),
    "real": ("Small real sets, everything in full", ""),
    "100k": ("100,000 x 30", HUNDRED),
    "1m": ("1,000,000 x 30, without the two hybrids", MILLION),
    "busy": ("10,000 x 30, one core busy with something else", BUSY),
    "tuned": ("Calibrator and threshold chosen inside every fold, 10,000 x 30", TUNED),
}
BASES = {"loop, busy": "loop", "loop, tuned": "loop", "imbtool, busy": "imbtool", "imbtool, tuned": "imbtool"}


def report(kept: Mapping[str, Rounds], methods: Sequence[str]) -> str:
    """Return the tables of all parts that were measured."""
    text = TITLE.format(cores=os.cpu_count())
    for part, (title, note) in PARTS.items():
        if part in kept:
            text += f"## {title}\n\n{note}\n\n" if note else f"## {title}\n\n"
            text += "\n".join(_times(kept[part])) + "\n\n"
    scores = [line for part in ("10k", "real") if part in kept for line in _scores(kept[part], methods)]
    return text + (SCORES + "\n".join(scores) + "\n" if scores else "")


def _times(rounds: Rounds) -> list[str]:
    lines = [
        "| table | command | rounds | seconds | range | ratio | loop | own plain | peak, GB | load |",
        "|---|---|---:|---:|---|---:|---:|---:|---:|---|",
    ]
    load = " to ".join(f"{median(r['load'][end] for r in rounds):.1f}" for end in (0, 1))
    for table, commands in rounds[0]["tables"].items():
        for name in commands:
            rows = [r["tables"][table][name] for r in rounds]
            plain = [r["tables"][table]["imbtool"]["seconds"] for r in rounds]
            seconds = [row["seconds"] for row in rows]
            more = "at least " if any(row.get("at_least") for row in rows) else ""
            ratio = "" if name == "imbtool" else f"{more}{_ratio(seconds, plain):.2f}"
            theirs = [r["tables"][table]["loop"]["seconds"] for r in rounds]
            faster = f"{_ratio(theirs, seconds):.2f}" if name.startswith("imbtool") else ""
            slower = ""
            if name in BASES:
                base = [r["tables"][table][BASES[name]]["seconds"] for r in rounds]
                slower = f"{more}{_ratio(seconds, base):.2f}"
            peak = max((row.get("peak") or 0 for row in rows), default=0)
            lines.append(
                f"| {table} | {name} | {len(rows)} | {more}{median(seconds):.1f} "
                f"| {min(seconds):.1f} to {max(seconds):.1f} | {ratio} | {faster} | {slower} "
                f"| {f'{peak / 1e9:.2f}' if peak else ''} | {load} |"
            )
    return lines


def _ratio(seconds: Sequence[float], base: Sequence[float]) -> float:
    return median(a / b for a, b in zip(seconds, base, strict=True))


def _scores(rounds: Rounds, methods: Sequence[str]) -> list[str]:
    lines = []
    for table, commands in rounds[-1]["tables"].items():
        ours, theirs = commands["imbtool"]["scores"], commands["loop"]["scores"]
        for method in methods:
            if method not in ours or method not in theirs:
                lines.append(f"| {table} | {method} | | | not applicable | |")
                continue
            mean, half = _noise(ours[method], theirs[method])
            inside = "yes" if abs(mean) <= half or abs(mean) < 1e-12 else "no"
            lines.append(
                f"| {table} | {method} | {np.mean(theirs[method]):.4f} | {np.mean(ours[method]):.4f} "
                f"| {mean:+.4f} ± {half:.4f} | {inside} |"
            )
    return lines


def _noise(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float]:
    """Return the mean difference and half the width of its corrected 95 percent interval."""
    d = np.asarray(ours) - np.asarray(theirs)
    n = len(d)
    half = student.ppf(0.975, n - 1) * d.std(ddof=1) * np.sqrt(1 / n + 1 / (n - 1))
    return float(d.mean()), float(half)


SCORES = """\
## The same scores

Within what five folds can tell: PR-AUC, difference ours minus loop with its corrected 95 percent interval.

| table | method | loop | imbtool | difference | inside the noise |
|---|---|---|---|---|---|
"""
