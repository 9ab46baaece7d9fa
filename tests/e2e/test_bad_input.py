"""Bad input through the command line: what was found, what is needed, what to do; texts tested as text."""

from __future__ import annotations

import gzip
import json
import random

import pytest
from tests.e2e.process import CHEAP, table

from imbtool.cli.main import run

RNG = random.Random(1)
GOOD = table().encode()


def csv(head: str, *lines: str, times: int = 1) -> bytes:
    return "\n".join([head, *(lines * times), ""]).encode()


def target(values: list[object]) -> bytes:
    return csv("a,fraud", *(f"{RNG.random():.4f},{value}" for value in values))


FILES = {
    "empty.csv": (b"", "empty-file", ["empty.csv is empty.", "A table needs a line of column names"]),
    "blank.csv": (b"\n \n\n", "empty-file", ["blank.csv is empty."]),
    "header.csv": (csv("a,b,fraud"), "no-rows", ["has a header line with 3 column names, but no rows."]),
    "binary.csv": (
        bytes(range(256)) * 40,
        "binary-file",
        ["is not text (a zero byte at 0)", "CSV, TSV, Parquet"],
    ),
    "cut.csv.gz": (gzip.compress(GOOD)[:200], "truncated-file", ["cannot be unpacked", "cut off or damaged"]),
    "ragged.csv": (
        csv("a,b,fraud", "1,2,0", "1,2,3,1", "4,5,1", times=20),
        "ragged-rows",
        [
            "the header has 3 columns (comma as delimiter), but 20 of 60 rows do not: line 3 has 4;",
            "double quotes",
        ],
    ),
    "twice.csv": (
        csv("a,a,fraud", "1,2,0", "3,4,1", times=20),
        "duplicate-columns",
        ["column names must be unique; repeated: 'a' (2 times).", "Give every column a name of its own."],
    ),
    "nameless.csv": (
        csv("a,,fraud", "1,2,0", "3,4,1", times=20),
        "empty-column-name",
        ["1 column of 3 without a name (position 2).", "Give every column a name of its own."],
    ),
    "constant.csv": (
        target([1] * 50),
        "target-constant",
        ["The target 'fraud' has one class only ('1') in 50 rows; two classes are needed."],
    ),
    "continuous.csv": (
        target([RNG.random() for _ in range(200)]),
        "target-continuous",
        ["The target 'fraud' looks continuous, not like classes: it has 200 different numbers."],
    ),
    "gaps.csv": (
        target([0, 1, ""] * 20),
        "target-missing-values",
        ["The target 'fraud' is missing in 20 of 60 rows.", "rows are never dropped silently."],
    ),
    "lonely.csv": (
        target([0] * 59 + [1]),
        "class-too-small",
        ["1 class of the target 'fraud' with 1 row only: '1'; at least 2 are needed."],
    ),
    "keys.csv": (
        csv("key,fraud", *(f"k{i},{i % 2}" for i in range(60))),
        "no-features",
        ["No usable feature is left besides the target 'fraud'"],
    ),
}


