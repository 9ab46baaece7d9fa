"""Reading tables: dialects, encodings, compressions, and what is said about broken ones."""

import bz2
import gzip
import io
import lzma
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
import zstandard

from imbtool.core.errors import DataError
from imbtool.data.read import read_source, read_table

PLAIN = b"a,b,c\n1,2.5,x\n2,3.5,y\n"


@pytest.fixture
def write(tmp_path):
    def _write(data, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    return _write


def frame_of(write, data):
    return read_table(write(data))


def failure(write, data, name="table.csv"):
    with pytest.raises(DataError) as caught:
        read_table(write(data, name))
    assert caught.value.hint, "every data error says what to do"
    return caught.value


def codes(table):
    return {finding.code for finding in table.findings}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_every_delimiter_is_found_out(write, delimiter):
    frame = frame_of(write, PLAIN.decode().replace(",", delimiter))
    assert list(frame.columns) == ["a", "b", "c"]
    assert frame["b"].tolist() == [2.5, 3.5]
    assert frame["a"].dtype == np.int64


def test_runs_of_spaces_are_one_delimiter(write):
    frame = frame_of(write, " a  b   c\n 1  2   3\n10 20  30\n")
    assert frame["b"].tolist() == [2, 20]


def test_the_delimiter_may_stand_in_quoted_cells(write):
    frame = frame_of(write, 'a,b\n"x, y; z",1\n"u, v",2\n')
    assert frame["a"].tolist() == ["x, y; z", "u, v"]


def test_line_breaks_in_quotes_belong_to_the_cell(write):
    table = read_source(write('a,b\n"one\ntwo",1\nthree,2\n'))
    assert table.frame["a"].tolist() == ["one\ntwo", "three"]
    assert codes(table) == {"line-breaks"}


def test_decimal_commas_are_numbers(write):
    frame = frame_of(write, "a;b\n3,5;x\n-0,25;y\n4;z\n")
    assert frame["a"].tolist() == [3.5, -0.25, 4.0]


def test_decimal_commas_with_thousands_points_are_said(write):
    table = read_source(write("a;b\n1.234,5;1\n2,25;2\n"))
    assert table.frame["a"].tolist() == [1234.5, 2.25]
    assert codes(table) == {"thousands-separator"}


def test_points_are_thousands_where_the_file_has_decimal_commas(write):
    table = read_source(write("a;b\n1.234;1,5\n2.500;3,5\n"))
    assert table.frame["a"].tolist() == [1234.0, 2500.0]
    assert codes(table) == {"thousands-separator"}


def test_points_are_decimal_where_nothing_says_otherwise(write):
    table = read_source(write("a;b\n1.234;x\n2.500;y\n"))
    assert table.frame["a"].tolist() == [1.234, 2.5]
    assert not table.findings


def test_quoted_thousands_commas_are_said(write):
    table = read_source(write('a,b\n"1,234",5\n"12,345.5",6\n7,8\n'))
    assert table.frame["a"].tolist() == [1234.0, 12345.5, 7.0]
    assert codes(table) == {"thousands-separator"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_common_encodings_are_understood(write, encoding):
    table = read_source(write("größe,stadt\n1,München\n2,Köln\n".encode(encoding)))
    assert table.frame["größe"].tolist() == [1, 2]
    assert table.frame["stadt"].tolist() == ["München", "Köln"]
    assert codes(table) == (set() if encoding.startswith("utf-8") else {"encoding"})


def test_a_guessed_encoding_is_a_warning(write):
    text = "имя,город,ответ\n" + "иван петров,москва и область,да\nмария,санкт-петербург,нет\n" * 30  # noqa: RUF001
    table = read_source(write(text.encode("cp1251")))
    assert [(f.code, f.level) for f in table.findings] == [("encoding", "warning")]


def test_a_few_damaged_bytes_do_not_change_the_encoding_of_the_rest(write):
    table = read_source(write(b"a,b\n" + "é,1\n".encode() * 40 + b"\xff,2\n"))
    assert table.frame["a"].iloc[0] == "é"
    assert "line 42" in table.findings[0].message
    assert codes(table) == {"damaged-text"}


def test_question_marks_and_na_are_missing_and_said(write):
    table = read_source(write("a,b\n1,x\n?,NA\n3,?\n"))
    assert table.frame["a"].isna().tolist() == [False, True, False]
    assert table.frame["b"].isna().tolist() == [False, True, True]
    assert "'?' (2 cells in 2 columns)" in table.findings[0].message


def test_blank_cells_are_missing_without_words(write):
    table = read_source(write("a,b\n1,x\n,\n3, \n"))
    assert table.frame["b"].isna().sum() == 2
    assert not table.findings


@pytest.mark.parametrize("word", ["-", "unknown", "n.a.", "#DIV/0!", "not available"])
def test_words_for_nothing_among_numbers_are_missing(write, word):
    table = read_source(write(f"a,b\n1,p\n{word},q\n3,r\n"))
    assert table.frame["a"].dtype == np.float64
    assert table.frame["a"].isna().sum() == 1
    assert codes(table) == {"missing-markers"}


def test_a_dash_among_categories_is_a_category(write):
    frame = frame_of(write, "a,b\nx,1\n-,2\ny,3\n")
    assert frame["a"].tolist() == ["x", "-", "y"]


def test_a_stray_word_among_numbers_is_a_warning(write):
    table = read_source(write("a,b\n" + "1,2\n" * 99 + "oops,3\n"))
    assert codes(table) == {"mixed-column"}
    assert "'oops'" in table.findings[0].message


def test_leading_zeros_stay_text(write):
    table = read_source(write("zip,hour\n00123,05\n98765,11\n"))
    assert table.frame["zip"].tolist() == ["00123", "98765"]
    assert table.frame["hour"].tolist() == [5, 11]
    assert codes(table) == {"leading-zeros"}


def test_integers_beyond_eighteen_digits_stay_text(write):
    table = read_source(write("key,b\n18446744073709551616123,2\n3,4\n"))
    assert table.frame["key"].iloc[0] == "18446744073709551616123"
    assert codes(table) == {"long-integers"}


def test_infinities_are_read_as_numbers(write):
    assert np.isinf(frame_of(write, "a,b\ninf,1\n-inf,2\n0.5,3\n")["a"]).sum() == 2


def test_numbers_are_read_as_python_reads_them(write):
    rng = np.random.default_rng(0)
    values = rng.normal(size=2000) * 10.0 ** rng.integers(-300, 300, 2000)
    frame = frame_of(write, "a,b\n" + "".join(f"{v!r},1\n" for v in values.tolist()))
    assert (frame["a"].to_numpy() == values).all()


def test_a_number_in_a_later_block_changes_the_type_of_the_column(write):
    lines = ["a,b"] + ["1,x"] * 600_000 + ["word,y"]
    frame = frame_of(write, "\n".join(lines))
    assert len(frame) == 600_001
    assert frame["a"].iloc[-1] == "word"


@pytest.mark.parametrize(
    ("late", "dtype"),
    [("word", "text"), ("?", "float64"), ("unknown", "float64"), (" 2.5", "float64"), ("NaN", "float64")],
)
def test_decimals_that_end_late_read_as_if_the_end_were_known(write, late, dtype):
    frame = frame_of(write, "a,b\n" + "0.5,1\n" * 500 + f"{late},2\n" + "1.5,3\n" * 500)
    assert len(frame) == 1001
    assert str(frame["a"].dtype) == dtype or dtype == "text"
    assert frame["a"].isna().sum() == (late in ("?", "unknown", "NaN"))


def test_words_for_nan_among_parsed_numbers_are_said(write):
    table = read_source(write("a,b\n0.5,x\nNaN,y\n1.5,z\n"))
    assert "'NaN' (1 cell" in table.findings[0].message


def test_spreadsheet_separator_hint_and_trailing_delimiters_are_understood(write):
    frame = frame_of(write, "sep=;\na;b;\n1;2;\n3;4;\n")
    assert list(frame.columns) == ["a", "b"]


def test_a_leading_row_count_without_name_is_kept_under_a_name(write):
    assert list(frame_of(write, ",a\n0,5\n1,6\n2,7\n").columns) == ["Unnamed: 0", "a"]


def test_old_mac_line_ends_and_a_missing_last_line_end_work(write):
    assert frame_of(write, "a,b\r1,2\r3,4")["b"].tolist() == [2, 4]


PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: zstandard.ZstdCompressor().compress(data),
}


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("name", PACKERS)
def test_compressions_are_known_by_content_not_by_name(write, name):
    assert len(read_table(write(PACKERS[name](PLAIN), "wrongly_named.csv"))) == 2


@pytest.mark.parametrize("name", PACKERS)
def test_a_cut_off_compressed_file_is_said_to_be_cut_off(write, name):
    text = PLAIN + bytes(str(np.random.default_rng(0).random(500).tolist()), "ascii")
    error = failure(write, PACKERS[name](text)[:-20], f"table.csv.{name}")
    assert error.code == "truncated-file"


def test_several_frames_are_read_to_the_end(write):
    assert len(frame_of(write, gzip.compress(PLAIN) + gzip.compress(b"3,4,z\n"))) == 3
    pack = PACKERS["zst"]
    assert len(frame_of(write, pack(PLAIN) + pack(b"3,4,z\n"))) == 3


def test_a_zip_archive_with_one_file_is_read(write):
    data = zipped({"sub/table.csv": gzip.compress(PLAIN), "__MACOSX/._table.csv": b"junk"})
    assert len(frame_of(write, data)) == 2


def test_a_zip_archive_with_two_files_names_them(write):
    error = failure(write, zipped({"a.csv": PLAIN, "b.csv": PLAIN}), "both.zip")
    assert error.code == "archive"
    assert "'a.csv', 'b.csv'" in error.message


def test_a_model_where_a_table_belongs_is_called_what_it_is(write):
    error = failure(write, zipped({"manifest.json": b"{}", "models/00000.skops": b""}), "model.imb")
    assert error.message.startswith("This is a model that `imbtool fit` wrote")


@pytest.mark.parametrize("fmt", ["parquet", "feather"])
def test_columnar_files_keep_their_types(tmp_path, fmt):
    frame = pd.DataFrame(
        {
            "n": pd.array([1, None, 3], dtype="Int64"),
            "s": ["x", "y", None],
            "c": pd.Categorical(["b", "a", "b"]),
            "t": pd.to_datetime(["2024-01-01", "2024-01-02", None]),
            "d": [pd.Timestamp("2024-01-01").date()] * 3,
        }
    )
    path = tmp_path / "misnamed.csv"
    getattr(frame, f"to_{fmt}")(path)
    got = read_table(str(path))
    assert list(got.columns) == list(frame.columns)
    assert isinstance(got["c"].dtype, pd.CategoricalDtype)
    assert got["n"].tolist()[::2] == [1, 3]
    assert str(got["d"].dtype).startswith("datetime64")


def test_standard_input_is_sniffed_too(monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(gzip.compress(PLAIN)))
    monkeypatch.setattr(sys, "stdin", stdin)
    table = read_source("-")
    assert (table.name, table.source, len(table.frame)) == ("stdin", "-", 2)


def test_a_ragged_row_is_named_with_its_line(write):
    error = failure(write, 'a,b\n"x\ny",2\n3\n4,5,6\n7,8\n')
    assert error.code == "ragged-rows"
    assert "2 of 4 rows" in error.message
    assert "line 4 has 1; line 5 has 3" in error.message


def test_rows_with_one_cell_more_than_the_header_get_the_right_hint(write):
    assert "first column" in failure(write, "a b\nr1 1 2\nr2 3 4\n".replace(" ", ",")).hint


def test_an_open_quote_is_named_with_its_line(write):
    error = failure(write, 'a,b\n1,2\n3,"x\n5,6\n')
    assert error.code == "open-quote"
    assert "line 3" in error.message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b" \n\n ", "empty-file"),
        (gzip.compress(b"", mtime=0), "empty-file"),
        (b"\xef\xbb\xbf", "empty-file"),
        (b"a,b\n", "no-rows"),
        (b"a,b,a\n1,2,3\n", "duplicate-columns"),
        (b"a,,c\n1,2,3\n", "empty-column-name"),
        (b'"",""\n,\n', "empty-column-name"),
        (bytes(range(256)) * 4, "binary-file"),
        (b"\x01\x02\x03\x04" * 50, "binary-file"),
        (b"SQLite format 3\0" + b"\0" * 100, "binary-file"),
        (b"\x80\x04\x95" + b"\0" * 100, "binary-file"),
        (b"PAR1" + b"junk" * 10, "unreadable-table"),
        (b"ARROW1" + b"junk" * 10, "unreadable-table"),
        (b"\xff\xfea", "wrong-encoding"),
        (zipped({"[Content_Types].xml": b"<x/>", "xl/book.xml": b"<x/>"}), "binary-file"),
    ],
)
def test_what_is_no_table_gets_its_own_code(write, data, code):
    assert failure(write, data).code == code


def test_a_missing_file_suggests_its_neighbours(write, tmp_path):
    write(PLAIN, "claims.csv")
    with pytest.raises(DataError, match=r"Did you mean 'claims\.csv'") as caught:
        read_table(str(tmp_path / "cliams.csv"))
    assert caught.value.code == "file-missing"


def test_a_missing_folder_is_said_to_be_missing(tmp_path):
    with pytest.raises(DataError, match="no folder"):
        read_table(str(tmp_path / "nowhere" / "x.csv"))


def test_a_folder_names_the_files_in_it(write, tmp_path):
    write(PLAIN, "claims.csv")
    with pytest.raises(DataError, match=r"is a folder(.|\n)*'claims\.csv'") as caught:
        read_table(str(tmp_path))
    assert caught.value.code == "is-a-folder"


@pytest.mark.parametrize("path", ["a\0b.csv", "x" * 5000])
def test_impossible_paths_are_data_errors(path):
    with pytest.raises(DataError):
        read_table(path)
