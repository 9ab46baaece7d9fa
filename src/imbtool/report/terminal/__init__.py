"""The report for a terminal, and for a pipe."""

from imbtool.report.terminal.render import render

__all__ = ["render"]
