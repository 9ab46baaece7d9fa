"""Every method on tables of every kind: works, or not applicable and why; a failure is a defect.

Usage: python -m benchmarks column_kinds [--networks] [--only=METHOD,...] [NAME ...]

``--networks``: only what needs a learner that trains by mini-batches, with a small network. ``--only``: these
methods on all sets; their rows in the table are written anew, the others stay.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.shared import RESULTS, path_of, target_of
from imbtool import compare, registry
from imbtool.core.errors import ImbtoolError
from imbtool.data.bundled import dataset_path

if TYPE_CHECKING:
    from imbtool.core.info import MethodInfo

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
marked *weighted* get a column of random weights, methods that need money a column of random values of acting
on a row, and a cost of 1 for a false alarm. `+` works on all sets of the kind; `-` is not applicable to any;
`3/4` works on three of four. **Failures: {failures}**, in {trials:,} trials on {sets} sets.

"""


def main(arguments: list[str]) -> int:
    networks = "--networks" in arguments
    words = [word for word in arguments if word.startswith("--only=")]
    only = frozenset(name for word in words for name in word.removeprefix("--only=").split(","))
    if unknown := only - set(registry.methods()):
        print(f"There are no methods {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    page_file = RESULTS / f"{KEPT[networks].name}.md"
    folder = KEPT[networks].with_name(KEPT[networks].name + "_only") if only else KEPT[networks]
    folder.mkdir(parents=True, exist_ok=True)
    named = [word for word in arguments if not word.startswith("--")]
    for name in named or SETS:
        found = outcomes(name, networks=networks, only=only)
        (folder / f"{name}.json").write_text(json.dumps(found))
        print(name, sum(status == "ok" for status, _ in found.values()), "of", len(found), flush=True)
    kept = {name: folder / f"{name}.json" for name in SETS if (folder / f"{name}.json").exists()}
    documents = {name: json.loads(path.read_text()) for name, path in kept.items()}
    if len(documents) == len(SETS):
        before = page_file.read_text() if only else ""
        page_file.write_text(page(documents, networks=networks, before=before))
    failed = [(n, m, r) for n, found in documents.items() for m, (s, r) in found.items() if s == "failed"]
    print(*failed, sep="\n")
    return 1 if failed else 0


def outcomes(name: str, *, networks: bool, only: frozenset[str] = frozenset()) -> dict[str, tuple[str, str]]:
    """Return status and reason of every method on a data set."""
    rows = [row for row in registry.methods().values() if not networks or "batches" in row.needs]
    rows = [row for row in rows if not only or row.name in only]
    found: dict[str, tuple[str, str]] = {}
    for kind in ("training", "finishing", "money"):
        chosen = [row.name for row in rows if how(row) == kind]
        if chosen:
            found |= _outcomes(name, chosen, kind, LEARNERS[networks])
    return found


def how(row: MethodInfo) -> str:
    """Return in which of the three runs a method takes part."""
    if {"money", "row-money"} & set(row.needs):
        return "money"
    return "finishing" if row.kind in ("calibrator", "threshold") else "training"


def _outcomes(name: str, chosen: list[str], kind: str, learner: str) -> dict[str, tuple[str, str]]:
    frame, target = table(name, money=kind == "money")
    more: dict[str, Any] = {"weight": "row weight"} if "weighted" in SETS[name] else {}
    if kind == "money":
        more |= {"value_column": "row value", "cost_fp": 1.0}
    try:
        report = compare(
            frame,
            target=target,
            methods=chosen,
            learners=learner,
            folds=2,
            repeats=1,
            inner_folds=0 if kind == "training" else 2,
            max_rows=ROWS,
            jobs=1,
            store=None,
            **more,
        )
    except ImbtoolError as error:
        if kind != "money":
            raise
        return dict.fromkeys(chosen, ("not-applicable", error.message))
    found: dict[str, tuple[str, str]] = {}
    for row in report.comparison.methods:
        failed = row.status == "failed" or row.n_failed
        if row.recipe in chosen:
            found[row.recipe] = ("failed" if failed else row.status, row.reason)
    return found


def table(name: str, *, money: bool = False) -> tuple[Any, str]:
    """Return the frame of a data set, with a column of weights and of money where it gets one; its target."""
    import pandas as pd

    if name == "machines" and not money:
        return name, "failed"
    frame = pd.read_csv(dataset_path(name) if name == "machines" else path_of(name))
    if "weighted" in SETS[name]:
        frame.insert(0, "row weight", np.random.default_rng(0).uniform(0.2, 3.0, len(frame)))
    if money:
        frame.insert(0, "row value", np.random.default_rng(1).uniform(0.0, 20.0, len(frame)))
    return frame, "failed" if name == "machines" else target_of(name)


def page(documents: dict[str, dict[str, tuple[str, str]]], *, networks: bool, before: str = "") -> str:
    """Return the table and the reasons; methods that did not run stand as in the page `before`."""
    every = [outcome for found in documents.values() for outcome in found.values()]
    asked = next(iter(documents.values()))
    lines = {
        m[1]: m[0] for m in re.finditer(r"^\| ([a-z]\w*) \|.*$", before, re.MULTILINE) if m[1] != "method"
    }
    lines |= {name: line(name, documents) for name in asked}
    earlier = sum("FAILED" in text for name, text in lines.items() if name not in asked)
    head = TITLE.format(
        rows=ROWS,
        learner=LEARNERS[networks],
        option=" --networks" if networks else "",
        what="What needs a network" if networks else "Every method",
        failures=sum(status == "failed" for status, _ in every) + earlier,
        trials=2 * len(lines) * len(documents),
        sets=len(documents),
    )
    rows = [f"| method | {' | '.join(KINDS)} | where not, because |", "|---|" + "---|" * (len(KINDS) + 1)]
    rows += [lines[name] for name in registry.methods() if name in lines]
    sets = [f"- `{name}`: {', '.join(kinds)}" for name, kinds in SETS.items()]
    if before:
        head += f"Run by themselves, after the others: `--only={','.join(asked)}`.\n\n"
    return head + "\n".join(rows) + "\n\nSets\n\n" + "\n".join(sets) + "\n"


def line(name: str, documents: dict[str, dict[str, tuple[str, str]]]) -> str:
    """Return the row of a method."""
    cells = [cell(name, kind, documents) for kind in KINDS]
    reasons = {found[name][1]: None for found in documents.values() if found.get(name, ("ok",))[0] != "ok"}
    said = "; ".join(shortened(reason) for reason in list(reasons)[:2])
    return f"| {name} | {' | '.join(cells)} | {said} |"


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
