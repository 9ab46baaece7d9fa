"""Files scored in pieces give what the whole table in memory gives, whatever they are written like."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import zipfile

import numpy as np
import pandas as pd
import pytest
import zstandard
from tests.unit.bundle.conftest import table

import imbtool
from imbtool.bundle import incoming, streams
from imbtool.bundle.scoring import score_table
from imbtool.core.errors import DataError, ImbtoolError, UsageError


@pytest.fixture(scope="module")
def new() -> pd.DataFrame:
    frame = table(500, seed=6).drop(columns="fraud")
    frame["note"] = ["plain", 'with "quotes"', "a, comma", "two\nlines", ""] * 100
    return frame


@pytest.fixture
def small_pieces(monkeypatch):
    """Everything is large: the head is 2 KiB, a block 1 KiB, so that files come in dozens of pieces."""
    for module, name, size in ((streams, "HEAD", 2048), (incoming, "_BLOCK", 1024), (incoming, "_ROWS", 37)):
        monkeypatch.setattr(module, name, size)


def scored(model, path, **how) -> pd.DataFrame:
    sink = io.BytesIO()
    result = score_table(model, str(path), sink, **how)
    sink.seek(0)
    if how.get("parquet"):
        found = pd.read_parquet(sink)
    else:
        found = pd.read_csv(sink, keep_default_na=False, dtype=dict.fromkeys(how.get("keep", ()), str))
    assert len(found) == result.rows
    found.attrs["notes"] = result.notes
    return found


def check(found: pd.DataFrame, model, frame: pd.DataFrame) -> None:
    frame = frame[[c for c in frame.columns if c != "note"]]
    np.testing.assert_array_equal(found[["probability_0", "probability_1"]], model.predict_proba(frame))
    np.testing.assert_array_equal(found["decision"].astype(int), model.predict(frame))


def written(frame: pd.DataFrame, path, kind: str):
    if kind == "parquet":
        frame.to_parquet(path)
    elif kind == "feather":
        frame.to_feather(path)
    else:
        text = frame.to_csv(index=False, sep={"tsv": "\t", "semicolon": ";"}.get(kind, ",")).encode()
        if kind == "crlf":
            text = frame.drop(columns="note").to_csv(index=False, lineterminator="\r\n").encode()
        if kind == "bom":
            text = b"\xef\xbb\xbf" + text
        packers = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
        packers["zst"] = zstandard.ZstdCompressor().compress
        path.write_bytes(packers.get(kind, bytes)(text))
    return path


KINDS = ["csv", "tsv", "semicolon", "crlf", "bom", "gz", "bz2", "xz", "zst", "parquet", "feather"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_scored_like_the_table_in_memory(boosted, new, tmp_path, kind):
    check(scored(boosted, written(new, tmp_path / "new", kind)), boosted, new)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_in_many_pieces_too(boosted, new, tmp_path, kind, small_pieces):
    path = written(new, tmp_path / "new", kind)
    check(scored(boosted, path), boosted, new)
    if kind not in ("parquet", "feather"):
        with incoming.open_table(str(path)) as opened:
            assert not opened.source.whole
            assert len(list(opened.pieces(["age"]))) > 10


def test_a_zip_archive_with_one_file(boosted, new, tmp_path):
    with zipfile.ZipFile(tmp_path / "new.zip", "w") as file:
        file.writestr("new.csv", new.to_csv(index=False))
    check(scored(boosted, tmp_path / "new.zip"), boosted, new)


@pytest.mark.parametrize("small", [False, True])
def test_standard_input_is_read(boosted, new, monkeypatch, small, request):
    if small:
        request.getfixturevalue("small_pieces")
    text = io.TextIOWrapper(io.BytesIO(new.to_csv(index=False).encode()))
    monkeypatch.setattr("sys.stdin", text)
    check(scored(boosted, "-"), boosted, new)


def test_columns_are_carried_over_as_they_are_written(boosted, new, tmp_path, small_pieces):
    path = tmp_path / "new.csv"
    new.assign(key=[f"{i:05d}" for i in range(len(new))]).to_csv(path, index=False)
    found = scored(boosted, path, keep=["key", "note", "key"])
    assert list(found.columns) == ["key", "note", "decision", "probability_0", "probability_1"]
    assert found.key.tolist() == [f"{i:05d}" for i in range(len(new))]
    assert found.note.tolist() == new.note.tolist()


def test_lines_are_quoted_only_where_needed(boosted, new, tmp_path):
    path = written(new, tmp_path / "new.csv", "csv")
    sink = io.BytesIO()
    score_table(boosted, str(path), sink, keep=["note", "branch"])
    lines = sink.getvalue().decode().split("\n")
    assert lines[0] == "note,branch,decision,probability_0,probability_1"
    assert lines[1].startswith(f"plain,{new.branch[0]},{boosted.predict(new.drop(columns='note'))[0]},")
    assert lines[2].startswith('"with ""quotes""",')
    assert len(list(csv.reader(io.StringIO(sink.getvalue().decode())))) == len(new) + 1


