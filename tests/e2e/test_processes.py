"""Exit codes, streams, pipes and signals, in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from tests.e2e.process import CHEAP, clean_environment, imbtool, table

BROKEN_LIBRARY = """
import sys, types
from imbtool.cli.main import run
from imbtool.core.errors import MissingExtraError

def compare(*args, **settings):
    raise {fault}

sys.modules["imbtool.api"] = types.ModuleType("imbtool.api")
sys.modules["imbtool.api"].compare = compare
sys.exit(run(sys.argv[1:]))
"""


def with_fault(fault: str, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BROKEN_LIBRARY.format(fault=fault), *argv],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=clean_environment(),
    )


def test_code_0_a_comparison_from_file_to_report_and_document(claims) -> None:
    done = imbtool("compare", "claims.csv", "-t", "fraud", *CHEAP, "--json", "--output", "report.html")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["dataset"]["n_rows"] == 120
    assert document["verdict"]["kind"]
    assert document["command"].startswith("imbtool compare claims.csv --target fraud")
    assert (claims.parent / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "reading claims.csv" in done.stderr
    assert "written to report.html" in done.stderr


def test_a_fast_comparison_does_not_say_that_lightgbm_gave_trainings_up(tmp_path) -> None:
    draw = np.random.default_rng(1)  # few values, on which LightGBM gives up rounded gradients in three folds
    X = draw.geometric(0.7, (800, 6)).clip(1, 3)
    y = (draw.random(800) < 0.04 + 0.2 * (X[:, 0] > 1) * (X[:, 1] > 1)).astype(int)
    path = tmp_path / "few.csv"
    np.savetxt(path, np.column_stack([X, y]), "%d", ",", header="a,b,c,d,e,f,y", comments="")
    options = ("--fast", "--learners", "lightgbm", "--inner-folds", "0", "--no-store", *CHEAP[2:])
    done = imbtool("compare", str(path), "-t", "y", *options)
    assert done.returncode == 0, done.stderr
    assert "reading" in done.stderr
    assert "LightGBM" not in done.stderr


def test_code_2_wrong_usage() -> None:
    assert imbtool("compare").returncode == 2


def test_code_3_bad_data(claims) -> None:
    done = imbtool("compare", "claims.csv", "-t", "froud", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (3, "target-missing")
    assert "Did you mean 'fraud'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_code_4_something_is_not_installed() -> None:
    fault = "MissingExtraError('torch is missing.', hint='pip install imbtool[torch]')"
    done = with_fault(fault, "compare", "x", "-t", "y")
    assert done.returncode == 4
    assert "pip install imbtool[torch]" in done.stderr


def test_code_5_a_method_that_fails_does_not_take_the_report_away(claims, tmp_path) -> None:
    plugin = tmp_path / "plugin"
    info = plugin / "explosive-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: explosive\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[imbtool.methods]\nexplosive = explosive:ROWS\n")
    (plugin / "explosive.py").write_text(
        "from imbtool.core.info import MethodInfo\n"
        "ROWS = (MethodInfo(name='explode', kind='reweighter', summary='', target='explosive:Explode'),)\n"
        "class Explode:\n"
        "    def fit_weight(self, X, y):\n"
        "        raise RuntimeError('bang')\n"
    )
    settings = [*CHEAP[:3], "none,explode", *CHEAP[4:]]
    done = imbtool("compare", "claims.csv", "-t", "fraud", *settings, env={"PYTHONPATH": str(plugin)})
    assert done.returncode == 5, done.stderr
    assert "Verdict" in done.stdout
    assert "bang" in done.stdout


def test_code_70_a_bug_is_one_line_and_a_log(tmp_path) -> None:
    done = with_fault("ZeroDivisionError('oops')", "compare", "x.csv", "-t", "y", "--json")
    assert done.returncode == 70
    assert json.loads(done.stdout)["error"]["code"] == "internal"
    assert "A bug in imbtool: ZeroDivisionError: oops" in done.stderr
    assert "Traceback" not in done.stderr
    log = done.stderr.split("the log: ")[1].split(" (")[0]
    with open(log, encoding="utf-8") as file:  # noqa: PTH123 - a path out of a message
        assert "ZeroDivisionError: oops" in file.read()
    os.remove(log)  # noqa: PTH107


def interrupted(when: str, *argv: str, group: bool) -> subprocess.CompletedProcess[str]:
    """Start a long comparison, send SIGINT once standard error holds `when`, and wait."""
    process = subprocess.Popen(
        [sys.executable, "-m", "imbtool", "compare", "claims.csv", "-t", "fraud", *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
        start_new_session=True,
        # Whoever runs the tests in the background has Ctrl-C ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    seen = ""
    assert process.stderr is not None
    while when not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    time.sleep(0.3)
    if group:  # what a terminal does on Ctrl-C
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess([], process.returncode, out, seen + err)


def test_code_130_before_any_fold_is_finished(claims) -> None:
    done = interrupted("reading", *CHEAP, "--json", group=False)
    assert done.returncode == 130
    assert json.loads(done.stdout)["error"]["code"] == "interrupted"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("jobs", "group"), [("1", False), ("2", True)])
def test_code_130_reports_what_was_finished(claims, jobs: str, group: bool) -> None:
    claims.write_text(table(3000), encoding="utf-8")
    settings = ("--learners", "logistic", "--methods", "none", "--repeats", "400", "--jobs", jobs, "--json")
    done = interrupted("left", *settings, group=group)
    assert done.returncode == 130, done.stderr
    assert json.loads(done.stdout)["complete"] is False
    assert "Traceback" not in done.stderr


def unread(*argv: str) -> tuple[int, str]:
    """Run with nobody reading standard output; return the exit code and standard error."""
    command = [sys.executable, "-m", "imbtool", *argv]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        error = process.stderr.read()
        return process.wait(timeout=60), error


@pytest.mark.parametrize("argv", ["methods", "methods --json", "--help", "datasets list"])
def test_a_reader_that_goes_away_is_no_error(argv: str) -> None:
    code, error = unread(*argv.split())
    assert (code, "rror" in error) == (0, False), error


def test_a_report_nobody_reads_is_no_error(claims) -> None:
    code, error = unread("compare", "claims.csv", "-t", "fraud", *CHEAP, "-o", "r.json")
    assert (code, "rror" in error) == (0, False), error
    assert json.loads((claims.parent / "r.json").read_text(encoding="utf-8"))["complete"] is True


def test_standard_input_is_a_table() -> None:
    done = imbtool("compare", "-", "-t", "fraud", *CHEAP, "--json", "-q", input=table())
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert json.loads(done.stdout)["dataset"]["source"] == "-"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")  # noqa: PTH110
@pytest.mark.parametrize(
    "words", [("methods",), ("methods", "--json"), ("compare", "claims.csv", "-t", "no")]
)
def test_code_3_standard_output_on_a_full_disk(claims, words) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "imbtool", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
            env=clean_environment(),
        )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    what = (
        "There is no column 'no'"
        if "compare" in words
        else "Standard output cannot be written: No space left"
    )
    assert what in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")  # noqa: PTH110
def test_scored_rows_on_a_full_disk_are_an_error(claims, here) -> None:
    model = ("--recipe", "none", "--learner", "logistic", "-o", "model.imb")
    assert here("fit", "claims.csv", "-t", "fraud", *model).returncode == 0
    done = subprocess.run(
        f"'{sys.executable}' -m imbtool predict model.imb claims.csv > /dev/full",
        shell=True,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=120,
        env=clean_environment(),
    )
    assert done.returncode == 3, done.stderr
    assert "Standard output cannot be written" in done.stderr