def shown(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(["compare", *argv, *CHEAP, "-q"])
    caught = capsys.readouterr()
    return code, caught.out, caught.err


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_used_is_told_with_a_way_out(name: str, claims, capsys) -> None:
    content, slug, texts = FILES[name]
    (claims.parent / name).write_bytes(content)
    code, out, err = shown(capsys, name, "-t", "fraud")
    assert (code, out) == (3, "")
    assert [text for text in (*texts, f"[{slug}]") if text not in err] == []
    code, out, _ = shown(capsys, name, "-t", "fraud", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (3, slug)


REQUESTS = {
    "claim.csv -t fraud": (3, "There is no file claim.csv.\n  Did you mean 'claims.csv'?"),
    "nowhere/claims.csv -t fraud": (3, "There is no file nowhere/claims.csv."),
    "folder -t fraud": (3, "folder is a folder, not a file."),
    "digits9 -t fraud": (3, "Did you mean 'digits8'"),
    "claims.csv -t froud": (3, "There is no column 'froud' for the target.\n  Did you mean 'fraud'?"),
    "claims.csv -t zzz": (3, "Columns: 'age', 'amount', 'branch', 'fraud'"),
    "claims.csv -t fraud --drop brnch": (
        3,
        "There is no column 'brnch' for --drop.\n  Did you mean 'branch'?",
    ),
    "claims.csv -t fraud --positive 7": (
        3,
        "The target 'fraud' has no class '7'.\n  Classes found: '0', '1'.",
    ),
    "claims.csv -t fraud --weight branch": (3, "The weight column 'branch' must hold numbers from 0 up"),
    "claims.csv -t fraud --time branch": (3, "The time column 'branch' holds neither numbers nor dates"),
    "claims.csv -t fraud --drop fraud": (2, "Column 'fraud' cannot be both target and dropped."),
    "claims.csv -t fraud --group fraud": (2, "Column 'fraud' cannot be both target and group."),
    "claims.csv -t fraud --methods isotonic+sigmoid": (2, "'isotonic' and 'sigmoid' cannot be combined"),
    "claims.csv -t fraud --methods smoote": (2, "Unknown method 'smoote'.\n  Did you mean 'smote'"),
    "claims.csv -t fraud --methods smote(k_neighbor=3)": (2, "Did you mean 'k_neighbors'"),
    "claims.csv -t fraud --methods smote(k_neighbors=0)": (2, "k_neighbors"),
    "claims.csv -t fraud --methods smote(": (2, "smote("),
    "claims.csv -t fraud --metric prauc": (2, "Unknown metric 'prauc'.\n  Did you mean 'pr_auc'"),
    "claims.csv -t fraud --learners lightgmb": (2, "Unknown learner 'lightgmb'.\n  Did you mean 'lightgbm'"),
    "claims.csv -t fraud -o folder": (3, "--output folder is a folder.\n  Name a file in it"),
    "claims.csv -t fraud -o nowhere/r.json": (3, "there is no folder"),
}


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_request_that_cannot_be_met_is_told_with_a_way_out(request_: str, claims, capsys) -> None:
    (claims.parent / "folder").mkdir()
    wanted, text = REQUESTS[request_]
    code, out, err = shown(capsys, *request_.split())
    assert (code, out) == (wanted, ""), err
    assert text in err


def test_a_class_smaller_than_the_folds_is_told_with_both_counts(claims, capsys) -> None:
    (claims.parent / "few.csv").write_bytes(target([0] * 57 + [1] * 3))
    capsys.readouterr()
    code = run(
        ["compare", "few.csv", "-t", "fraud", "--folds", "5", "--learners", "logistic", "--methods", "none"]
    )
    err = capsys.readouterr().err
    assert code in (2, 3)
    assert "5" in err
    assert "3" in err
    assert "--folds" in err


def test_a_newline_in_quotes_belongs_to_the_cell(claims, capsys) -> None:
    lines = [f'{RNG.random():.3f},"line\nbreak {i % 3}",{int(i % 4 == 0)}' for i in range(80)]
    (claims.parent / "quoted.csv").write_bytes(csv("a,b,fraud", *lines))
    code, out, err = shown(capsys, "quoted.csv", "-t", "fraud", "--json")
    assert code == 0, err
    assert json.loads(out)["dataset"]["n_rows"] == 80


def test_another_encoding_is_found_out(claims, capsys) -> None:
    lines = [f"{RNG.random():.3f},Stra\u00dfe {i % 3},{int(i % 4 == 0)}" for i in range(80)]
    (claims.parent / "latin.csv").write_bytes(csv("a,Stra\u00dfe,fraud", *lines).decode().encode("latin-1"))
    code, out, err = shown(capsys, "latin.csv", "-t", "fraud", "--json")
    assert code == 0, err
    assert "Stra\u00dfe" in [column["name"] for column in json.loads(out)["dataset"]["columns"]]
