"""Default ``imbtool compare`` over all shared data sets: seconds and verdict for each.

Usage: python -m benchmarks all_sets [NAME ...]
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from benchmarks.shared import RESULTS, manifest, path_of, target_of

MAX_ROWS = "20000"


def main(names: list[str]) -> int:
    wanted = [row for row in manifest() if not names or row["name"] in names]
    lines = [HEADER]
    failed = 0
    for row in wanted:
        line, ok = run(row)
        failed += not ok
        lines.append(line)
        print(line, flush=True)
        if not names:
            (RESULTS / "all_sets.md").write_text(TITLE + "\n".join(lines) + "\n")
    return 1 if failed else 0


HEADER = """\
| data set | rows | rarest | seconds | exit | verdict | learner | recipe | PR-AUC | nothing |
|---|---|---|---|---|---|---|---|---|---|"""
TITLE = f"""\
# Default `imbtool compare` over the shared data sets

`python -m benchmarks all_sets`: each set read from its file with `--max-rows {MAX_ROWS}`, everything
else by default, two workers. `nothing` is the plain model of the verdict's learner. Seconds are of
the whole command on a two-core machine.

"""


def run(row: dict[str, str]) -> tuple[str, bool]:
    name = row["name"]
    command = [sys.executable, "-m", "imbtool", "compare", str(path_of(name)), "--target", target_of(name)]
    command += ["--max-rows", MAX_ROWS, "--json", "--quiet"]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 5):
        reason = done.stderr.strip()[-200:].replace("\n", " ")
        cells = [name, row["rows"], row["minority_count"], f"{seconds:.0f}", str(done.returncode), reason]
        return "| " + " | ".join(cells) + " | | | | |", False
    document = json.loads(done.stdout)
    verdict, data = document["verdict"], document["dataset"]
    numbers = verdict["numbers"]
    cells = [
        name,
        f"{data['n_rows']:,}",
        str(min(data["counts"])),
        f"{seconds:.0f}",
        str(done.returncode),
        verdict["kind"],
        verdict["learner"],
        verdict["recipe"],
        _number(numbers.get("value")),
        _number(numbers.get("nothing")),
    ]
    return "| " + " | ".join(cells) + " |", "Traceback" not in done.stderr


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
