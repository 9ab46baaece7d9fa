"""Texts that a spreadsheet would take for formulas when it opens a CSV table."""

from __future__ import annotations

import re

STEERS = r"^[=+\-@\t\r]"
"""Where a formula may begin."""
NUMBERS = r"^[+-]?[0-9.,][0-9., ]*([eE][+-]?[0-9]+)?%?$|^[+-]$"
"""What begins like a formula and is none: signed numbers, and a sign by itself."""


def harmless(text: str) -> str:
    """Return the text, with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{text}" if re.search(STEERS, text) and not re.search(NUMBERS, text) else text
