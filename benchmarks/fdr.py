"""Rows selected with a promised false-discovery rate: the rate in replays, beside a plain threshold's.

Per set: LightGBM is trained on a random 40 percent of the rows, the others are scored once. Each replay cuts
these at random into calibration rows and new rows, one half each, and selects among the new ones. *False* is
the share of the selected that are not positive (0 where none is selected), *found* the share of the positives
that are selected; both are means over 4 fits x 100 replays (``--full``: 10 x 400), with the 95 percent
interval of the mean false share over replays.

- conformal: `imbtool.select_rows` with the scores of plain LightGBM;
- of three: the same with a choice for each row among plain LightGBM, random under-sampling and SMOTE;
- threshold: the lowest cut whose precision on the calibration rows is 1 - q or better, as done by hand.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.shared import RESULTS, path_of, target_of
from imbtool.data.load import load_dataset
from imbtool.methods.postprocess.conformal import select_rows
from imbtool.recipe.fitting import fit_recipe
from imbtool.recipe.parser import parse_learner, parse_recipe

if TYPE_CHECKING:
    from imbtool.data.dataset import Dataset

SETS = (
    *("letter_z", "cover_c4", "thyroid_sick", "htru2", "satimage_c4", "w7a", "ai4i2020"),
    *(
        "polish_bankruptcy_1y",
        "mammography",
        "give_me_some_credit",
        "fraud_oracle",
        "stroke",
        "coil2000_caravan",
    ),
)
RECIPES = ("none", "random_under", "smote")
TARGETS = (0.05, 0.1, 0.2, 0.3)
MAX_ROWS = 20_000
SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """False share and found share of every replay, by way and target."""

    false: dict[tuple[str, float], list[float]]
    found: dict[tuple[str, float], list[float]]


def scored(data: Dataset, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return classes of the rows left out of training, and their scores by each recipe."""
    order = np.random.default_rng(seed).permutation(data.n_rows)
    inside, outside = np.split(order, [int(SHARE * data.n_rows)])
    part = replace(data, X=data.X[inside], y=data.y[inside])
    columns = []
    for recipe in RECIPES:
        trained = fit_recipe(part, parse_recipe(recipe), parse_learner("lightgbm"), seed=seed).trained
        columns.append(trained.predict_proba(trained.view.transform(data.X[outside]))[:, 1])
    return data.y[outside] == 1, np.column_stack(columns)


def cut(scores: np.ndarray, y: np.ndarray, precision: float) -> float:
    """Return the lowest score from which the precision is high enough on these rows; infinite without one."""
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.diff(scores[order]) < 0, True)
    reached = ends & (np.cumsum(y[order]) / np.arange(1, len(y) + 1) >= precision)
    return float(scores[order][np.flatnonzero(reached)[-1]]) if reached.any() else np.inf


def replay(y: np.ndarray, scores: np.ndarray, seed: int, outcome: Outcome) -> None:
    order = np.random.default_rng(seed).permutation(len(y))
    known, new = np.array_split(order, 2)
    for q in TARGETS:
        given = {"calibration_positive": y[known], "fdr": q}
        rows = {
            "conformal": select_rows(scores[new, 0], calibration_scores=scores[known, 0], **given).rows,
            "of three": select_rows(scores[new], calibration_scores=scores[known], **given).rows,
            "threshold": scores[new, 0] >= cut(scores[known, 0], y[known], 1 - q),
        }
        for way, chosen in rows.items():
            outcome.false.setdefault((way, q), []).append(np.sum(chosen & ~y[new]) / max(chosen.sum(), 1))
            outcome.found.setdefault((way, q), []).append(np.sum(chosen & y[new]) / y[new].sum())


def line(name: str, data: Dataset, fits: int, replays: int) -> tuple[list[str], Outcome]:
    outcome = Outcome(false={}, found={})
    for fit in range(fits):
        y, scores = scored(data, fit)
        for number in range(replays):
            replay(y, scores, 1000 * fit + number, outcome)
    lines = []
    for q in TARGETS:
        cells = [f"{name}", f"{100 * data.counts[1] / data.n_rows:.1f} %", f"{len(y) // 2:,}", f"{q:g}"]
        for way in ("conformal", "of three", "threshold"):
            false, found = np.array(outcome.false[way, q]), np.array(outcome.found[way, q])
            half = half_width(outcome.false[way, q])
            over = " **over**" if false.mean() - half > q else ""
            cells.append(f"{false.mean():.3f} ± {half:.3f}{over}")
            cells.append(f"{found.mean():.3f}")
        cells.append(f"{np.mean(np.array(outcome.found['conformal', q]) == 0):.2f}")
        lines.append("| " + " | ".join(cells) + " |")
    return lines, outcome


def half_width(values: list[float]) -> float:
    return float(1.96 * np.std(values, ddof=1) / np.sqrt(len(values)))


HEAD = (
    "| set | positive | calibration rows | q | conformal: false | found | of three: false | found "
    "| threshold: false | found | conformal: none selected |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks fdr", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--sets", default=",".join(SETS))
    options = parser.parse_args(arguments)
    fits, replays = (10, 400) if options.full else (4, 100)
    began, lines = time.process_time(), []
    over = dict.fromkeys(("conformal", "of three", "threshold"), 0)
    cells = 0
    for name in options.sets.split(","):
        data = load_dataset(str(path_of(name)), target=target_of(name), max_rows=MAX_ROWS)
        found, outcome = line(name, data, fits, replays)
        for (way, q), false in outcome.false.items():
            over[way] += int(np.mean(false) - half_width(false) > q)
        cells += len(TARGETS)
        lines += found
        print("\n".join(found), file=sys.stderr, flush=True)
    summary = ", ".join(f"{way} {n}" for way, n in over.items())
    command = "python -m benchmarks fdr" + (" --full" if options.full else "")
    title, *about = (__doc__ or "").strip().splitlines()
    told = (
        f"In so many of {cells} cells the whole interval lies above the target (**over**): {summary}.\n"
        f"Of sets of more than {MAX_ROWS:,} rows so many were drawn."
    )
    seconds = time.process_time() - began
    parts = (f"# {title}", f"`{command}`, {seconds:.0f} CPU seconds.", "\n".join(about).strip(), told)
    text = "\n\n".join(parts) + f"\n\n{HEAD}\n" + "\n".join(lines) + "\n"
    print(text)
    if options.sets == ",".join(SETS):
        (RESULTS / "fdr.md").write_text(text, encoding="utf-8")
    return 0
