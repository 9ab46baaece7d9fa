"""What would settle a lead, replayed: rows of large tables held back, what was foretold and what came.

Usage: python -m benchmarks learning_replay [--draws 2] [--tables 600] [--first N] [--full] [--minutes M]

Of each large shared set a small table is drawn, and LightGBM (30 rounds) is compared with four treatments of
it and with logistic regression, PR-AUC, 2 x 5 folds, Holm's level. For every row that leads another without
proof (posterior probability of 0.9 or more) the chance is foretold that 2, 4, 8 and 16 times as many rows
settle it; then the table grows by these factors, its rows staying in it, and the same tests are made.
``--full``: 8 draws of each set. ``--first`` numbers the first draw and table: what stands in the sources was
set while the first 150 tables and draws were looked at, so others are replayed by default.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.pieces import Pieces, add_options, run
from benchmarks.shared import RESULTS, manifest, path_of, target_of
from benchmarks.twins import FULL, cross_validated, table
from imbtool.core.seeds import derive_seed
from imbtool.data.load import load_dataset
from imbtool.engine import Limits, make_engine
from imbtool.evaluation.conclude import scale_for
from imbtool.evaluation.curve import measure
from imbtool.evaluation.design import Design
from imbtool.evaluation.options import Options
from imbtool.evaluation.outlook import REFUTED, Bar, Outlook, Part, outlook, settled
from imbtool.evaluation.plan import tasks
from imbtool.evaluation.scale import Scale
from imbtool.evaluation.statistics import correlated_bayes
from imbtool.evaluation.table import ALPHA, Table
from imbtool.evaluation.verdict import PROMISING
from imbtool.evaluation.work import run_task

if TYPE_CHECKING:
    from imbtool.data.dataset import Dataset

FACTORS = (2, 4, 8, 16)
SETTLED = ("shown", "done with")
LEARNER = "lightgbm(n_estimators=30)"
TREATMENTS = ("class_weight", "random_under", "random_over", "smote")
PLAIN, OTHER = (LEARNER, "none"), ("logistic", "none")
PAIRS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    **{name: ((LEARNER, name), PLAIN) for name in TREATMENTS},
    "logistic over lightgbm": (OTHER, PLAIN),
    "lightgbm over logistic": (PLAIN, OTHER),
}
LEVEL = ALPHA / (len(TREATMENTS) + 1)
ROPE = 0.01
MOST_ROWS = 32_000
POSITIVES = 40
"""Positives of the small table, as far as its rows allow."""
LISTED = 20


def sources() -> list[str]:
    """Return the binary sets with so many rows and positives that a small table can grow."""
    rows = [r for r in manifest() if r["n_classes"] == "2"]
    return [r["name"] for r in rows if int(r["rows"]) >= 10_000 and int(r["minority_count"]) >= 320]


def nested(data: Dataset, seed: int) -> list[Any]:
    """Return the rows of the small table and of each larger one that there are rows for, each in the next."""
    rng = np.random.default_rng(seed)
    share = data.counts[1] / data.n_rows
    small = min(max(POSITIVES, round(500 * share)), data.counts[1] // FACTORS[-1])
    of_class = [rng.permutation(np.flatnonzero(data.y == k)) for k in (0, 1)]
    found = []
    for factor in (1, *FACTORS):
        hits = small * factor
        rest = min(round(hits * (1 - share) / share), round(MOST_ROWS / FACTORS[-1]) * factor)
        found.append(np.sort(np.concatenate([of_class[0][:rest], of_class[1][:hits]])))
    return found


def taken(data: Dataset, rows: Any) -> Dataset:
    """Return some rows of a table."""
    return replace(data, X=data.X[rows], y=data.y[rows], fingerprint=f"{data.fingerprint}/{len(rows)}")


def differences(data: Dataset, pairs: tuple[str, ...]) -> tuple[Design, Any, dict[str, Any]]:
    """Return by how much the first row of each pair leads the second on every fold."""
    options = Options(methods=TREATMENTS, learners=(LEARNER, "logistic"), folds=5, repeats=2, inner_folds=0)
    design = Design.of(data, options.checked())
    wanted = {row for pair in pairs for row in PAIRS[pair]}
    rows = [r for r in design.first() if (str(r.learner), str(r.recipe)) in wanted]
    shared = design.shared()
    table = Table(trial for task in tasks(rows, design.places) for trial in run_task(shared, task))
    scale = scale_for(design, table)
    values = {row: table.judged(row, scale.metric) for row in wanted}
    return design, scale, {pair: values[PAIRS[pair][0]] - values[PAIRS[pair][1]] for pair in pairs}


def state(d: Any, scale: Any) -> str:
    """Return whether a lead is shown, done with, open, or none."""
    from scipy.stats import t

    values = d[~np.isnan(d)]
    se = values.std(ddof=1) * np.sqrt(1 / len(values) + scale.test_ratio)
    mean, df = values.mean(), len(values) - 1
    if mean > max(t.ppf(1 - LEVEL / 2, df) * se, ROPE):
        return "shown"
    if mean < ROPE - t.ppf(REFUTED, df) * se:
        return "done with"
    lead = mean > ROPE and correlated_bayes(values, scale.test_ratio, ROPE).better >= PROMISING
    return "open lead" if lead else "open"


def replay(job: tuple[str, int]) -> list[dict[str, Any]]:
    """Return what was foretold and what came for each lead on one small table."""
    warnings.simplefilter("ignore")
    name, draw = job
    seed = derive_seed("replay", name, draw)
    data = load_dataset(str(path_of(name)), target=target_of(name))
    sizes = nested(data, seed)
    small = taken(data, sizes[0])
    design, scale, gains = differences(small, tuple(PAIRS))
    open_ones = tuple(t for t, d in gains.items() if state(d, scale) == "open lead")
    found = []
    for treatment in open_ones:
        d = gains[treatment]
        bar = Bar(level=LEVEL, rope=ROPE, folds=len(d), test_ratio=scale.test_ratio)
        parts = measure(design, *PAIRS[treatment], scale, make_engine(1, 1), Limits())
        sizes_ahead = np.array(FACTORS, dtype=float)
        kinds = (("curve", parts), ("prior", ()))
        chances = {h: settled(sizes_ahead, d, p, bar).tolist() for h, p in kinds}
        found.append(
            {
                "set": name,
                "treatment": treatment,
                "positives": int(small.counts[1]),
                "lead": float(np.nanmean(d)),
                "outlook": tuple(map(float, outlook(d, parts, bar))),
                "chances": chances,
                "came": [],
            }
        )
    for rows in sizes[1:]:
        live = tuple(f["treatment"] for f in found if not f["came"] or f["came"][-1] not in SETTLED)
        if not live:
            break
        _, scale, gains = differences(taken(data, rows), live)
        for one in found:
            if one["treatment"] in gains:
                one["came"].append(state(gains[one["treatment"]], scale))
    return found


def replay_twins(draw: int) -> list[dict[str, Any]]:
    """Return the same for a method that lacks two of eight features, on a table of a known population."""
    rng = np.random.default_rng([draw, 17])
    X, y = table(30 * FACTORS[-1], rng)
    order = np.concatenate([np.flatnonzero(y == 1), rng.permutation(np.flatnonzero(y == 0))])
    scale = Scale(metric="pr_auc", rope=ROPE, greater_is_better=True, test_ratio=0.25)

    def lead(hits: Any, rest: Any, repeats: int, seed: int) -> Any:
        rows = np.concatenate([order[hits], order[rest]])
        full, less = cross_validated(X[rows], y[rows], (FULL, FULL[:6]), folds=5, repeats=repeats, seed=seed)
        return (full.folds - less.folds).ravel()

    n_hits = int(y.sum())
    sizes = [(slice(0, 30 * f), slice(n_hits, n_hits + 270 * f)) for f in (1, *FACTORS)]
    d = lead(*sizes[0], 2, draw)
    if state(d, scale) != "open lead":
        return []
    parts = []
    for cut in (2,):  # quarters have fewer than ten positives
        for k in range(cut):
            hits, rest = range(k, 30, cut), range(n_hits + k, n_hits + 270, cut)
            parts.append(Part(share=1 / cut, d=lead(list(hits), list(rest), 1, draw * 10 + k)))
    bar = Bar(level=LEVEL, rope=ROPE, folds=len(d), test_ratio=0.25)
    ahead = np.array(FACTORS, dtype=float)
    chances = {h: settled(ahead, d, p, bar).tolist() for h, p in (("curve", parts), ("prior", ()))}
    came = [state(lead(*size, 2, draw + 7 * i), scale) for i, size in enumerate(sizes[1:])]
    facts = {"set": "known population", "treatment": "all features", "positives": 30}
    foretold = tuple(map(float, outlook(d, parts, bar)))
    return [facts | {"lead": float(d.mean()), "outlook": foretold, "chances": chances, "came": came}]


def _settled_at(one: dict[str, Any]) -> int:
    """Return the position of the factor that settled a lead; their number when none did."""
    done = [i for i, said in enumerate(one["came"]) if said in SETTLED]
    return done[0] if done else len(FACTORS)


def lines(found: list[dict[str, Any]]) -> list[str]:
    """Return the report."""
    found = [f | {"outlook": Outlook(*f["outlook"])} for f in found]
    told = ["| times the rows | foretold by the curve | by the prior alone | came |", "|---|---|---|---|"]
    at = np.array([_settled_at(one) for one in found])
    for i, factor in enumerate(FACTORS):
        curve, prior = (
            np.mean([np.maximum.accumulate(f["chances"][h])[i] for f in found]) for h in ("curve", "prior")
        )
        told.append(f"| {factor} | {curve:.0%} | {prior:.0%} | {np.mean(at <= i):.0%} |")
    low = np.array([f["outlook"].low for f in found])
    high = np.array([f["outlook"].high for f in found])
    edges = np.array([1.0, *FACTORS, np.inf])
    inside = (edges[at + 1] >= low) & (edges[at] <= high)
    early = np.array([_early(f) for f in found])
    told += [
        "",
        (
            f"The size that settled it lies in the interval (8 of 10 cases) in {inside.sum()} of "
            f"{len(found)}; sizes are known to a factor of 2. It came at or before the size named in "
            f"{early.sum()}."
        ),
        "",
        *([f"The first {LISTED} of them:", ""] if len(found) > LISTED else []),
        "| set | lead of | positives | lead | foretold: times the rows | came at | as |",
        "|---|---|---|---|---|---|---|",
    ]
    for f in found[:LISTED]:
        o, i = f["outlook"], _settled_at(f)
        when = f"{FACTORS[i]}" if i < len(FACTORS) else f"more than {FACTORS[-1]}"
        told.append(
            f"| {f['set']} | {f['treatment']} | {f['positives']} | {f['lead']:+.3f} | {o.factor:.2g} "
            f"({o.low:.2g} to {o.high:.2g}) | {when} | {f['came'][-1]} |"
        )
    return told


def _early(one: dict[str, Any]) -> bool:
    i = _settled_at(one)
    return i < len(FACTORS) and FACTORS[i] / np.sqrt(2) <= one["outlook"].factor


KNOWN = """
## Tables of a known population

