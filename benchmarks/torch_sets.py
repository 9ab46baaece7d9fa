"""Whether ``imbtool compare --learners lightgbm,torch --device auto`` works on all shared data sets.

Usage: python -m benchmarks torch_sets [--keep FOLDER] [--until SECONDS] [NAME ...]

Every set, several classes included, with few rows and few methods: what is asked is whether each trial
ends with numbers or with a reason. Documents are kept in the folder, one a set, so that the benchmark goes
on where it was stopped; with ``--until`` it starts nothing new after so many seconds. The result file is
written when all sets are there.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.shared import RESULTS, manifest, path_of, target_of

SETTINGS = shlex.split(
    "--learners lightgbm,torch --device auto --methods cooldown --max-rows 300"
    " --folds 2 --repeats 1 --inner-folds 0 --jobs 1"
)
HEADER = """\
| data set | classes | rarest | seconds | exit | verdict | lightgbm | torch | trials of torch | why not all |
|---|---:|---:|---:|---:|---|---:|---:|---|---|"""
TITLE = f"""\
# LightGBM and the network on all shared data sets

`python -m benchmarks torch_sets`: `imbtool compare SET --target T {" ".join(SETTINGS)}`, no GPU
at hand. *rarest* are rows of the rarest class among those compared; *lightgbm* and *torch* the PR-AUC of
doing nothing. With 300 rows these are no measure of quality: that is in `torch_quality.md`.

"""


def main(arguments: list[str]) -> int:
    """Run what is missing, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks torch_sets")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "imbtool-torch-sets")
    parser.add_argument("--until", type=float, default=float("inf"))
    asked = parser.parse_args(arguments)
    asked.keep.mkdir(parents=True, exist_ok=True)
    until = time.perf_counter() + asked.until
    rows = sorted(manifest(), key=lambda row: int(row["rows"]))
    names = [row["name"] for row in rows if not asked.names or row["name"] in asked.names]
    lines = [HEADER]
    for name in names:
        if time.perf_counter() > until:
            print(f"{len(lines) - 1} of {len(names)} sets are there; the same command goes on.")
            return 1
        lines.append(line_of(name, kept(name, asked.keep)))
        print(lines[-1], flush=True)
    if not asked.names:
        (RESULTS / "torch_sets.md").write_text(TITLE + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


def kept(name: str, folder: Path) -> dict[str, Any]:
    """Return what came of a set, from the folder where it is there."""
    path = folder / f"{name}.json"
    if not path.exists():
        command = [sys.executable, "-m", "imbtool", "compare", str(path_of(name)), "-t", target_of(name)]
        began = time.perf_counter()
        done = subprocess.run(
            [*command, *SETTINGS, "--json", "--quiet", "--no-store"],
            capture_output=True,
            text=True,
            check=False,
        )
        found = {"exit": done.returncode, "seconds": time.perf_counter() - began, "said": done.stderr[-500:]}
        path.write_text(json.dumps(found | {"document": json.loads(done.stdout)}))
    read: dict[str, Any] = json.loads(path.read_text())
    return read


def line_of(name: str, found: dict[str, Any]) -> str:
    """Return a row of the table."""
    document = found["document"]
    if "error" in document:
        cells = [name, "", "", f"{found['seconds']:.0f}", str(found["exit"]), document["error"]["message"]]
        return "| " + " | ".join(cells) + " | | | | |"
    counts = [trial["counts_before"] for trial in document["trials"]]
    # Controls that only inner folds can choose are asked of no trial here.
    own = [
        trial
        for trial in document["trials"]
        if trial["learner"].startswith("torch") and "without inner folds" not in trial["reason"]
    ]
    reasons = Counter(trial["reason"] for trial in own if trial["status"] != "ok")
    classes = document["dataset"]["classes"]
    cells = [
        name,
        str(len(classes)),
        str(min(int(n) for n in classes.values())) if isinstance(classes, dict) else str(min(counts[0])),
        f"{found['seconds']:.0f}",
        str(found["exit"]),
        document["verdict"]["kind"],
        *(plain(document, learner) for learner in ("lightgbm", "torch")),
        ", ".join(f"{n} {status}" for status, n in Counter(trial["status"] for trial in own).items()),
        "; ".join(f"{reason} ({n})" for reason, n in reasons.items()),
    ]
    return "| " + " | ".join(cells) + " |"


def plain(document: dict[str, Any], learner: str) -> str:
    """Return the PR-AUC of doing nothing, or a dash."""
    for row in document["methods"]:
        if row["learner"] == learner and row["recipe"] == "none" and row["status"] == "ok":
            return f"{row['estimates']['pr_auc']['mean']:.3f}"
    return "-"
