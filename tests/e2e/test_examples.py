"""Every command of the examples runs, in the folder that they expect."""

from __future__ import annotations

import random
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from imbtool.cli.main import run

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMAND = re.compile(r"^\s*(?:-\s+)?(?:run:\s+)?(imbtool .+)$", re.MULTILINE)
WAY = ["compare", "fit", "eval", "predict", "batch"]
MADE = ["comparison.json", "model.imb", "report.xml", "summary.md", "scored.csv"]
MADE += ["batch.xml", "batch.md", "ranks.svg", "trials.db"]


def commands(name: str) -> list[str]:
    return COMMAND.findall((EXAMPLES / name).read_text(encoding="utf-8"))


def rows(seed: int, n: int, *, target: bool = True) -> str:
    """A table in which fraud is easy to see."""
    rng = random.Random(seed)
    lines = ["age,amount,branch" + ",fraud" * target]
    for _ in range(n):
        fraud = rng.random() < 0.15
        cells = [f"{rng.gauss(40, 9):.1f}", f"{rng.gauss(1 + 5 * fraud, 1):.3f}", rng.choice("nsw")]
        lines.append(",".join(cells + [str(int(fraud))] * target))
    return "\n".join(lines) + "\n"


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """The current folder, as the examples expect it; one worker, few rows."""
    (tmp_path / "data").mkdir()
    for seed, (name, n, target) in enumerate(
        (("train", 240, True), ("holdout", 200, True), ("new", 30, False))
    ):
        (tmp_path / "data" / f"{name}.csv").write_text(rows(seed, n, target=target), encoding="utf-8")
    shutil.copy(EXAMPLES / "suite.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    for name, value in {"JOBS": "1", "ENGINE": "serial", "MAX_ROWS": "250"}.items():
        monkeypatch.setenv(f"IMBTOOL_{name}", value)
    return tmp_path


def test_every_command_of_the_pipelines_runs(place, capsys) -> None:
    asked = commands("github-actions.yml")
    assert [command.split()[1] for command in asked] == WAY
    for command in asked:
        code = run(shlex.split(command)[1:])
        assert code == 0, f"{command}\n{capsys.readouterr().err}"
    assert [name for name in MADE if not (place / name).is_file()] == []
    for report in ("report.xml", "batch.xml"):
        root = ET.parse(place / report).getroot()
        assert root.tag == "testsuites"
        assert {suite.get("failures") for suite in root} == {"0"}
    assert len((place / "scored.csv").read_text(encoding="utf-8").splitlines()) == 31

    capsys.readouterr()
    strict = next(c for c in asked if " eval " in c).replace("pr_auc >= 0.5", "pr_auc <= 0.01")
    assert run(shlex.split(strict)[1:]) == 1


def test_gitlab_and_make_run_the_same_commands(place) -> None:
    asked = commands("github-actions.yml")
    assert commands("gitlab-ci.yml") == asked
    assert commands("Makefile") == asked


def test_the_makefile_makes_everything_in_order_and_once(place) -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    shutil.copy(EXAMPLES / "Makefile", place)

    def planned() -> list[str]:
        done = subprocess.run(["make", "-n"], capture_output=True, text=True, check=True, cwd=place)
        return [line.split()[1] for line in done.stdout.splitlines() if line.startswith("imbtool ")]

    assert planned() == WAY
    for name in ("comparison.json", "model.imb", "scored.csv", "ranks.svg"):
        (place / name).touch()
    assert planned() == ["eval"]


def test_the_pipelines_are_yaml() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    for name in ("github-actions.yml", "gitlab-ci.yml"):
        assert isinstance(yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8")), dict)
