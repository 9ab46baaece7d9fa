"""Run the command line on the first folds only.

Usage: python first_folds.py N compare ...
"""

import sys

from imbtool.cli.main import run
from imbtool.engine.choose import default_jobs
from imbtool.evaluation import design
from imbtool.evaluation.ahead import comparison_ahead

all_of_them = design.outer_splits


def first(*given, **more):
    """Return the first splits, and the notes."""
    splits, notes = all_of_them(*given, **more)
    return splits[: int(sys.argv[1])], notes


if __name__ == "__main__":
    design.outer_splits = first
    with comparison_ahead(jobs=default_jobs()):
        sys.exit(run(sys.argv[2:]))
