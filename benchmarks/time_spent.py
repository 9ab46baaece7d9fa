"""Where the time of `imbtool compare` goes, by part, in one process.

Usage: python -m benchmarks time_spent [--sizes 10000,100000] [--ways plain,tuned,fast] [--keep FOLDER]

What was measured is kept in the folder; the table shows all that is there.

Each row is a whole command, run in a process of its own with one job, while a second thread looks every
two milliseconds at what the first one is doing. The time since the last look counts for the part that
the stack of calls belongs to: the outermost one for what is done for the proof, for imports and for
the report, else the innermost.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.shared import RESULTS

if TYPE_CHECKING:
    from types import FrameType

# Part -> what a frame of it looks like, as "file:function"; the first match counts, outermost frame first.
OUTER = {
    "imports": r"importlib",
    "proof": r"imbtool/evaluation/proof/",
    "reading": r"imbtool/data/(load|read|delimited|infer|schema|leakage|splits|fetch)\.py",
    "statistics": r"imbtool/evaluation/(conclude|table|statistics|verdict|summary|wording|race)\.py",
    "report": r"imbtool/(report|cli/output)",
}
# The same, innermost frame first.
INNER = {
    "binning": r"lightgbm/basic\.py:(construct|_lazy_init|__init_from|create_valid|subset)",
    "training": r"lightgbm/(basic\.py:(update|__boost|_?_inner_predict)|engine\.py:)",
    "scoring": r"lightgbm/basic\.py:(predict|__pred|_predict)|learners/lightgbm/model\.py",
    "neighbours": r"methods/resample/(graph|blocks|cells|strips|own)\.py|sklearn/neighbors",
    "sampling": r"imbtool/methods/resample/|recipe/rows\.py",
    "metrics": r"imbtool/metrics/|recipe/finishing\.py|methods/postprocess/",
    "training, around": r"imbtool/learners/",
    "preparing folds": r"evaluation/work\.py:_new_workspace|recipe/(workspace|picture)\.py",
    "trace of rows": r"recipe/trace\.py",
}
TITLE = """\
# Where the time of `imbtool compare` goes

`python -m benchmarks time_spent --write`: thirteen methods, LightGBM, five folds, one job (two share all
but start-up, reading, statistics and report), 30 numbers, one row in a hundred rare. Seconds of wall time by
part; *tuned* chooses calibrator and threshold on inner folds, as a comparison does by default.

"""


class Watch:
    """Looks at what a thread does and adds up its time by part."""

    def __init__(self, every: float = 0.002) -> None:
        self.parts: Counter[str] = Counter()
        self.rest: Counter[str] = Counter()
        self._main, self._every = threading.get_ident(), every
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        last = time.perf_counter()
        while not self._done.wait(self._every):
            stack = _stack(sys._current_frames().get(self._main))
            now = time.perf_counter()
            self.parts[part_of(stack)] += now - last  # type: ignore[assignment] # seconds, not counts
            self.rest[stack[0]] += now - last  # type: ignore[assignment]
            last = now


def _stack(frame: FrameType | None) -> list[str]:
    """Return the frames as file:function, innermost first."""
    found = []
    while frame is not None:
        found.append(f"{frame.f_code.co_filename}:{frame.f_code.co_name}")
        frame = frame.f_back
    return found or [""]


def part_of(stack: list[str]) -> str:
    """Return the part that a stack of calls belongs to."""
    for part, pattern in OUTER.items():
        if any(re.search(pattern, frame) for frame in stack):
            return part
    for frame in stack:
        for part, pattern in INNER.items():
            if re.search(pattern, frame):
                return part
    return "other"


def _one(arguments: list[str]) -> dict[str, Any]:
    """Run a command in this process, watched."""
    began = time.perf_counter()
    watch = Watch()
    from imbtool.cli.main import run as command

    with redirect_stdout(StringIO()):
        code = command(arguments)
    watch.stop()
    seconds = time.perf_counter() - began
    if code not in (0, 5, None):
        sys.exit(f"exit code {code}")
    return {"parts": dict(watch.parts), "rest": dict(watch.rest.most_common(12)), "seconds": seconds}


def _measured(data: Path, more: list[str], methods: list[str]) -> dict[str, Any]:
    command = ["compare", str(data), "-t", "y", "--json", "--quiet", "--no-store", "--jobs", "1"]
    command += ["--methods", ",".join(methods), "--learners", "lightgbm", "--repeats", "1", *more]
    child = [sys.executable, "-m", "benchmarks", "time_spent", "--one", *command]
    began = time.perf_counter()
    done = subprocess.run(
        child, capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    found["parts"]["start of Python"] = time.perf_counter() - began - found["seconds"]
    return found


def main(arguments: list[str]) -> int:
    """Print the table; with --write also into the results."""
    if arguments[:1] == ["--one"]:
        print(json.dumps(_one(arguments[1:])))
        return 0
    from benchmarks.loop import METHODS, synthetic

    parser = argparse.ArgumentParser(prog="python -m benchmarks time_spent")
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--ways", default="plain,tuned,fast")
    parser.add_argument("--keep", default=str(Path(tempfile.gettempdir()) / "imbtool-time-spent"))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--stacks", action="store_true", help="also print the innermost frames")
    asked = parser.parse_args(arguments)
    ways = {"plain": ["--inner-folds", "0"], "tuned": [], "fast": ["--inner-folds", "0", "--fast"]}
    folder = Path(asked.keep)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "time_spent.json"
    columns: dict[str, dict[str, float]] = json.loads(kept.read_text()) if kept.exists() else {}
    for rows in map(int, filter(None, asked.sizes.split(","))):
        data = synthetic(rows, folder)
        for way in asked.ways.split(","):
            found = _measured(data, ways[way], METHODS)
            columns[f"{rows:,} {way}"] = found["parts"]
            kept.write_text(json.dumps(columns))
            print(f"{rows} {way}: {found['seconds']:.1f} s", flush=True)
            if asked.stacks:
                for frame, seconds in found["rest"].items():
                    print(f"  {seconds:6.2f} {frame}")
    text = table(columns)
    print(text)
    if asked.write:
        (RESULTS / "time_spent.md").write_text(TITLE + text)
    return 0


def table(columns: dict[str, dict[str, float]]) -> str:
    """Return the parts as a table, the largest of the first column first."""
    first = next(iter(columns.values()))
    names = sorted({part for parts in columns.values() for part in parts}, key=lambda p: -first.get(p, 0.0))
    lines = ["| part | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for name in names:
        cells = [
            f"{parts.get(name, 0):.2f} ({parts.get(name, 0) / sum(parts.values()):.0%})"
            for parts in columns.values()
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    totals = [f"{sum(parts.values()):.1f}" for parts in columns.values()]
    return "\n".join([*lines, "| all | " + " | ".join(totals) + " |"]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
