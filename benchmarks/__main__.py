"""Run a benchmark by name: ``python -m benchmarks all_sets``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

HELPERS = (
    *("__init__", "__main__", "cheats", "cluster", "fold_tests", "loop_tables", "pieces", "shared"),
    "twins",
)


def names() -> list[str]:
    """Return the benchmarks there are."""
    folder = Path(__file__).parent
    return sorted(p.stem for p in folder.glob("*.py") if p.stem not in HELPERS)


def main(arguments: list[str]) -> int:
    """Run the named benchmark with the rest of the arguments."""
    if not arguments or arguments[0] not in names():
        print("usage: python -m benchmarks NAME [ARGUMENT ...]\n\nbenchmarks:")
        for name in names():
            first = (import_module(f"benchmarks.{name}").__doc__ or "").strip().splitlines()[0]
            print(f"  {name:18s} {first}")
        return 0 if not arguments else 2
    return int(import_module(f"benchmarks.{arguments[0]}").main(arguments[1:]) or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
