"""Whatever is in the file, the command line answers with a documented exit code and never a traceback."""

from __future__ import annotations

import contextlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.strategies import broken_tables, target_names

from imbtool.cli.main import run

CHEAP = ["--learners", "logistic", "--methods", "none", "--folds", "2", "--repeats", "1", "--jobs", "1"]
ROLES = st.lists(
    st.tuples(
        st.sampled_from(["--positive", "--weight", "--group", "--time", "--drop", "--categorical"]),
        st.sampled_from(["a", "b", "1", "no such"]),
    ),
    max_size=2,
)


def answer(argv: list[str]) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(argv)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    here = tmp_path_factory.mktemp("broken")
    before = Path.cwd()
    os.chdir(here)
    yield here
    os.chdir(before)


@settings(
    max_examples=1000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(
    content=broken_tables(),
    suffix=st.sampled_from([".csv", ".csv", ".tsv", ".csv.gz", ".parquet", ".feather", ".txt", ".zip", ""]),
    target=target_names(),
    roles=ROLES,
    as_json=st.booleans(),
)
def test_no_table_brings_the_command_line_down(
    folder: Path, content: bytes, suffix: str, target: str, roles: list[tuple[str, str]], as_json: bool
) -> None:
    path = folder / f"table{suffix}"
    path.write_bytes(content)
    words = [word for pair in roles for word in pair]
    form = ["--json"] if as_json else []
    code, out, err = answer(["compare", str(path), f"--target={target}", *words, *CHEAP, *form])
    event(f"exit code {code}")
    assert code in (0, 2, 3, 5), err
    assert "Traceback" not in out + err
    if as_json:
        document = json.loads(out)
        assert ("error" in document) == (code in (2, 3))
    else:
        assert (out == "") == (code in (2, 3))
