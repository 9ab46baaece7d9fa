"""Every method on tables of every kind: works, or not applicable and why; a failure is a defect.

Usage: python -m benchmarks column_kinds [--networks] [NAME ...]

``--networks``: only what needs a learner that trains by mini-batches, with a small network.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.shared import RESULTS, path_of, target_of
from imbtool import compare, registry

LEARNERS = {False: "lightgbm(n_estimators=10)", True: "torch(epochs=3, width=16)"}
ROWS = 500
KEPT = {False: Path("build/column_kinds"), True: Path("build/column_kinds_networks")}
KINDS = ("numeric", "mixed", "categorical", "missing", "dates", "multiclass", "weighted")
SETS: dict[str, tuple[str, ...]] = {
    "oil_spill": ("numeric",),
    "mammography": ("numeric", "weighted"),
    "telco_churn": ("mixed", "missing"),
    "seismic_bumps": ("mixed", "weighted"),
    "bank_additional": ("mixed",),
    "hmeq": ("mixed", "missing", "weighted"),
    "polish_bankruptcy_1y": ("missing",),
    "machines": ("mixed", "missing", "dates"),
    "nursery": ("categorical", "multiclass"),
    "steel_plates": ("multiclass", "numeric"),
    "thyroid_hypothyroid": ("multiclass", "mixed", "missing"),
}
TITLE = """\
# {what} on tables of every kind

`python -m benchmarks column_kinds{option}`: stratified samples of {rows} rows, two folds, `{learner}`
(methods that bring a learner of their own: that one; calibrators and thresholds on two inner folds). Sets
marked *weighted* get a column of random weights. `+` works on all sets of the kind; `-` is not applicable to
any; `3/4` works on three of four. **Failures: {failures}**, in {trials:,} trials on {sets} sets.

"""


def main(arguments: list[str]) -> int:
    networks = "--networks" in arguments
    folder = KEPT[networks]
    folder.mkdir(parents=True, exist_ok=True)
    for name in [word for word in arguments if word != "--networks"] or SETS:
        found = outcomes(name, networks=networks)
        (folder / f"{name}.json").write_text(json.dumps(found))
        print(name, sum(status == "ok" for status, _ in found.values()), "of", len(found), flush=True)
    kept = {name: folder / f"{name}.json" for name in SETS if (folder / f"{name}.json").exists()}
    documents = {name: json.loads(path.read_text()) for name, path in kept.items()}
    text = page(documents, networks=networks)
    if len(documents) == len(SETS):
        (RESULTS / f"{folder.name}.md").write_text(text)
    failed = [(n, m, r) for n, found in documents.items() for m, (s, r) in found.items() if s == "failed"]
    print(*failed, sep="\n")
    return 1 if failed else 0


def outcomes(name: str, *, networks: bool) -> dict[str, tuple[str, str]]:
    """Return status and reason of every method on a data set."""
    finishing = ("calibrator", "threshold")
    rows = [row for row in registry.methods().values() if not networks or "batches" in row.needs]
    found: dict[str, tuple[str, str]] = {}
    frame, target = table(name)
    for after, folds in ((False, 0), (True, 2)):
        chosen = [row.name for row in rows if (row.kind in finishing) == after]
        if not chosen:
            continue
        report = compare(
            frame,
            target=target,
            methods=chosen,
            learners=LEARNERS[networks],
            folds=2,
            repeats=1,
            inner_folds=folds,
            max_rows=ROWS,
            jobs=1,
            store=None,
            **({"weight": "row weight"} if "weighted" in SETS[name] else {}),
        )
        for row in report.comparison.methods:
            failed = row.status == "failed" or row.n_failed
            if row.recipe in chosen:
                found[row.recipe] = ("failed" if failed else row.status, row.reason)
    return found


def table(name: str) -> tuple[Any, str]:
    """Return the frame of a data set, with a column of weights where it is to be weighted, and its target."""
    import pandas as pd

    if name == "machines":
        return name, "failed"
    frame = pd.read_csv(path_of(name))
    if "weighted" in SETS[name]:
        frame.insert(0, "row weight", np.random.default_rng(0).uniform(0.2, 3.0, len(frame)))
    return frame, target_of(name)


def page(documents: dict[str, dict[str, tuple[str, str]]], *, networks: bool) -> str:
    """Return the table and the reasons."""
    every = [outcome for found in documents.values() for outcome in found.values()]
    head = TITLE.format(
        rows=ROWS,
        learner=LEARNERS[networks],
        option=" --networks" if networks else "",
        what="What needs a network" if networks else "Every method",
        failures=sum(status == "failed" for status, _ in every),
        trials=2 * len(every),
        sets=len(documents),
    )
    lines = [f"| method | {' | '.join(KINDS)} | where not, because |", "|---|" + "---|" * (len(KINDS) + 1)]
    asked = next(iter(documents.values()))
    for name in filter(asked.__contains__, registry.methods()):
        cells = [cell(name, kind, documents) for kind in KINDS]
        reasons = {
            found[name][1]: None for found in documents.values() if found.get(name, ("ok",))[0] != "ok"
        }
        said = "; ".join(shortened(reason) for reason in list(reasons)[:2])
        lines.append(f"| {name} | {' | '.join(cells)} | {said} |")
    sets = [f"- `{name}`: {', '.join(kinds)}" for name, kinds in SETS.items()]
    return head + "\n".join(lines) + "\n\nSets\n\n" + "\n".join(sets) + "\n"


def cell(name: str, kind: str, documents: dict[str, dict[str, tuple[str, str]]]) -> str:
    """Return how many sets of a kind a method works on."""
    found = [documents[n][name][0] for n in documents if kind in SETS[n] and name in documents[n]]
    good = sum(status == "ok" for status in found)
    if "failed" in found:
        return "FAILED"
    return "+" if good == len(found) else f"{good}/{len(found)}" if good else "-"


def shortened(reason: str) -> str:
    """Return the first sentence of a reason."""
    return reason.split(". ", maxsplit=1)[0].rstrip(".").replace("|", "/")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
