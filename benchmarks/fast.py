"""Whether ``imbtool compare --fast`` keeps a method of the full run's best tie group, over the shared sets.

Usage: python -m benchmarks fast [--keep FOLDER] [--only full|fast] [--for SECONDS] [NAME ...]

Every set is compared twice, in full and with ``--fast``, everything else alike (see the table's title), the
smallest sets first. What was measured is kept in the folder: a file for each run that was finished, and a
store with the trials of the others, so that the benchmark goes on where it was stopped. ``--for`` ends it
after so many seconds; the table then holds the sets on which both runs were finished.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.shared import RESULTS, manifest, path_of, target_of

WAYS = {"full": [], "fast": ["--fast"]}
SETTINGS = ["--learners", "lightgbm", "--max-rows", "4000", "--inner-folds", "0", "--jobs", "1"]
TITLE = f"""\
# What `--fast` keeps

`python -m benchmarks fast`: `imbtool compare` on each shared data set in full and with `--fast`, both with
`{" ".join(SETTINGS)}`, the default methods and folds. A row of the full run belongs to the best
tie group when it is not shown to be worse than its best row. *kept* says whether the fast run carried one of
them to the end: of all rows, of the treatments alone (controls are never dropped), and the best row itself.
*leader* says whether the row that leads the fast table belongs to the full run's best tie group. *faster* is
the time of all trainings of the full run over that of the fast one; the machine was shared with other work,
so it is a rough figure.

"""
COLUMNS = ("any", "treatment", "first", "leader")
HEADER = """\
| data set | rows | best in full | tied | dropped | any kept | treatment kept | best kept | leader | faster |
|---|---:|---|---:|---:|---|---|---|---|---:|"""


def main(arguments: list[str]) -> int:
    """Run what is missing, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fast")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--keep", default=str(Path(tempfile.gettempdir()) / "imbtool-fast"))
    parser.add_argument("--only", choices=[*WAYS])
    parser.add_argument("--for", dest="seconds", type=float, default=math.inf)
    asked = parser.parse_args(arguments)
    folder = Path(asked.keep)
    folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + asked.seconds
    found = {}
    for row in sorted(manifest(), key=lambda row: int(row["rows"])):
        if asked.names and row["name"] not in asked.names:
            continue
        ways = [asked.only] if asked.only else [*WAYS]
        runs = {way: _run(row["name"], way, folder, end) for way in ways}
        if not all(runs.values()):
            break
        found[row["name"]] = {way: run for way, run in runs.items() if run}
    if found and not asked.only:
        text = report(found)
        every = len(asked.names or manifest())
        if len(found) < every:
            text += f"\nThe {len(found)} smallest of {every} sets so far.\n"
        print(text)
        if not asked.names:
            (RESULTS / "fast.md").write_text(text)
    return 0


def _run(name: str, way: str, folder: Path, end: float) -> dict[str, Any] | None:
    """Return what is needed of a run, from the folder where it is there; None when the time is over."""
    path = folder / f"{name}.{way}.json"
    if path.exists():
        kept: dict[str, Any] = json.loads(path.read_text())
        return kept
    command = [sys.executable, "-m", "imbtool", "compare", str(path_of(name)), "-t", target_of(name)]
    store = folder / f"{name}.{way}.db"
    command += ["--json", "--quiet", "--store", str(store), *SETTINGS, *WAYS[way]]
    if time.monotonic() >= end:
        return None
    left = None if math.isinf(end) else end - time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=left)
    except subprocess.TimeoutExpired:  # its trials are in the store
        return None
    if done.returncode not in (0, 5):
        sys.exit(f"{name}, {way}: exit code {done.returncode}\n{done.stderr[-1000:]}")
    document = json.loads(done.stdout)
    rows = ("recipe", "rank", "status", "control", "tied_with_best", "reason")
    trials = ("recipe", "repeat", "fold", "status", "n_train", "n_test", "seconds")
    summary = {
        "seconds": sum(trial["seconds"] for trial in document["trials"]),
        "n_rows": document["dataset"]["n_rows"],
        "methods": [{key: row[key] for key in rows} for row in document["methods"]],
        "trials": [
            {**{key: trial[key] for key in trials}, "pr_auc": trial["metrics"].get("pr_auc")}
            for trial in document["trials"]
        ],
    }
    path.write_text(json.dumps(summary))
    for file in folder.glob(f"{store.name}*"):
        file.unlink()
    print(f"{name} {way}: {summary['seconds']:.1f} s of training", flush=True)
    return summary


def judged(full: dict[str, Any], fast: dict[str, Any]) -> dict[str, Any]:
    """Return what the fast run kept of the best of the full one."""
    ranked = sorted((row for row in full["methods"] if row["rank"]), key=lambda row: row["rank"])
    tied = [row["recipe"] for row in ranked if row["tied_with_best"]]
    treatments = [row["recipe"] for row in ranked if row["tied_with_best"] and not row["control"]]
    kept = {row["recipe"] for row in fast["methods"] if row["status"] == "ok"}
    leader = min((row for row in fast["methods"] if row["rank"]), key=lambda row: row["rank"])["recipe"]
    return {
        "best": ranked[0]["recipe"],
        "tied": len(tied),
        "dropped": sum(row["status"] == "dropped" for row in fast["methods"]),
        "any": any(recipe in kept for recipe in tied),
        "treatment": any(recipe in kept for recipe in treatments) if treatments else None,
        "first": ranked[0]["recipe"] in kept,
        "leader": leader in tied,
        "faster": full["seconds"] / fast["seconds"],
    }


def report(found: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return the table and what it comes to."""
    lines, all_judged = [TITLE + HEADER], []
    for name, runs in found.items():
        line = judged(runs["full"], runs["fast"])
        all_judged.append(line)
        told = " | ".join(_yes(line[key]) for key in COLUMNS)
        lines.append(
            f"| {name} | {runs['full']['n_rows']:,} | {line['best']} | {line['tied']} | {line['dropped']} "
            f"| {told} | {line['faster']:.1f} |"
        )
    shares = {
        key: [j[key] for j in all_judged if j[key] is not None]
        for key in ("any", "treatment", "first", "leader")
    }
    told = " | ".join(f"**{sum(v)} of {len(v)}** ({sum(v) / len(v):.0%})" for v in shares.values())
    dropped = sum(j["dropped"] for j in all_judged)
    faster = median(j["faster"] for j in all_judged)
    lines.append(f"| all | | | | {dropped} | {told} | {faster:.1f} (median) |")
    return "\n".join(lines) + "\n"


def _yes(value: bool | None) -> str:
    return "none tied" if value is None else "yes" if value else "**no**"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
