"""A command line in this process, with the library behind it replaced by a fixed comparison."""

from __future__ import annotations

import json
import sys
import types
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.report import fixtures

from imbtool.cli.main import run
from imbtool.report import html, jsondoc, markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.evaluation.result import Comparison


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Library:
    """Stands in for `imbtool.api`; keeps what it was called with."""

    comparison: Comparison = field(default_factory=fixtures.multiclass)
    fault: BaseException | None = None
    called_with: dict[str, Any] = field(default_factory=dict)

    def compare(self, data: str, *, progress: Any, **settings: Any) -> Any:
        self.called_with = {"data": data, **settings}
        progress.start(2, "comparing")
        progress.advance(1, "none, fold 1")
        if self.fault:
            raise self.fault
        run = self.comparison
        return types.SimpleNamespace(
            comparison=run,
            to_json=lambda: jsondoc.to_json(run),
            to_markdown=lambda: markdown.to_markdown(run),
            to_html=lambda: html.to_html(run),
        )


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """No settings from outside: an empty folder, no IMBTOOL_* variables, no colour wishes."""
    import os

    for name in list(os.environ):
        if name.startswith("IMBTOOL_") or name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    logs = tmp_path.parent / f"{tmp_path.name}-logs"
    logs.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(logs))
    monkeypatch.setenv("XDG_STATE_HOME", str(logs / "state"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    stand_in = Library()
    module = types.ModuleType("imbtool.api")
    module.compare = stand_in.compare  # type: ignore[attr-defined] # a module made for this test
    monkeypatch.setitem(sys.modules, "imbtool.api", module)
    return stand_in


@pytest.fixture
def imbtool(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    def call(*argv: str) -> Outcome:
        capsys.readouterr()
        code = run(list(argv))
        caught = capsys.readouterr()
        return Outcome(code, caught.out, caught.err)

    return call