{} leads without proof among {} tables with 30 positives (`benchmarks/twins.py`): a method that looks at all
eight features over one that looks at six, and is 0.05 better for sure.

"""
TITLE = """\
# What would settle a lead, replayed

`python -m benchmarks learning_replay`: {} leads without proof on small tables of {} shared sets ({} draws
each). LightGBM (30 rounds), treatments {}, and logistic regression; PR-AUC,
2 x 5 folds, level 5 % with Holm, rope 0.01. Settled: shown to be larger than 0 and than the rope, or done
with: shown to be smaller than the rope. Draws and tables from number {} on; what the forecast takes for usual
was set on others.

"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks learning_replay")
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--sets", default="", help="comma list of shared sets; all large ones by default")
    parser.add_argument("--tables", type=int, default=600, help="tables of the known population")
    parser.add_argument("--first", type=int, default=1000, help="number of the first draw and table")
    parser.add_argument("--full", action="store_true")
    add_options(parser)
    asked = parser.parse_args(arguments)
    draws = range(asked.first, asked.first + (8 if asked.full else asked.draws))
    names = asked.sets.split(",") if asked.sets else sources()

    def work(pieces: Pieces) -> None:
        tables = range(asked.first, asked.first + asked.tables)
        known = [one for part in pieces.of("table", replay_twins, tables) for one in part]
        jobs = [(name, draw) for draw in draws for name in names]
        found = [one for part in pieces.of("set", replay, jobs, 1) for one in part]
        text = TITLE.format(len(found), len(names), len(draws), ", ".join(TREATMENTS), asked.first)
        text += ("\n".join(lines(found)) if found else "None.") + "\n"
        text += KNOWN.format(len(known), asked.tables) + "\n".join(lines(known)) + "\n"
        print(text)
        (RESULTS / "learning_replay.md").write_text(text)

    return run("learning_replay", asked, work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
