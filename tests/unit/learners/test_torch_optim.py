"""The optimiser on the CPU."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from imbtool.learners.torch.optim import AdamW  # noqa: E402 - PyTorch may be absent


def test_a_weight_long_without_a_gradient_keeps_no_moment_too_small_for_full_precision() -> None:
    optimiser = AdamW(torch.zeros(1, 2), np.zeros(1), 1)
    optimiser.step(torch.tensor([[1e-36, 1.0]]), np.array([0.001]))
    for _ in range(30):
        optimiser.step(torch.zeros(1, 2), np.array([0.001]))
    first = optimiser._first[0]
    assert (float(first[0]), float(first[1]) > 0.0) == (0.0, True)


@pytest.mark.parametrize("flushed", [False, True])
def test_what_the_processor_did_with_such_numbers_before_it_does_after(flushed) -> None:
    if not torch.set_flush_denormal(flushed):
        pytest.skip("this processor offers no choice")
    try:
        AdamW(torch.zeros(1, 2), np.zeros(1), 1).step(torch.zeros(1, 2), np.array([0.001]))
        assert (float(torch.full((), 1e-40).mul_(1.0)) == 0.0) == flushed
    finally:
        torch.set_flush_denormal(False)
