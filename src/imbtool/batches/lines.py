"""On which line of a TOML file a setting stands, as far as that can be told from its lines alone."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*\"?([\w.-]+)\"?\s*\]\]?\s*(#.*)?$")


def lines_of(text: str, n_entries: int) -> dict[tuple[str, str], int]:
    """Return line numbers, from 1, by table and setting.

    Tables are ``""`` (the top), ``"defaults"`` and ``"data[1]"``, ``"data[2]"``, ...; the line of a table
    itself is under the setting ``""``. Empty when the tables found are not the `n_entries` that the
    parser found: then data sets are written in another way, and no number is better than a wrong one.
    """
    found: dict[tuple[str, str], int] = {}
    table, entries = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = header[2]
            if header[1] == "[[" and table == "data":
                entries += 1
                table = f"data[{entries}]"
            found.setdefault((table, ""), number)
            continue
        name = re.match(r"^\s*\"?([\w-]+)\"?\s*=", line)
        if name:
            found.setdefault((table, name[1]), number)
    return found if entries == n_entries else {}
