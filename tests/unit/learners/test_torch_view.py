"""Extreme cells of a column stay apart for the network, and all that encodes them agrees."""

from __future__ import annotations

import numpy as np
import pytest

from imbtool.core.types import Layout
from imbtool.learners.base import ClassCodes
from imbtool.learners.torch.model import NetworkModel
from imbtool.learners.torch.view import FAR, NetworkView

LAYOUT = Layout(names=("a",), levels=(0,))


def view_of_normal() -> NetworkView:
    return NetworkView.fit(np.random.default_rng(0).normal(size=(2000, 1)), LAYOUT)


def rank(view: NetworkView, *cells: float) -> np.ndarray:
    return view.transform(np.array(cells)[:, None])[:, 1]


def test_a_rank_goes_on_beyond_its_ends_where_cells_are_far_out() -> None:
    view = view_of_normal()
    low, inside, high = rank(view, -8.0, 0.0, 8.0)
    assert low < -0.1
    assert abs(inside - 0.5) < 0.05
    assert high > 1.1


def test_ranks_stay_between_zero_and_one_near_the_mean() -> None:
    view = view_of_normal()
    near = rank(view, *np.linspace(view.centre[0] - FAR * view.spread[0], view.centre[0], 50))
    assert near.min() >= 0.0
    assert near.max() <= 1.0
    assert (np.diff(near) >= 0.0).all()


@pytest.mark.filterwarnings("error")
def test_no_cell_is_so_far_out_that_it_leaves_the_scale() -> None:
    ranks = rank(view_of_normal(), -np.inf, -1e300, np.nan, 1e300, np.inf)
    assert np.isfinite(ranks).all()
    assert np.abs(ranks).max() <= 1.0 + 10.0 / 16.0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("cell", [0.0, 7.0, 1e150, np.nan])
def test_a_column_of_one_value_has_no_far_cells(cell) -> None:
    view = NetworkView.fit(np.full((20, 1), cell), LAYOUT)
    assert rank(view, -1e6, 7.0, np.nan, 1e6).tolist() == [0.0] * 4


def test_the_model_reads_far_cells_as_the_network_did() -> None:
    torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")
    from imbtool.learners.torch.network import Network
    from imbtool.learners.torch.table import Table

    network = Network(n_numeric=1, levels=(), n_outputs=1, bins=4, width=5)
    theta = network.begin(np.zeros(1), np.random.default_rng(0))
    params = {name: part[None] for name, part in network.to_plain(theta).items()}
    model = NetworkModel(params=params, levels=(), bins=4, codes=ClassCodes.of(np.array([0, 1]), 2))
    Z = view_of_normal().transform(np.array([[-9.0], [-4.0], [0.3], [4.0], [9.0], [np.nan]]))
    rows = Table.of(Z, 1, device="cpu", dtype=torch.float64)
    raw = network.forward(torch.as_tensor(theta[None]), rows.take(torch.arange(6)[None])).raw[0]
    assert len(set(raw.tolist())) == 6
    np.testing.assert_allclose(model.raw(Z), raw.numpy(), atol=1e-12)
