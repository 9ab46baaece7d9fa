"""Reading a cost matrix: what deciding each class costs for rows of each class."""

from __future__ import annotations

import csv
import math
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MATRIX = 'Write rows of true classes and columns of decided ones: --cost-matrix "0,1;10,0"'


def matrix_of(text: str, classes: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    """Return the cost of deciding each class (columns) for rows of each class (rows), in class order.

    Raises
    ------
    UsageError
        Code ``bad-cost-matrix``: another number of classes, other labels, cells that are no numbers.
    """
    lines = [[cell.strip() for cell in line] for line in csv.reader(StringIO(text.replace(";", "\n")))]
    lines = [line for line in lines if any(line)]
    if lines and not _is_number(lines[0][0]):
        return _labelled(lines, classes)
    if len(lines) != len(classes) or any(len(line) != len(classes) for line in lines):
        raise _no_matrix(f"it must have {len(classes)} lines of {len(classes)} numbers", classes)
    return _numbers(lines, classes)


def _labelled(lines: list[list[str]], classes: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    across, down = lines[0][1:], [line[0] for line in lines[1:]]
    for labels, where in ((across, "first line"), (down, "first column")):
        if sorted(labels) != sorted(classes):
            raise _no_matrix(f"its {where} names {', '.join(labels) or 'nothing'}", classes)
    if any(len(line) != len(classes) + 1 for line in lines):
        raise _no_matrix("its lines are not equally long", classes)
    cells = _numbers([line[1:] for line in lines[1:]], classes)
    return tuple(tuple(cells[down.index(t)][across.index(d)] for d in classes) for t in classes)


def _numbers(lines: list[list[str]], classes: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    wrong = [cell for line in lines for cell in line if not _is_number(cell)]
    if wrong:
        raise _no_matrix(f"{wrong[0]!r} is no number", classes)
    cells = tuple(tuple(float(cell) for cell in line) for line in lines)
    if all(len(set(line)) == 1 for line in cells):
        raise _no_matrix("every decision costs the same", classes)
    return cells


def _no_matrix(why: str, classes: Sequence[str]) -> UsageError:
    return UsageError(
        f"The cost matrix cannot be used: {why}.",
        hint=f"Classes in order: {', '.join(classes)}. {_MATRIX}",
        code="bad-cost-matrix",
    )


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def one_line(given: Any) -> str:
    """Return a cost matrix as one line of text: of a file, of text, or of rows of numbers.

    Raises
    ------
    DataError
        Code ``bad-cost-matrix``: a path to a file that cannot be read.
    """
    if not isinstance(given, (str, Path)):
        given = ";".join(",".join(f"{float(cell):.12g}" for cell in row) for row in given)
    text = str(given)
    if not {";", "\n"} & set(text):
        try:
            text = Path(text).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(
                f"The cost matrix {text!r} is neither a matrix nor a file that can be read.",
                hint=_MATRIX,
                code="bad-cost-matrix",
            ) from error
    return ";".join(line.strip() for line in text.replace(";", "\n").splitlines() if line.strip())
