"""Without PyTorch: one clear message, exit code 4, and nothing else changes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT = """
import importlib.util, sys
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "torch" else real(name, *more)
from imbtool.__main__ import main
sys.exit(main())
"""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *words], capture_output=True, text=True, check=False, timeout=300
    )


def test_comparing_a_network_names_the_extra() -> None:
    done = run("compare", "digits8", "-t", "is_eight", "--learners", "torch", "--no-store")
    assert done.returncode == 4
    assert done.stdout == ""
    assert "The learner torch needs the package torch, which is not installed." in done.stderr
    assert 'pip install "imbtool[torch]"' in done.stderr


def test_fitting_a_network_names_the_extra(tmp_path: Path) -> None:
    model = tmp_path / "m.imb"
    done = run("fit", "digits8", "-t", "is_eight", "--learner", "torch", "--recipe", "none", "-o", str(model))
    assert done.returncode == 4
    assert 'pip install "imbtool[torch]"' in done.stderr
    assert not model.exists()


def test_auto_takes_no_learner_that_needs_an_optional_package() -> None:
    from imbtool.evaluation.plan import read_learners

    named, auto = read_learners("auto")
    assert auto
    assert [str(learner) for learner in named] == ["lightgbm", "logistic", "forest"]