def test_texts_that_a_spreadsheet_would_run_are_disarmed_in_csv_alone(boosted, new, tmp_path, small_pieces):
    cells = ["=cmd|'/C calc'!A0", "@SUM(1)", '-2+3,"x"', "-5.25", "+1e-3", "-", "plain", "", "=1", "-1,5 %"]
    path = tmp_path / "new.csv"
    new.assign(key=cells * 50).to_csv(path, index=False)
    found = scored(boosted, path, keep=["key"])
    guarded = [f"'{cell}" if cell[:1] in "=@" or cell[:2] == "-2" else cell for cell in cells]
    guarded[7] = ""
    assert found.key.tolist() == guarded * 50
    assert found.attrs["notes"][-1].startswith("200 cells that a spreadsheet would take for a formula")
    exact = scored(boosted, path, keep=["key"], parquet=True)
    assert exact.key.fillna("").tolist() == cells * 50
    assert exact.attrs["notes"] == found.attrs["notes"][:-1]


def test_parquet_out_has_types(boosted, new, tmp_path, small_pieces):
    path = written(new, tmp_path / "new.parquet", "parquet")
    found = scored(boosted, path, keep=["age"], parquet=True)
    check(found, boosted, new)
    np.testing.assert_array_equal(found.age, new.age)


@pytest.mark.parametrize("parquet", [False, True])
def test_a_table_without_rows_gives_a_table_without_rows(boosted, new, tmp_path, parquet):
    path = tmp_path / "new.csv"
    new.iloc[:0].to_csv(path, index=False)
    found = scored(boosted, path, keep=["note"], parquet=parquet)
    assert list(found.columns) == ["note", "decision", "probability_0", "probability_1"]
    assert len(found) == 0


def test_several_classes_have_a_column_each(tmp_path):
    rows = table(n_classes=3)
    y = np.array(["low", "mid, or so", "high"])[rows.fraud]
    model = imbtool.fit(rows.drop(columns="fraud"), target=y, recipe="threshold", learner="logistic")
    rows.to_csv(tmp_path / "new.csv", index=False)
    sink = io.BytesIO()
    score_table(model, str(tmp_path / "new.csv"), sink)
    found = pd.read_csv(io.BytesIO(sink.getvalue()))
    names = ["probability_high", "probability_low", "probability_mid, or so"]
    assert list(found.columns) == ["decision", *names]
    np.testing.assert_array_equal(found[names], model.predict_proba(rows.drop(columns="fraud")))
    np.testing.assert_array_equal(found.decision, model.predict(rows.drop(columns="fraud")))


class TestCellsAreReadAsInTraining:
    """A piece says less than the file of training; the kind of each column is known from the model."""

    def model(self, tmp_path, column: list[str], **how):
        rng = np.random.default_rng(0)
        n = len(column) * 40
        frame = pd.DataFrame({"z": column * 40, "a": rng.normal(size=n).round(3)})
        frame["y"] = (frame.a + (frame.z == column[0]) + rng.normal(size=n) > 1.2).astype(int)
        frame.to_csv(tmp_path / "train.csv", index=False)
        return imbtool.fit(str(tmp_path / "train.csv"), target="y", recipe="none", learner="logistic", **how)

    def answer(self, model, tmp_path, cells: list[str], **how) -> list[float]:
        path = tmp_path / "new.csv"
        path.write_text("a,z\n" + "".join(f"0.5,{cell}\n" for cell in cells))
        return scored(model, path, **how).probability_1.tolist()

    def test_codes_with_leading_zeros_stay_codes(self, tmp_path):
        model = self.model(tmp_path, ["001", "010", "7", "1"])
        both = self.answer(model, tmp_path, ["001", "1", "7"])
        assert self.answer(model, tmp_path, ["1"]) == both[1:2]
        assert both[0] != both[1]

    def test_numbers_among_words_keep_their_spelling(self, tmp_path):
        model = self.model(tmp_path, ["1.50", "2.0", "abc", "x y"])
        mixed = self.answer(model, tmp_path, ["1.50", "abc"])
        assert self.answer(model, tmp_path, ["1.50"]) == mixed[:1]

    def test_numbers_as_categories_may_be_written_with_a_fraction(self, tmp_path):
        model = self.model(tmp_path, ["1", "2", "3"], categorical=["z"])
        assert self.answer(model, tmp_path, ["1.0", "2"]) == self.answer(model, tmp_path, ["1", "2"])

    def test_words_for_missing_numbers_are_missing(self, tmp_path):
        model = self.model(tmp_path, ["1.5", "2.5", "", "4"])
        blank = self.answer(model, tmp_path, ["", ""])
        for word in ("NA", "-", "n/a", "unknown", "NaN", "?"):
            assert self.answer(model, tmp_path, [word, word]) == blank

    def test_a_word_among_numbers_is_refused_with_the_word(self, tmp_path):
        model = self.model(tmp_path, ["1.5", "2.5", "", "4"])
        with pytest.raises(DataError, match="~ 'z': numbers in training, here 'many' in 1 of 2 cells"):
            self.answer(model, tmp_path, ["1", "many"])

    def test_decimal_commas(self, tmp_path):
        model = self.model(tmp_path, ["1.5", "2.5", "3.25", "4"])
        expected = self.answer(model, tmp_path, ["1.5", "3.25"])
        (tmp_path / "new.csv").write_text("a;z\n0,5;1,5\n0,5;3,25\n")
        assert scored(model, tmp_path / "new.csv").probability_1.tolist() == expected


