"""Reports of an evaluation: pure functions of it."""

from imbtool.report.holdout.document import to_json
from imbtool.report.holdout.github import workflow_commands
from imbtool.report.holdout.markdown import to_markdown
from imbtool.report.holdout.suites import suites_of
from imbtool.report.holdout.terminal import render

__all__ = ["render", "suites_of", "to_json", "to_markdown", "workflow_commands"]
