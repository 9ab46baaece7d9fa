"""SMOTE on a million rows: time and peak memory beside imbalanced-learn, one thread.

Usage: python -m benchmarks smote [--rounds N]

Each measurement is a process of its own, the two libraries in turn. A process makes 1,000,000 x 30
standardised numbers, oversamples them twice with the same random state, and reports the processor
seconds (user and system) of both calls and its peak resident memory after the first. A call on a few
rows comes before them, so that no imports are timed. The first call also pays for touching fresh
memory, as a script that calls it once does; the second does not. Times are medians; the rows of the two
libraries are compared by a digest of their bytes. At 1 % the table also comes as people have it: a frame of
doubles, a frame in which every third column holds whole numbers, and an array in single precision.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from statistics import median
from typing import Any

from benchmarks.shared import RESULTS

CASES = (
    (0.01, "array"),
    (0.01, "frame"),
    (0.01, "mixed frame"),
    (0.01, "single precision"),
    (0.1, "array"),
)
LIBRARIES = ("imbalanced-learn", "imbtool", "writing alone")
TITLE = """\
# SMOTE on 1,000,000 x 30 rows

`python -m benchmarks smote`: one thread, processor seconds (user + system), medians of {rounds} processes,
taken in turn. `imbtool` is `Smote().fit_resample`, `imbalanced-learn` is `SMOTE().fit_resample`, on the same
standardised matrix with the same random state, packages imported before; `writing alone` makes an array of
the size of the result and copies rows of the table into it, which nobody who returns such a table can do
without. `mixed frame`: every third column holds whole numbers, where imbtool rounds synthetic cells and
imbalanced-learn cuts them off; bytes are compared for doubles only. The first call of a process also pays
for touching fresh memory; the second finds it warm. Load when this was written: {load:.1f}.

| minority | table | library | first call, s | of it system | second call, s | peak memory, MiB | same bytes |
|---|---|---|---|---|---|---|---|
"""


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--one"]:
        print(json.dumps(_one(arguments[1], float(arguments[2]), arguments[3])))
        return 0
    rounds = int(arguments[arguments.index("--rounds") + 1]) if "--rounds" in arguments else 3
    text = TITLE.format(rounds=rounds, load=os.getloadavg()[0])
    for share, kind in CASES:
        names = LIBRARIES if kind == "array" else LIBRARIES[:2]
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        for _ in range(rounds):
            for name in names:
                found[name].append(_in_a_process(name, share, kind))
        text += _table(share, kind, found)
        print(text, flush=True)
        (RESULTS / "smote.md").write_text(text)
    return 0


def _in_a_process(name: str, share: float, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks", "smote", "--one", name, str(share), kind]
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **single})
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def _one(name: str, share: float, kind: str) -> dict[str, Any]:
    import resource

    import numpy as np

    rng = np.random.default_rng(0)
    y = (rng.permutation(1_000_000) < 1_000_000 * share).astype(np.int64)
    X = rng.standard_normal((1_000_000, 30))
    for column in range(30):
        X[:, column] += 0.4 * y if column < 12 else 0.0
        X[:, column] -= X[:, column].mean()
        X[:, column] /= X[:, column].std()
    table = _table_of(X, kind)
    del X
    sampler = _sampler(name)
    sampler.fit_resample(table[:10_000], np.arange(10_000) % 5 < 2)  # what is imported late is imported now
    row: dict[str, Any] = {}
    for call in ("first", "second"):
        before = resource.getrusage(resource.RUSAGE_SELF)
        drawn, _ = sampler.fit_resample(table, y)
        after = resource.getrusage(resource.RUSAGE_SELF)
        row[f"{call} system"] = after.ru_stime - before.ru_stime
        row[call] = after.ru_utime - before.ru_utime + row[f"{call} system"]
        row.setdefault("peak", after.ru_maxrss / 1024)
        row["digest"] = hashlib.sha256(np.ascontiguousarray(drawn)).hexdigest()
        del drawn
    return row


def _table_of(X: Any, kind: str) -> Any:
    """Return the matrix in another container."""
    import numpy as np
    import pandas as pd

    if kind == "single precision":
        return X.astype(np.float32)
    if kind == "array":
        return X
    whole = range(0, X.shape[1], 3) if kind == "mixed frame" else ()
    columns = {
        f"x{j}": (100 * X[:, j]).astype(np.int64) if j in whole else X[:, j] for j in range(X.shape[1])
    }
    return pd.DataFrame(columns)


class _Writer:
    """Writes as many rows as SMOTE, all of them copies."""

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        import numpy as np

        n, new = len(y), int(len(y) - 2 * y.sum())
        room = np.empty((n + new, X.shape[1]))
        room[:n] = X
        room[n:] = X[:new]
        return room, None


def _sampler(name: str) -> Any:
    if name == "writing alone":
        return _Writer()
    if name == "imbtool":
        from imbtool.methods.resample.smote import Smote

        return Smote(random_state=0)
    from imblearn.over_sampling import SMOTE

    return SMOTE(random_state=0)


def _table(share: float, kind: str, found: dict[str, list[dict[str, Any]]]) -> str:
    digests = {row["digest"] for name in LIBRARIES[:2] for row in found[name]}
    same = "" if kind not in ("array", "frame") else "yes" if len(digests) == 1 else "NO"
    middle = {
        name: {key: median(row[key] for row in rows) for key in ("first", "first system", "second", "peak")}
        for name, rows in found.items()
    }
    lines = [
        f"| {share:.0%} | {kind} | {name} | {m['first']:.2f} | {m['first system']:.2f} | {m['second']:.2f} "
        f"| {m['peak']:.0f} | {same if name in LIBRARIES[:2] else ''} |"
        for name, m in middle.items()
    ]
    theirs, ours = (middle[name] for name in LIBRARIES[:2])
    ratio = {key: theirs[key] / ours[key] for key in ("first", "second")}
    lines.append(
        f"| {share:.0%} | {kind} | ratio | **{ratio['first']:.1f}x** | | **{ratio['second']:.1f}x** "
        f"| **{ours['peak'] / theirs['peak']:.2f}** | |"
    )
    return "\n".join(lines) + "\n"
