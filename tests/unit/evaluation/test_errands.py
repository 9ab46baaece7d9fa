"""What the owner of a comparison must not import."""

from __future__ import annotations

import subprocess
import sys


def test_who_hands_out_a_comparison_imports_neither_scikit_learn_nor_lightgbm() -> None:
    code = (
        "import sys, imbtool.api, imbtool.evaluation.run, imbtool.engine.processes\n"
        "print(sorted({'sklearn', 'scipy.stats', 'lightgbm', 'imblearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
