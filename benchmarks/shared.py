"""The real data sets that benchmarks run on: ``../shared/datasets`` beside the project."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "datasets"
RESULTS = Path(__file__).resolve().parent / "results"


def manifest() -> list[dict[str, str]]:
    """Return the rows of the manifest; exit with a clear line where the data is not there."""
    if not (FOLDER / "manifest.csv").exists():
        sys.exit("These benchmarks need ../shared/datasets beside the project; it is not there.")
    with (FOLDER / "manifest.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def path_of(name: str) -> Path:
    """Return the file of a data set."""
    return FOLDER / f"{name}.csv.gz"


def target_of(name: str) -> str:
    """Return the target column: the last one."""
    import gzip

    with gzip.open(path_of(name), "rt", newline="") as file:
        return next(csv.reader(file))[-1]
