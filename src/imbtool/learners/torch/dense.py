"""Layers of K networks at once, with gradients by hand: fewer and larger operations than autograd takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        Side by side they are x, which is never put together. Products with a part of lower precision are
        taken in that.
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
        slices = _slices(w, parts)
        if batched(w):
            fill(out, b.unsqueeze(1), parts, slices, torch.baddbmm)
        else:
            every = zip(out.unbind(), b.unbind(), _each(parts), _each(slices), strict=True)
            for own in every:
                fill(*own, torch.addmm)
        if bent:
            out.relu_()
        if noise is not None:
            out.mul_(noise)
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
        dw = torch.empty_like(w, memory_format=torch.contiguous_format)
        wanted = ctx.needs_input_grad[4:]
        dx = [torch.empty_like(x) if needed else None for x, needed in zip(parts, wanted, strict=True)]
        # Each product is written where it belongs: (left, right, result) of every part, then every network.
        jobs = []
        for x, own, part, back in zip(parts, _slices(w, parts), _slices(dw, parts), dx, strict=True):
            jobs.append((x.transpose(1, 2), gradient, part))
            if back is not None:
                jobs.append((gradient, own.transpose(1, 2), back))
        for left, right, result in jobs:
            if batched(w):
                _multiply(left, right, result, torch.bmm)
            else:
                for a, c, found in zip(left.unbind(), right.unbind(), result.unbind(), strict=True):
                    _multiply(a, c, found, torch.mm)
        return (dw, _summed(gradient), None, None, *dx)


def _slices(w: Tensor, parts: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return the rows of the weights that belong to each part."""
    return (w,) if len(parts) == 1 else w.split([x.shape[2] for x in parts], dim=1)


def _each(tensors: Sequence[Tensor]) -> Iterator[tuple[Tensor, ...]]:
    """Return the tensors of every network."""
    return zip(*(x.unbind() for x in tensors), strict=True)


def _summed(gradient: Tensor) -> Tensor:
    """Return the sums over the rows of each network, shape (K, m)."""
    if batched(gradient):
        return gradient.sum(1)
    found = gradient.new_empty((gradient.shape[0], gradient.shape[2]))
    for own, row in zip(gradient.unbind(), found.unbind(), strict=True):
        torch.sum(own, 0, out=row)
    return found


def fill(out: Tensor, b: Tensor, parts: Sequence[Tensor], slices: Sequence[Tensor], product: Any) -> None:
    """Write the products' sum and the bias; with or without a leading dimension of networks."""
    for x, w in zip(parts, slices, strict=True):
        if x.dtype == w.dtype:
            product(b, x, w, out=out)
        else:
            torch.add(x @ w.to(x.dtype), b, out=out)
        b = out


def _multiply(left: Tensor, right: Tensor, result: Tensor, product: Any) -> None:
    """Write a product, in the lower precision of the two."""
    if left.dtype == right.dtype:
        product(left, right, out=result)
    else:
        result.copy_(product(left, right.to(left.dtype)))
