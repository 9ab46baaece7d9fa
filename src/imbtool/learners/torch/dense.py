"""Layers of K networks at once, with gradients by hand: fewer and larger operations than autograd takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from imbtool.learners.torch.need import Tensor

BATCHED = False
"""Batched products on the CPU too: what a GPU does, for tests where there is none."""


def batched(x: Tensor) -> bool:
    """Return whether the networks of a tensor share their products.

    On the CPU each network has its own: the same call whatever K is, so that training in a batch gives the
    same bytes as training alone (a batched product picks other kernels for other K), and a network's rows
    and parameters are still in the cache for its next operation.
    """
    return bool(x.is_cuda) or BATCHED


def linear(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Return ``x w + b``: shapes (K, B, n), (K, n, m), (K, m) give (K, B, m)."""
    return _Dense.apply(w, b, False, None, x)


def rectified(parts: tuple[Tensor, ...], w: Tensor, b: Tensor, noise: Tensor | None = None) -> Tensor:
    """Return ``relu(x w + b) * noise``, shape (K, B, m).

    Parameters
    ----------
    parts : tuple of Tensor, shapes (K, B, n_i)
        Side by side they are x, which is never put together.
    w : Tensor, shape (K, sum of n_i, m)
    b : Tensor, shape (K, m)
    noise : Tensor or None, shape (K, B, m)
        Not negative.
    """
    return _Dense.apply(w, b, True, noise, *parts)


class _Dense(torch.autograd.Function):  # type: ignore[misc]  # PyTorch may be absent
    @staticmethod
    def forward(ctx: Any, w: Tensor, b: Tensor, bent: bool, noise: Tensor | None, *parts: Tensor) -> Tensor:
        ctx.bent = bent
        out = w.new_empty((w.shape[0], parts[0].shape[1], w.shape[2]))
        if batched(w):
            _fill(out, w, b.unsqueeze(1), bent, noise, parts, torch.baddbmm)
        else:
            for k in range(w.shape[0]):
                own = None if noise is None else noise[k]
                _fill(out[k], w[k], b[k], bent, own, [x[k] for x in parts], torch.addmm)
        ctx.save_for_backward(w, noise, out if bent else None, *parts)
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        w, noise, out, *parts = ctx.saved_tensors
        if ctx.bent:
            # Where the noise is 0 so is the output: its sign tells where a gradient comes through.
            moved = gradient if noise is None else gradient * noise
            gradient = torch.ops.aten.threshold_backward(moved, out, 0.0)
        gradient = gradient.contiguous()
        dw, db = torch.empty_like(w, memory_format=torch.contiguous_format), gradient.new_empty(w[:, 0].shape)
        dx = [
            torch.empty_like(x) if needed else None
            for x, needed in zip(parts, ctx.needs_input_grad[4:], strict=True)
        ]
        if batched(w):
            _differentiate(gradient, w, parts, dw, db, dx, torch.bmm)
        else:
            for k in range(w.shape[0]):
                own = [None if d is None else d[k] for d in dx]
                _differentiate(gradient[k], w[k], [x[k] for x in parts], dw[k], db[k], own, torch.mm)
        return (dw, db, None, None, *dx)


def _fill(
    out: Tensor, w: Tensor, b: Tensor, bent: bool, noise: Tensor | None, parts: Any, product: Any
) -> None:
    """Write the layer's output; with or without a leading dimension of networks."""
    at = 0
    for x in parts:
        n = x.shape[-1]
        product(b if at == 0 else out, x, w.narrow(-2, at, n), out=out)
        at += n
    if bent:
        out.relu_()
    if noise is not None:
        out.mul_(noise)


def _differentiate(
    gradient: Tensor, w: Tensor, parts: Any, dw: Tensor, db: Tensor, dx: Any, product: Any
) -> None:
    """Write the gradients by weights, biases and inputs; with or without a leading dimension of networks."""
    torch.sum(gradient, dim=-2, out=db)
    at = 0
    for x, back in zip(parts, dx, strict=True):
        n = x.shape[-1]
        product(x.transpose(-1, -2), gradient, out=dw.narrow(-2, at, n))
        if back is not None:
            product(gradient, w.narrow(-2, at, n).transpose(-1, -2), out=back)
        at += n
