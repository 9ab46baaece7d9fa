"""Every method of the catalogue with LightGBM on four data sets: verdict, table, seconds.

Usage: python -m benchmarks full_catalogue [--part late|money|networks] [--tables] [NAME ...]

A set that is not named keeps its part of the result file's documents (``--keep FOLDER``), so that sets can be
run one at a time. The other parts are rows that came later or that need another learner or prices, each with
a result file of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.shared import RESULTS, path_of, target_of
from imbtool.evaluation.scale import metric_key

SETS = {
    "mammography": ("--folds", "5", "--repeats", "1"),
    "oil_spill": ("--folds", "5", "--repeats", "1"),
    "hmeq": ("--folds", "5", "--repeats", "1"),
    # Two rows of its rarest class: two folds are all there can be.
    "thyroid_hypothyroid": ("--folds", "2", "--repeats", "2"),
}
COMMON = ("--jobs", "1", "--json", "--quiet", "--no-store")
LATE = "kmeans_smote,marginal_filter,doremi,doge,velocitune,aioli,cvar_auc"
NETWORKS = (
    "temperature_batches,balanced_batches,infobatch,seta,group_dro,rent,sam,weight_balancing,batch_former,"
    "self_distillation"
)
PARTS = {
    "all": ("--methods", "all", "--learners", "lightgbm"),
    "late": ("--methods", LATE, "--learners", "lightgbm"),
    "money": (
        *("--methods", "targeting,focal,self_paced", "--learners", "lightgbm"),
        *("--cost-fn", "10", "--cost-fp", "1", "--metric", "cost"),
    ),
    "networks": ("--methods", NETWORKS, "--learners", "torch", "--inner-folds", "0"),
}

TITLE = """\
# {title}

`python -m benchmarks full_catalogue{option}`: every method by itself at its defaults, all rows, one worker
process, `{command}`
with the folds named below.
Seconds of the whole command were taken while other programs used the same cores.
"""
TITLES = {
    "all": "The whole catalogue on four data sets",
    "late": "Later rows of the catalogue",
    "money": "Learning what pays",
    "networks": "What needs a network",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="full_catalogue")
    parser.add_argument("names", nargs="*", choices=[*SETS, []])
    parser.add_argument("--keep", type=Path, default=Path("build/full_catalogue"))
    parser.add_argument("--part", choices=list(PARTS), default="all")
    parser.add_argument(
        "--tables", action="store_true", help="compare nothing, write the page of what is kept"
    )
    given = parser.parse_args(arguments)
    given.keep.mkdir(parents=True, exist_ok=True)
    kept = {name: given.keep / f"{given.part} {name}.json" for name in SETS}
    for name in () if given.tables else given.names or SETS:
        kept[name].write_text(json.dumps(compared(name, given.part)))
    documents = {name: json.loads(path.read_text()) for name, path in kept.items() if path.exists()}
    text = page(documents, given.part)
    print(text)
    if given.part != "all" or len(documents) == len(SETS):
        file = "full_catalogue.md" if given.part == "all" else f"full_catalogue_{given.part}.md"
        (RESULTS / file).write_text(text)
    return 0


def compared(name: str, part: str) -> dict[str, Any]:
    """Return the document of a comparison, with the seconds of the whole command."""
    command = [sys.executable, "-m", "imbtool", "compare", str(path_of(name)), "-t", target_of(name)]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, *SETS[name], *PARTS[part], *COMMON], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 5):
        sys.exit(f"{name}: exit {done.returncode}: {done.stderr[-500:]}")
    document: dict[str, Any] = json.loads(done.stdout)
    return {**document, "wall": time.perf_counter() - began, "exit": done.returncode}


def page(documents: dict[str, dict[str, Any]], asked: str) -> str:
    """Return the result page."""
    command = " ".join(("imbtool compare FILE -t COLUMN", *PARTS[asked], *COMMON))
    option = "" if asked == "all" else f" --part {asked}"
    parts = [
        TITLE.format(title=TITLES[asked], option=option, command=command),
        summary(documents),
    ]
    parts += [part(name, document) for name, document in documents.items()]
    return "\n".join(parts)


def part(name: str, document: dict[str, Any]) -> str:
    """Return what is said of one data set: verdict and table."""
    metric = document["settings"]["metric"]
    counts = ", ".join(f"{n:,}" for n in document["dataset"]["counts"])
    verdict = document["verdict"]
    facts = f"{document['dataset']['n_rows']:,} rows ({counts}), {' '.join(SETS[name])}: "
    facts += f"{document['wall']:.0f} s, exit {document['exit']}, {len(document['trials']):,} trials."
    lines = [
        f"## {name}",
        "",
        facts,
        "",
        f"**{verdict['headline']}** " + " ".join(verdict["sentences"]),
        "",
        f"| method | {metric} | 95 % interval | vs nothing | P(gain > rope) | Brier skill | s a fold |",
        "|---|---|---|---|---|---|---|",
    ]
    done = [row for row in document["methods"] if row["status"] == "ok"]
    for row in sorted(done, key=lambda row: row["rank"]):
        found, against = (
            row["estimates"][metric_key(metric, row["recipe"])],
            row["versus_nothing"].get(metric),
        )
        change = ("", "")
        if against is not None:
            sure = against["better"]
            change = (f"{against['mean']:+.3f}", "" if sure is None else f"{sure:.0%}")
        skill = row["estimates"].get("brier_skill", {}).get("mean")
        cells = (
            row["recipe"] if row["learner"] == "lightgbm" else f"{row['recipe']} ({row['learner']})",
            f"{found['mean']:.3f}",
            "" if found["low"] is None else f"{found['low']:.3f} to {found['high']:.3f}",
            *change,
            "" if skill is None else f"{skill:.3f}",
            f"{row['seconds']:.2f}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    rest = [row for row in document["methods"] if row["status"] != "ok"]
    lines += ["", *(f"- {row['status']}: `{row['recipe']}`: {row['reason']}" for row in rest), ""]
    return "\n".join(lines)


def summary(documents: dict[str, dict[str, Any]]) -> str:
    """Return each method's gains over doing nothing, best mean first, where it ran on every set."""
    gains: dict[str, list[float]] = {}
    for document in documents.values():
        metric = document["settings"]["metric"]
        for row in document["methods"]:
            against = row["versus_nothing"].get(metric)
            if row["status"] == "ok" and against is not None:
                gains.setdefault(row["recipe"], []).append(against["mean"])
    lines = [
        "## Gain over doing nothing, by set",
        "",
        "Difference of the ranking metric; methods that ran on all sets by their mean, then the others.",
        "",
        f"| method | {' | '.join(documents)} | mean |",
        "|---|" + "---|" * (len(documents) + 1),
    ]
    by_set = {
        name: {
            row["recipe"]: row["versus_nothing"].get(document["settings"]["metric"])
            for row in document["methods"]
        }
        for name, document in documents.items()
    }
    order = sorted(gains, key=lambda name: (len(gains[name]) < len(documents), -mean(gains[name])))
    for recipe in order:
        cells = [by_set[name].get(recipe) for name in documents]
        shown = [f"{cell['mean']:+.3f}" if cell else "-" for cell in cells]
        lines.append(f"| {recipe} | {' | '.join(shown)} | {mean(gains[recipe]):+.3f} |")
    return "\n".join(lines) + "\n"
