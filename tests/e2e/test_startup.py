"""What must answer at once imports nothing heavy."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from functools import cache

import pytest
from tests.e2e.process import clean_environment

HEAVY = {
    "numpy",
    "pandas",
    "scipy",
    "sklearn",
    "imblearn",
    "lightgbm",
    "torch",
    "pyarrow",
    "joblib",
    "jinja2",
}
NOT_TO_LIST = {
    *("rich", "importlib.metadata", "email", "zipfile", "tomllib", "difflib", "pathlib", "urllib.parse"),
    *("imbtool.core.types", "imbtool.core.asked", "imbtool.core.learner_info", "imbtool.core.metric_info"),
}
"""What listing the catalogue and helping can do without; the first two cost as much as all the rest, each
class of rows a millisecond."""
LIST = [
    ["--help"],
    ["--version"],
    ["methods"],
    ["methods", "--json"],
    ["methods", "smote"],
    ["methods", "smote", "--json"],
    ["methods", "--kind", "sampler", "--max-cost", "1", "--find", "noise"],
]
QUICK = [
    ["--help"],
    ["--version"],
    ["compare", "--help"],
    ["methods"],
    ["methods", "--json"],
    ["methods", "smote"],
    ["datasets", "list"],
    ["runs", "list"],
    ["config", "show"],
    ["completion", "bash"],
    ["completion", "zsh"],
    ["completion", "fish"],
    ["compare", "x.csv", "-t", "y", "--methods", "smoote"],
    ["compare", "x.csv", "-t", "y", "--output", "/nowhere/at/all.json"],
]


def modules(command: list[str], env: dict[str, str]) -> set[str]:
    """Return the modules that a program imports and the packages they are in, read from ``-X importtime``."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=env,
    )
    assert done.returncode in (0, 2, 3), done.stderr[-500:]
    names = re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE)
    return {*names, *(name.partition(".")[0] for name in names)}


def imported(argv: list[str], env: dict[str, str]) -> set[str]:
    """Return what a call of the command line imports."""
    found = modules(["-m", "imbtool", *argv], env)
    assert "imbtool.cli.main" in found
    return found


@cache
def imported_by_click() -> frozenset[str]:
    """Return what the start of Python and Click import by themselves."""
    return frozenset(modules(["-c", "import click"], clean_environment()))


@pytest.mark.parametrize("argv", QUICK, ids=" ".join)
def test_what_answers_at_once_imports_nothing_heavy(argv: list[str], tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert imported(argv, clean_environment()) & HEAVY == set()


@pytest.mark.parametrize(
    "words", ["imbtool compare --met", "imbtool methods smo", "imbtool compare x --learners l"]
)
def test_completion_imports_nothing_heavy(words: str) -> None:
    asked = {"_IMBTOOL_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    assert imported([], clean_environment(**asked)) & HEAVY == set()


@pytest.mark.parametrize("argv", LIST, ids=" ".join)
def test_listing_the_catalogue_draws_nothing_and_asks_for_no_metadata(
    argv: list[str], tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (imported(argv, clean_environment()) - imported_by_click()) & NOT_TO_LIST == set()


@pytest.mark.parametrize(
    ("argv", "times"), [(["--help"], 2.25), (["--version"], 2.25), (["methods"], 2.5)], ids=str
)
def test_what_answers_at_once_costs_little_more_than_click(
    argv: list[str], times: float, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def cost(*command: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *command], capture_output=True, check=True, env=clean_environment())
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # Processor time in turns, the best of five: other work on the machine slows both alike.
    turns = [(cost("-m", "imbtool", *argv), cost("-c", "import click")) for _ in range(5)]
    ours, click = (min(column) for column in zip(*turns, strict=True))
    assert ours < times * click
