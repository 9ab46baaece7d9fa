"""Which character separates the cells of a text table."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass

_SAMPLE_BYTES = 1 << 18
_SAMPLE_LINES = 20
_SAMPLE_ROWS = 200
_DELIMITERS = (",", ";", "\t", "|")
_EXCEL_HINT = re.compile(rb"\A\s*\"?sep=(.)\"?\r?\n")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
# Not 1.234, which is a thousand where commas are decimal.
_DECIMAL_POINT = re.compile(r"(?![+-]?[1-9]\d{0,2}(\.\d{3})+$)[+-]?\d*\.\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a text table is written.

    Parameters
    ----------
    delimiter : str
        ``","``, ``";"``, tab, ``"|"`` or a space.
    decimal_comma : bool
        Whether numbers are written ``3,5``.
    columns : int
        Number of names in the first line.
    """

    delimiter: str
    decimal_comma: bool
    columns: int


def sniff(data: bytes) -> Dialect:
    """Find out the dialect from the first few hundred lines.

    The delimiter is the one that splits most lines into as many cells as the first; ties go to the one
    with more cells, then to the order comma, semicolon, tab, bar. A space counts only when no other
    splits the lines.
    """
    text = sample_text(data)
    best = max((_score(text, d) for d in _DELIMITERS), key=lambda s: s[:2])
    if best[1] < 2:
        spaced = _score(re.sub(r"(?m)^ +| +$", "", re.sub(r" {2,}", " ", text)), " ")
        best = spaced if spaced[1] >= 2 and spaced[0] > 0.99 else best
    _, columns, delimiter = best
    return Dialect(delimiter=delimiter, columns=columns, decimal_comma=_has_decimal_comma(text, delimiter))


def strip_excel_hint(data: bytes) -> bytes:
    """Drop the ``sep=;`` line that spreadsheets put before the header."""
    hint = _EXCEL_HINT.match(data[:32])
    return data[hint.end() :] if hint else data


def sample_text(data: bytes) -> str:
    """Return the first whole lines as text; more bytes where the lines are long."""
    size = _SAMPLE_BYTES
    while size < len(data) and max(data.count(b"\n", 0, size), data.count(b"\r", 0, size)) < _SAMPLE_LINES:
        size *= 4
    sample = data[:size]
    if len(data) > size:
        sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1] or sample
    return sample.decode("utf-8", errors="replace")


def rows_of(text: str, delimiter: str, limit: int = _SAMPLE_ROWS) -> list[list[str]]:
    """Split the first lines into cells; blank lines are skipped, a broken line ends the sample."""
    rows: list[list[str]] = []
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) >= limit:
                break
    except csv.Error:
        pass
    return rows


def _score(text: str, delimiter: str) -> tuple[float, int, str]:
    rows = rows_of(text, delimiter)
    if not rows or len(rows[0]) < 2:
        return (0.0, 1, delimiter)
    counts = Counter(len(row) for row in rows[1:])
    width = len(rows[0])
    alike = counts[width] / max(len(rows) - 1, 1) if counts else 1.0
    return (alike + 1e-9, width, delimiter)


def _has_decimal_comma(text: str, delimiter: str) -> bool:
    if delimiter == "," and '"' not in text:
        return False
    cells = [cell.strip() for row in rows_of(text, delimiter)[1:] for cell in row]
    commas = sum(1 for cell in cells if _DECIMAL_COMMA.fullmatch(cell))
    points = sum(1 for cell in cells if _DECIMAL_POINT.fullmatch(cell))
    return commas > points
