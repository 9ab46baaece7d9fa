"""A whole comparison with networks, recipe by recipe and those of a fold together: seconds, same report.

Usage: python -m benchmarks torch_together [--device cpu|cuda] [--save] [NAME ...]

``imbtool compare`` in a process of its own, with ``--together recipe`` and ``--together fold``, one and two
workers, nothing stored. The two reports must be equal but for what the clock and the memory decide; on a GPU
they may differ by rounding.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import Any

from benchmarks.kill_test import timeless
from benchmarks.shared import RESULTS, path_of, target_of

SETS = {
    "ecoli3": ("--methods", "class_weight,cooldown,smote,random_over,focal"),
    "mammography": ("--max-rows", "2000", "--folds", "3", "--methods", "class_weight,cooldown,smote"),
}
COMMON = ("--learners", "torch", "--repeats", "1", "--json", "--quiet", "--no-store")
JOBS = (1, 2)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="torch_together")
    parser.add_argument("names", nargs="*", choices=[*SETS, []])
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--save", action="store_true", help="add the lines to the result file")
    given = parser.parse_args(arguments)
    lines = []
    for name in given.names or SETS:
        for jobs in JOBS:
            (apart, one), (together, other) = (
                ran(name, jobs, how, given.device) for how in ("recipe", "fold")
            )
            same = "yes" if one == other else "no"
            lines.append(f"| {name} | {given.device} | {jobs} | {apart:.1f} | {together:.1f} | {same} |")
            print(lines[-1], flush=True)
    if given.save:
        with (RESULTS / "torch_together.md").open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return 0


def ran(name: str, jobs: int, together: str, device: str) -> tuple[float, Any]:
    """Return the seconds of a command, and its report without what the clock decides."""
    command = [sys.executable, "-m", "imbtool", "compare", str(path_of(name)), "-t", target_of(name)]
    command += [*SETS[name], *COMMON, "--jobs", str(jobs), "--together", together, "--device", device]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 5):
        sys.exit(f"{name}: exit {done.returncode}: {done.stderr[-500:]}")
    return time.perf_counter() - began, timeless(json.loads(done.stdout))
