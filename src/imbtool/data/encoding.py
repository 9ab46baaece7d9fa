"""Text in any common encoding, as UTF-8."""

from __future__ import annotations

import codecs
import re

from imbtool.core.errors import DataError
from imbtool.data.dataset import Finding
from imbtool.data.phrases import count

# Encodings worth guessing between when bytes are not UTF-8; rarer ones only add false guesses.
_CANDIDATES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "mac_roman"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
]
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 16
_HIGH = re.compile(rb"[\x80-\xff]+")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x0b\x1a\x1b"))


def to_utf8(data: bytes, label: str) -> tuple[bytes, tuple[Finding, ...]]:
    """Return the text as UTF-8 without byte-order mark, and what was found out about its encoding.

    Tried in this order: the byte-order mark; UTF-8; UTF-16 without a mark (every other byte zero);
    Windows-1252 when accented letters stand alone between ASCII letters; else the guess of
    charset-normalizer. A file that is UTF-8 but for a few damaged bytes is read as UTF-8, with those
    bytes replaced and counted in a warning.

    Raises
    ------
    DataError
        Codes ``binary-file`` (no text at all) and ``wrong-encoding``.
    """
    mark, named = next(((m, e) for m, e in _BOMS if data.startswith(m)), (b"", ""))
    if named and named != "utf-8":
        return _decoded(data, named, label), (_note(named),)
    data = data[len(mark) :]
    blind = "" if mark else _blind_utf16(data)
    if blind:
        return _decoded(data, blind, label), (_note(blind),)
    _refuse_binary(data, label)
    if data.isascii():
        return data, ()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, label, error, must_be_utf8=bool(mark))
    return data, ()


def _decoded(data: bytes, encoding: str, label: str) -> bytes:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{label} starts like {encoding.upper()} text, but is not: {error.reason} at byte {error.start}.",
            hint="The file is cut off or damaged; save it again as UTF-8.",
            code="wrong-encoding",
        ) from error
    _refuse_binary(text.encode(errors="replace"), label)
    return text.encode(errors="replace").removeprefix(codecs.BOM_UTF8)


def _blind_utf16(data: bytes) -> str:
    sample = data[:4096]
    if len(sample) < 8 or len(data) % 2:
        return ""
    even, odd = sample[0::2], sample[1::2]
    if odd.count(0) > 0.9 * len(odd) and 0 not in even:
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.9 * len(even) and 0 not in odd else ""


def _refuse_binary(data: bytes, label: str) -> None:
    zero = data.find(b"\0")
    sample = data[:_SAMPLE]
    control = len(sample) - len(sample.translate(None, _CONTROL))
    if zero < 0 and control <= 0.02 * len(sample):
        return
    raise DataError(
        f"{label} is not text{f' (a zero byte at {zero})' if zero >= 0 else ''}.",
        hint="Tables are read from CSV, TSV, Parquet and Feather, plain or compressed.",
        code="binary-file",
    )


def _not_utf8(
    data: bytes, label: str, error: UnicodeDecodeError, *, must_be_utf8: bool
) -> tuple[bytes, tuple[Finding, ...]]:
    line = data.count(b"\n", 0, error.start) + 1
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("�")
    intact = sum(ord(c) > 127 for c in text[: 1 << 20]) - text.count("�", 0, 1 << 20)
    if must_be_utf8 or damaged * 20 <= intact:
        message = (
            f"{count(damaged, 'byte')} not valid as UTF-8 (the first on line {line}); replaced by U+FFFD."
        )
        return text.encode(), (Finding(level="warning", code="damaged-text", message=message),)
    encoding, sure = _guess(data, error.start)
    if not encoding:
        raise DataError(
            f"{label} is not UTF-8 (line {line}), and its encoding could not be found out.",
            hint="Convert it first, for example: iconv -f ENCODING -t UTF-8 FILE > NEW_FILE",
            code="wrong-encoding",
        )
    decoded = data.decode(encoding, errors="replace")
    example = next(iter(re.findall(r"\w*[^\x00-\x7f][^\s,;\t]*", decoded)), "")[:30]
    return decoded.encode(errors="replace"), (_note(encoding, line=line, example=example, sure=sure),)


def _guess(data: bytes, start: int) -> tuple[str, bool]:
    """Return the likely encoding of bytes that are not UTF-8 (or an empty text), and how sure that is."""
    sample = data[max(0, start - _SAMPLE // 4) : start + _SAMPLE]
    runs = [len(run) for run in _HIGH.findall(sample)]
    if sum(n for n in runs if n == 1) >= 0.6 * sum(runs) and _decodes(data, "cp1252"):
        return "cp1252", True
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    return (best.encoding if best is not None else ""), False


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _note(encoding: str, *, line: int = 0, example: str = "", sure: bool = True) -> Finding:
    shown = f" (line {line} reads {example!r})" if example else ""
    message = f"The text is not UTF-8; it was read as {encoding.replace('_', '-')}{shown}."
    if sure:
        return Finding(level="note", code="encoding", message=message)
    message += " That is a guess: if it looks wrong, save the file as UTF-8."
    return Finding(level="warning", code="encoding", message=message)
