"""Scores of rows from the command line."""

from __future__ import annotations

import csv
import io
from importlib.util import find_spec

import numpy as np
import pytest

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="imbtool[torch] is not installed")


@pytest.fixture
def claims(tmp_path):
    rng = np.random.default_rng(0)
    lines = ["amount,region,fraud"]
    for _ in range(120):
        amount = rng.normal()
        lines.append(f"{amount:.3f},{rng.choice(['n', 's'])},{'yes' if amount > 1 else 'no'}")
    path = tmp_path / "claims.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@needs_torch
def test_every_row_of_the_table_gets_its_scores_in_order(imbtool, claims, tmp_path):
    learner = "torch(epochs=2, width=4)"
    shown = imbtool("scores", str(claims), "-t", "fraud", "--runs", "1", "--learner", learner)
    rows = rows_of(shown.out)
    assert shown.code == 0
    assert "120 rows scored in" in shown.err
    assert list(rows[0]) == ["row", "class", "el2n", "grand", "aum", "forgetting", "dvgs"]
    assert [row["row"] for row in rows] == [str(k) for k in range(1, 121)]
    given = [line.rsplit(",", 1)[1] for line in claims.read_text().split()[1:]]
    assert [row["class"] for row in rows] == given
    to = tmp_path / "scores.csv"
    imbtool("scores", str(claims), "-t", "fraud", "--runs", "1", "--learner", learner, "-o", str(to))
    assert to.read_text() == shown.out


def test_another_learner_is_refused_with_the_way_out(imbtool, claims):
    shown = imbtool("scores", str(claims), "-t", "fraud", "--learner", "forest")
    assert (shown.code, shown.out) == (2, "")
    assert "Scores of rows come from networks; got the learner 'forest'." in shown.err
    assert "torch(epochs=20)" in shown.err


def test_an_output_that_cannot_be_written_is_told_before_anything_is_trained(imbtool, claims, tmp_path):
    shown = imbtool("scores", str(claims), "-t", "fraud", "-o", str(tmp_path / "none" / "scores.csv"))
    assert shown.code == 3
    assert "there is no folder" in shown.err
