"""Sums of rows are the products with encoded numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from imbtool.learners.torch.network import Network  # noqa: E402 - PyTorch may be absent
from imbtool.learners.torch.sums import PieceSums  # noqa: E402 - PyTorch may be absent

RANKS = st.one_of(st.floats(-0.5, 1.5), st.sampled_from([0.0, 0.25, 0.5, 1.0, float("nan")]))


@settings(max_examples=30)
@given(
    ranks=st.lists(st.tuples(RANKS, RANKS, RANKS), min_size=1, max_size=12),
    bins=st.sampled_from([1, 2, 4, 7]),
    more=st.booleans(),
)
def test_sums_are_the_products_of_encoded_numbers_with_weights_and_gradients(ranks, bins, more) -> None:
    network = Network(n_numeric=3, levels=(2,), n_outputs=1, bins=bins, width=5)
    rng = np.random.default_rng(len(ranks))
    draw = lambda *shape: torch.as_tensor(rng.normal(size=shape))  # noqa: E731 - shorter than a function
    numbers = torch.cat([torch.tensor(ranks, dtype=torch.float64), torch.zeros(len(ranks), 3)], dim=1)
    weights, bias = draw(network.n_inputs, 5), draw(5)
    gradient, found = draw(len(ranks), 5), draw(network.n_inputs, 5)
    # Pieces and flags are summed, soft values and levels are not.
    inputs = torch.nn.functional.pad(network.encode(numbers), (0, network.embedding))
    own = torch.ones(network.n_inputs, dtype=torch.bool)
    own[3 * bins : 3 * bins + 3] = own[3 * bins + 6 :] = False
    expected = torch.where(own.unsqueeze(1), inputs.t() @ gradient + (found if more else 0.0), found)

    sums = PieceSums(network, 12, torch.float64, gaps=True)
    sums.take(weights, bias)
    sums.read(numbers[:, :3])
    # Soft values are 0 here.
    torch.testing.assert_close(sums.products(), inputs @ weights + bias)
    sums.slopes(found, gradient, more=more)
    torch.testing.assert_close(found, expected)


def test_the_same_memory_serves_other_ranks_and_fewer_rows() -> None:
    network = Network(n_numeric=2, levels=(), n_outputs=1, bins=4, width=3)
    sums = PieceSums(network, 8, torch.float64, gaps=False)
    for n in (8, 3, 8):
        rng = np.random.default_rng(n)
        ranks, gradient = torch.as_tensor(rng.random((n, 2))), torch.as_tensor(rng.normal(size=(n, 3)))
        found = torch.zeros(network.n_inputs, 3, dtype=torch.float64)
        sums.read(ranks)
        sums.slopes(found, gradient, more=False)
        inputs = network.encode(torch.cat([ranks, torch.zeros_like(ranks)], dim=1))
        torch.testing.assert_close(found, inputs.t() @ gradient)
