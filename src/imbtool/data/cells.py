"""Columns of strings as numbers where they are numbers, as text where they are not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imbtool.data.dataset import Finding
from imbtool.data.phrases import count, some

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.data.dialect import Dialect

# pandas' default markers, and "?" of the UCI collections.
MISSING = (
    "",
    *["#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"],
    *["<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null", "?"],
)
# Words that stand for a missing number when everything else in the column is a number.
MISSING_AMONG_NUMBERS = frozenset(
    {
        *("-", "--", "---", ".", "..", "*", "#", "na", "nan", "none", "nil", "null", "n.a.", "n.a", "n.d."),
        *("n.d", "nd", "missing", "unknown", "unk", "undefined", "void", "blank", "tbd", "not available"),
        *("not applicable", "no data", "not known", "(null)", "(none)", "(missing)"),
        *("#value!", "#ref!", "#div/0!", "#num!", "#name?"),
    }
)
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_COMMA_NUMBER = r"^[+-]?(\d+|[1-9]\d{0,2}(\.\d{3})+)(,\d*)?([eE][+-]?\d+)?$"
_GROUPED_BY_COMMA = r"^[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d*)?$"
_CODE_WIDTH = 3
_EXACT_DIGITS = 19
_MIXED_SHARE = 0.05
_PROBE = 1000


@dataclass(slots=True, kw_only=True)
class Converted:
    """One column after conversion: its values, cells read as missing by marker, what to tell."""

    values: Any
    markers: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def convert(column: Any, name: str, dialect: Dialect) -> Converted:
    """Turn a column of strings into int64, float64 or trimmed strings, missing cells into nulls.

    Text stays text where a number would lose something: codes with leading zeros ("00123"), integers
    of more than 18 digits. Decimal commas and thousands separators are understood when the whole
    column agrees.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of string, or of float64 when it is parsed already
    name : str
        Used in findings.
    dialect : Dialect
        How the file was written.
    """
    if not _is_string(column):
        return _parsed(column)
    plain = None if dialect.decimal_comma else _as_number(column, name)
    if plain is not None:
        return plain
    cells, markers = _without_missing(column)
    number = (
        (_as_number(cells, name) if not dialect.decimal_comma else None)
        or _as_local_number(cells, name, dialect)
        or (_as_number(cells, name) if dialect.decimal_comma else None)
        or _as_number_with_words(cells, name)
    )
    result = number or Converted(values=cells, findings=_line_breaks(cells, name))
    result.markers = {**markers, **result.markers}
    return result


def marker_findings(columns: list[Converted]) -> tuple[Finding, ...]:
    """Say which words were read as missing, over all columns; blanks need no saying."""
    cells: Counter[str] = Counter()
    where: Counter[str] = Counter()
    for column in columns:
        for word, n in column.markers.items():
            if word.strip():
                cells[word] += n
                where[word] += 1
    if not cells:
        return ()
    shown = ", ".join(
        f"{word!r} ({count(n, 'cell')} in {count(where[word], 'column')})" for word, n in cells.most_common(6)
    )
    return (Finding(level="note", code="missing-markers", message=f"Read as missing: {shown}."),)


def _is_string(column: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(column.type))


def _parsed(column: Any) -> Converted:
    """Count the word NaN, which parses as a number."""
    import pyarrow.compute as pc

    words = pc.sum(pc.is_nan(column)).as_py() or 0
    return Converted(values=column, markers={"NaN": words} if words else {})


def _cast(column: Any, kind: str) -> Any:
    import pyarrow as pa

    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _as_number(column: Any, name: str) -> Converted | None:
    """Cast to int64 or float64, unless that loses digits."""
    import pyarrow.compute as pc

    if column.null_count == len(column):
        return Converted(values=_cast(column, "double"))
    whole = _cast(column, "int64")
    if whole is not None:
        return _code(column, name) or Converted(values=whole)
    real = _cast(column, "double")
    if real is None:
        return None
    longest = pc.max(pc.binary_length(column)).as_py() or 0
    if (
        longest >= _EXACT_DIGITS
        and pc.any(pc.match_substring_regex(column, rf"^\d{{{_EXACT_DIGITS},}}$")).as_py()
    ):
        message = f"{name!r} holds integers of more than 18 digits; they are kept as text."
        return Converted(values=column, findings=(_finding("long-integers", message, name),))
    return _parsed(real)


def _code(column: Any, name: str) -> Converted | None:
    """Codes such as "00123" and "0x1F": whole numbers that begin with a zero."""
    import pyarrow.compute as pc

    zeros = pc.and_(pc.starts_with(column, "0"), pc.greater_equal(pc.binary_length(column), _CODE_WIDTH))
    if not pc.any(zeros).as_py():
        return None
    example = column.filter(zeros)[0].as_py()
    message = f"{name!r} has leading zeros (such as {example!r}); it is kept as text, not read as numbers."
    return Converted(values=column, findings=(_finding("leading-zeros", message, name),))


def _without_missing(column: Any) -> tuple[Any, dict[str, int]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = pc.utf8_trim_whitespace(column)
    missing = pc.is_in(cells, value_set=pa.array(MISSING))
    if not pc.any(missing).as_py():
        return cells, {}
    counts = pc.value_counts(cells.filter(missing)).to_pylist()
    null = pa.scalar(None, pa.string())
    return pc.if_else(missing, null, cells), {row["values"]: row["counts"] for row in counts}


def _all_match(column: Any, pattern: str) -> bool:
    """Whether every cell that is not missing matches; a few cells are tried first."""
    import pyarrow.compute as pc

    head = column.slice(0, _PROBE)
    return all(
        pc.all(pc.match_substring_regex(part, pattern), min_count=0).as_py() is not False
        for part in (head, column)
    )


def _as_local_number(column: Any, name: str, dialect: Dialect) -> Converted | None:
    """Numbers with decimal commas or thousands separators, when all cells of the column agree."""
    import pyarrow.compute as pc

    if column.null_count == len(column) or not _has_separator(column):
        return None
    comma_is_decimal = dialect.decimal_comma or dialect.delimiter != ","
    if not _grouped_with_point(column) and comma_is_decimal and _all_match(column, _COMMA_NUMBER):
        ungrouped = pc.replace_substring(column, ".", "")
        grouped = pc.any(pc.match_substring(column, ".")).as_py()
        values = _cast(_trim_point(pc.replace_substring(ungrouped, ",", ".")), "double")
        return _local(values, name, "1.234,5" if grouped else "")
    if _all_match(column, _GROUPED_BY_COMMA):
        return _local(_cast(_trim_point(pc.replace_substring(column, ",", "")), "double"), name, "1,234.5")
    return None


def _has_separator(column: Any) -> bool:
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(column, r"^[+-]?\d[\d.]*[.,]\d")).as_py())


def _grouped_with_point(column: Any) -> bool:
    """Whether some cell is written 1,234.5, which no decimal comma explains."""
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(column, r"^[+-]?\d{1,3}(,\d{3})+\.\d")).as_py())


def _trim_point(column: Any) -> Any:
    import pyarrow.compute as pc

    return pc.utf8_rtrim(column, ".")


def _local(values: Any, name: str, form: str) -> Converted | None:
    if values is None:
        return None
    if not form:
        return Converted(values=values)
    message = f"{name!r} was read as numbers with thousands separators, written like {form}."
    return Converted(values=values, findings=(_finding("thousands-separator", message, name),))


def _as_number_with_words(column: Any, name: str) -> Converted | None:
    """Numbers among which a few words stand: missing when the words mean that, else a warning."""
    import pyarrow as pa
    import pyarrow.compute as pc

    head = column.slice(0, _PROBE).drop_null()
    if not len(head) or pc.mean(pc.match_substring_regex(head, _NUMBER)).as_py() < 0.5:
        return None
    numeric = pc.fill_null(pc.match_substring_regex(column, _NUMBER), True)
    words = pc.value_counts(column.filter(pc.invert(numeric))).to_pylist()
    counts = {row["values"]: row["counts"] for row in words}
    if all(word.casefold() in MISSING_AMONG_NUMBERS for word in counts):
        values = _cast(pc.if_else(numeric, column, pa.scalar(None, pa.string())), "double")
        return None if values is None else Converted(values=values, markers=counts)
    total, present = sum(counts.values()), len(column) - column.null_count
    if total > _MIXED_SHARE * present:
        return None
    shown = some(counts, 3)
    message = (
        f"{name!r} has {count(total, 'cell')} among {present:,} not readable as numbers ({shown}), "
        "so the whole column is text. Empty or mend them to use it as numbers."
    )
    return Converted(values=column, findings=(_finding("mixed-column", message, name, warning=True),))


def _line_breaks(column: Any, name: str) -> tuple[Finding, ...]:
    import pyarrow.compute as pc

    broken = pc.sum(pc.match_substring_regex(column, r"[\r\n]")).as_py() or 0
    if not broken:
        return ()
    longest = pc.max(pc.count_substring_regex(column, r"\r?\n|\r")).as_py()
    message = f"{name!r} has line breaks inside quotes in {count(broken, 'cell')}"
    if longest < 20:
        return (_finding("line-breaks", f"{message}; they were kept.", name),)
    message += f", one of {longest:,} lines: a quote that is not closed may have swallowed rows."
    return (_finding("line-breaks", message, name, warning=True),)


def _finding(code: str, message: str, column: str, *, warning: bool = False) -> Finding:
    return Finding(level="warning" if warning else "note", code=code, message=message, column=column)
