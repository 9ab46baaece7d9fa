"""Neighbours that a device finds are those of the CPU, index for index; PyTorch's CPU stands for it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.methods.test_blocks import KINDS, make, theirs

from imbtool.learners import nearness
from imbtool.methods.resample import blocks
from imbtool.methods.resample.blocks import nearest_in_blocks
from imbtool.methods.resample.certified import searched_by
from imbtool.methods.resample.graph import NeighborGraph

torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")


@pytest.fixture
def made(monkeypatch):
    """Search with PyTorch, in many small blocks; return the shapes of the blocks."""
    shapes: list[tuple[int, ...]] = []
    usual = torch.addmm
    monkeypatch.setattr(nearness, "_BLOCK_BYTES", 2**20)
    monkeypatch.setattr(torch, "addmm", lambda *parts: shapes.append((found := usual(*parts)).shape) or found)
    with searched_by(lambda rows, take: nearness.DeviceBounds(rows, take, "cpu")):
        yield shapes


@pytest.mark.parametrize("width", [3, 20])
@pytest.mark.parametrize("kind", KINDS)
def test_every_row_finds_what_scikit_learn_finds(made, kind, width):
    rows = make(kind, 2301, width)
    np.testing.assert_array_equal(nearest_in_blocks(rows, rows, 6), theirs(rows, rows, 6))
    assert len(made) > 1


def test_the_device_answers_alone_where_there_are_no_ties(made, monkeypatch):
    monkeypatch.setattr(blocks, "_ask", lambda *_: pytest.fail("scikit-learn was asked"))
    rows = make("plain", 2301, 20)
    np.testing.assert_array_equal(nearest_in_blocks(rows, rows, 6)[:, 0], np.arange(2301))


def test_no_block_is_larger_than_allowed(made):
    rows = make("plain", 6000, 5)
    nearest_in_blocks(rows, rows[:1000], 3)
    assert max(m * n * 4 for m, n in made) <= 2**20
    assert sum(n for _, n in made) == 6000


def test_a_graph_answers_as_it_does_on_the_cpu(made):
    rows, asked = make("a few twins", 3000, 7), np.arange(0, 3000, 3)
    found = NeighborGraph(rows).nearest(asked, 5)
    assert made
    with searched_by(None):
        np.testing.assert_array_equal(found, NeighborGraph(rows).nearest(asked, 5))


def test_rows_that_do_not_fit_are_searched_on_the_cpu(monkeypatch):
    def full(*_):
        raise torch.cuda.OutOfMemoryError

    monkeypatch.setattr(nearness.DeviceBounds, "_sent", full)
    rows = make("plain", 2301, 20)
    with searched_by(nearness.search_on("cuda")):
        np.testing.assert_array_equal(nearest_in_blocks(rows, rows, 6), theirs(rows, rows, 6))


@pytest.mark.parametrize(
    ("asked", "said"), [("cpu", ""), (None, ""), ("auto", ""), ("cuda", "no CUDA device")]
)
def test_without_a_gpu_the_cpu_searches_and_says_so_where_the_gpu_was_asked_for(monkeypatch, asked, said):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    device, why = nearness.search_device(asked)
    assert device == "cpu"
    assert said in "".join(why)
    assert bool(why) == bool(said)
    assert nearness.search_on(device) is None


def test_a_comparison_searches_on_the_device_and_finds_the_same(monkeypatch):
    import imbtool

    asked = {"learners": "logistic", "methods": "enn", "folds": 2, "repeats": 1, "jobs": 1, "inner_folds": 0}
    plain = imbtool.compare("breast_rare", target="diagnosis", **asked).comparison
    used = []

    def search(device):
        return lambda rows, take: used.append(device) or nearness.DeviceBounds(rows, take, "cpu")

    monkeypatch.setattr("imbtool.evaluation.design.search_device", lambda device: (device, ()))
    monkeypatch.setattr("imbtool.evaluation.work.search_on", search)
    found = imbtool.compare("breast_rare", target="diagnosis", device="cuda", **asked).comparison
    assert set(used) == {"cuda"}
    assert repr([t.metrics for t in found.trials]) == repr([t.metrics for t in plain.trials])
    assert [t.counts_after for t in found.trials] == [t.counts_after for t in plain.trials]