class TestFaults:
    def test_columns_to_keep_must_exist_and_not_be_called_like_the_answer(self, boosted, new, tmp_path):
        path = written(new, tmp_path / "new.csv", "csv")
        with pytest.raises(DataError, match="no column 'nota' for --keep"):
            scored(boosted, path, keep=["nota"])
        with pytest.raises(UsageError, match="called like a column of the answer"):
            scored(boosted, path, keep=["decision"])

    def test_missing_columns(self, boosted, new, tmp_path):
        path = written(new.drop(columns=["age"]), tmp_path / "new.csv", "csv")
        with pytest.raises(DataError, match="- 'age'"):
            scored(boosted, path)

    @pytest.mark.parametrize("small", [False, True])
    def test_ragged_lines(self, boosted, new, tmp_path, small, request):
        if small:
            request.getfixturevalue("small_pieces")
        text = new.drop(columns="note").to_csv(index=False)
        (tmp_path / "new.csv").write_text(text + "1,2\n")
        with pytest.raises(DataError) as caught:
            scored(boosted, tmp_path / "new.csv")
        assert caught.value.code == ("unreadable-table" if small else "ragged-rows")

    @pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst", "parquet", "feather"])
    @pytest.mark.parametrize("small", [False, True])
    def test_files_that_are_cut_off(self, boosted, new, tmp_path, kind, small, request):
        if small:
            request.getfixturevalue("small_pieces")
        path = written(new, tmp_path / "new", kind)
        path.write_bytes(path.read_bytes()[:-300])
        with pytest.raises(DataError) as caught:
            scored(boosted, path)
        assert caught.value.code in ("truncated-file", "unreadable-table")

    def test_another_encoding_is_understood_when_small_and_refused_when_large(self, new, tmp_path, request):
        rows = table().assign(branch=np.resize(["Köln", "Málaga", "Orléans"], 240))
        model = imbtool.fit(rows, target="fraud", recipe="none", learner="logistic")
        expected = model.predict_proba(rows)
        path = tmp_path / "new.csv"
        rows.to_csv(path, index=False, encoding="latin-1")
        found = scored(model, path)
        np.testing.assert_array_equal(found[["probability_0", "probability_1"]], expected)
        assert "cp1252" in str(found.attrs["notes"]).casefold() or "1252" in str(found.attrs["notes"])
        request.getfixturevalue("small_pieces")
        with pytest.raises(DataError, match="is not UTF-8") as caught:
            scored(model, path)
        assert "iconv" in caught.value.hint

    @pytest.mark.parametrize("content", [b"", b"   ", b"\x89PNG\r\n\x1a\n\0\0", b"PK\x03\x04broken"])
    def test_no_table_at_all(self, boosted, tmp_path, content):
        (tmp_path / "new.csv").write_bytes(content)
        with pytest.raises(ImbtoolError):
            scored(boosted, tmp_path / "new.csv")

    def test_a_missing_file_and_a_folder(self, boosted, tmp_path):
        with pytest.raises(DataError, match="There is no file"):
            scored(boosted, tmp_path / "none.csv")
        with pytest.raises(DataError, match="is a folder"):
            scored(boosted, tmp_path)


def test_what_differs_is_counted_over_all_pieces(boosted, new, tmp_path, small_pieces):
    frame = new.assign(branch="east", extra=1)
    path = written(frame, tmp_path / "new.csv", "csv")
    assert scored(boosted, path).attrs["notes"] == (
        (
            "WARNING: 'branch' has 1 level not seen in training ('east') in 500 rows, taken as missing, and "
            "known ones in no row: is it written as in training?"
        ),
        "2 columns not known to the model, ignored: 'note', 'extra'",
    )
    some_known = frame.assign(branch=["north"] * 100 + ["east"] * 400)
    noted = scored(boosted, written(some_known, tmp_path / "some.csv", "csv")).attrs["notes"][0]
    assert noted.startswith("WARNING: 'branch' has 1 level not seen in training ('east') in 400 rows")
    assert "and known ones in only 100 rows" in noted
    most_known = frame.assign(branch=["north"] * 300 + ["east"] * 200)
    assert not any("WARNING" in n for n in scored(boosted, written(most_known, path, "csv")).attrs["notes"])
