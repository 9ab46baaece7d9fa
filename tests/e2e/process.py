"""The command line as a process of its own, and cheap tables to give it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from imbtool.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHEAP = ("--learners", "logistic", "--methods", "none", "--folds", "2", "--repeats", "1", "--jobs", "1")


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without anything that steers imbtool or colour."""
    drop = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("IMBTOOL_") and k not in drop}
    return kept | {"PYTHONWARNINGS": "default"} | extra


def table(rows: int = 120, seed: int = 0) -> str:
    """A small table with a weak signal, one row in five positive."""
    rng = random.Random(seed)
    lines = ["age,amount,branch,fraud"]
    for _ in range(rows):
        fraud = rng.random() < 0.2
        lines.append(f"{rng.gauss(40, 9):.2f},{rng.gauss(1 + fraud, 1):.3f},{rng.choice('nsw')},{int(fraud)}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file ``claims.csv`` in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "claims.csv"
    path.write_text(table(), encoding="utf-8")
    return path


def imbtool(*argv: str, env: dict[str, str] | None = None, **how: Any) -> subprocess.CompletedProcess[str]:
    """Run ``python -m imbtool`` and return what it did."""
    return subprocess.run(
        [sys.executable, "-m", "imbtool", *argv],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env=clean_environment(**(env or {})),
        **how,
    )


@pytest.fixture
def here(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command in this process, without the seconds that a new one takes to import everything.

    For commands of which a test asks the answer, not the process.
    """
    for name in os.environ.keys() - clean_environment().keys():
        monkeypatch.delenv(name)

    def call(*argv: str) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        code = run(argv)
        caught = capsys.readouterr()
        return subprocess.CompletedProcess(argv, code, caught.out, caught.err)

    return call
