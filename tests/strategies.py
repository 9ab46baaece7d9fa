"""Hypothesis strategies that several test files share."""

import bz2
import gzip
import lzma

from hypothesis import strategies as st

ENCODINGS = (
    "utf-8",
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "latin-1",
    "cp1251",
    "shift_jis",
)
NAMES = st.one_of(
    st.sampled_from(
        ["a", "b", "target", "target", "id", "date", "", " ", '"', "a", "1", "nan", "x y", "é", "a.month"]
    ),
    st.text(max_size=6),
)
NUMBERS = st.one_of(
    st.integers(-5, 5).map(str),
    st.floats().map(repr),
    st.sampled_from(
        [
            "0",
            "1",
            "1",
            "0",
            "1e999",
            "-inf",
            "00012",
            "0x1F",
            "1,5",
            "1.234,5",
            "1_000",
            "+3",
            "9" * 30,
            "5%",
        ]
    ),
)
WORDS = st.one_of(
    st.sampled_from(
        ["yes", "no", "True", "f", "NA", "?", "-", "None", "unknown", "", " ", "red", "Ä", "\\N"]
    ),
    st.sampled_from(
        ["2024-01-31", "31.12.2023", "0000-00-00", "9999-12-31", "2024-13-45", "1/2/03", "2024-01-01T25:00"]
    ),
    st.text(max_size=8),
)
QUOTED = WORDS.map(lambda word: f'"{word}"')
BROKEN = st.sampled_from(['"', '"open', 'mid"dle', '"a\nb"', '"a""b"', "\0", "\r", "\x1a", "'", "a,b;c\td|e"])
CELLS = st.one_of(NUMBERS, NUMBERS, WORDS, QUOTED, BROKEN)
MAGIC = st.sampled_from(
    [
        *(b"\x1f\x8b", b"PK\x03\x04", b"BZh9", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"),
        *(b"PAR1", b"ARROW1\0\0", b"FEA1", b"\xff\xff\xff\xff", b"%PDF-1.7\0", b"\x80\x04\x95"),
        *(b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"sep=;\n"),
    ]
)


@st.composite
def tables(draw):
    """Draw the text of a table with odd cells; half of them have a sound header and target column."""
    sound = draw(st.booleans())
    delimiter = draw(st.sampled_from([",", ",", ",", ";", "\t", "|", " "]))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    width = draw(st.integers(1, 4))
    names = (
        ["a", "b", "id", "day"][:width] if sound else draw(st.lists(NAMES, min_size=width, max_size=width))
    )
    kinds = draw(st.lists(st.sampled_from([NUMBERS, WORDS, QUOTED, CELLS]), min_size=width, max_size=width))
    pools = [draw(st.lists(kind, min_size=1, max_size=4)) for kind in kinds]
    ragged = draw(st.integers(0, 9)) == 0
    lines = [delimiter.join([*names, "target"] if sound else names)]
    for row in range(draw(st.integers(4 if sound else 0, 12))):
        cells = [draw(st.sampled_from(pool)) for pool in pools]
        if ragged:
            cells = cells[: draw(st.integers(0, width))] * draw(st.integers(1, 2))
        lines.append(delimiter.join([*cells, str(row % 2)] if sound else cells))
    lines += lines[1:] * draw(st.sampled_from([0, 0, 3]))  # enough rows to be taken for keys or dates
    return end.join(lines) + (end if draw(st.booleans()) else "")


@st.composite
def broken_tables(draw):
    """Draw the bytes of a file that may or may not hold a table.

    Random bytes, bytes behind the first bytes of known formats, and tables that are encoded, packed,
    cut off, or damaged in the middle.
    """
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.binary(max_size=200))
    if kind == 1:
        return draw(MAGIC) + draw(st.binary(max_size=60))
    data = draw(tables()).encode(draw(st.sampled_from(ENCODINGS)), errors="replace")
    if kind in (2, 3):
        data = draw(st.sampled_from([gzip.compress, bz2.compress, lzma.compress]))(data)
    if kind in (3, 4):
        data = data[: draw(st.integers(0, len(data)))]
    if kind in (5, 6):
        place = draw(st.integers(0, len(data)))
        data = (
            data[:place] + draw(st.binary(min_size=1, max_size=3)) + data[place + draw(st.integers(0, 3)) :]
        )
    return data


def target_names():
    """Draw the name of a target column, mostly one that broken tables have."""
    return st.one_of(st.sampled_from(["target", "target", "a", "b", "1"]), NAMES)
