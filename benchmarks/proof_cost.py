"""What the proof of a comparison costs: its share of the CPU time of default runs.

Usage: python -m benchmarks proof_cost [SET ...]

Each set, at most 1,500 rows of it, is compared with the defaults of `imbtool compare` in this process;
``machines`` comes with imbtool. CPU seconds do not mind what else the machine does.
"""

from __future__ import annotations

import time
from unittest import mock

from benchmarks.shared import RESULTS, path_of, target_of
from imbtool import compare
from imbtool.evaluation import run
from imbtool.evaluation.proof.face import prove

SETS = ("machines", "mammography", "telco_churn")
ROWS = 1500
TITLE = """\
# What the proof costs

`python -m benchmarks proof_cost`: default comparisons of at most 1,500 rows in one process.

| set | CPU seconds in all | of them for the proof | share |
|---|---|---|---|
"""


def one(name: str) -> str:
    """Return the line of a set."""
    spent = []

    def timed(*given: object) -> object:
        began = time.process_time()
        found = prove(*given)  # type: ignore[arg-type] # passed on as it came
        spent.append(time.process_time() - began)
        return found

    source, target = (name, "failed") if name == "machines" else (str(path_of(name)), target_of(name))
    began = time.process_time()
    with mock.patch.object(run, "prove", timed):
        compare(source, target=target, max_rows=ROWS, jobs=1, engine="serial")
    whole = time.process_time() - began
    line = f"| {name} | {whole:.0f} | {sum(spent):.1f} | {sum(spent) / whole:.1%} |"
    print(line, flush=True)
    return line


def main(arguments: list[str]) -> int:
    lines = [one(name) for name in arguments or SETS]
    if len(lines) > 1:
        (RESULTS / "proof_cost.md").write_text(TITLE + "\n".join(lines) + "\n")
    return 0
