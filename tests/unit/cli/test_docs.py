"""Every code word in the source has its entry in docs/errors.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ERRORS = ROOT / "docs" / "errors.md"


def words_in_source() -> set[str]:
    found = {f"unknown-{what}" for what in ("method", "learner", "metric")}  # put together in the registry
    for path in (ROOT / "src" / "imbtool").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                found.add(node.value.value)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "default_code":
                found.add(ast.literal_eval(node.value))
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "default_code":
                assert node.value is not None
                found.add(ast.literal_eval(node.value))
    return found


def test_every_code_word_in_the_source_is_documented() -> None:
    documented = set(re.findall(r"^### (\S+)$", ERRORS.read_text(encoding="utf-8"), re.MULTILINE))
    assert words_in_source() - documented == set()


def test_no_entry_is_written_twice() -> None:
    entries = re.findall(r"^### (\S+)$", ERRORS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(entries) == sorted(set(entries))


def test_commands_that_errors_advise_exist() -> None:
    from imbtool.cli.app import COMMANDS

    text = ERRORS.read_text(encoding="utf-8")
    advised = {line.split()[0] for line in re.findall(r"`imbtool ([a-z]+[^`]*)`", text)}
    assert advised <= set(COMMANDS)
