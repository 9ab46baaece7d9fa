"""Candidates for nearest rows by PyTorch, on the GPU; `imbtool.methods.resample.certified` proves them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import FloatArray, IntArray

_BLOCK_BYTES = 2**28
_TF32 = 2.0**-11
"""Unit roundoff of the tensor cores' shortened numbers, where a program allows them."""


def search_device(asked: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the device that searches neighbours, and why it is not the one that was asked for.

    Parameters
    ----------
    asked : {"auto", "cpu", "cuda"} or None

    Returns
    -------
    device : {"cpu", "cuda"}
    notes : tuple of str
        Empty where nothing else was asked for.
    """
    if asked not in ("auto", "cuda"):
        return "cpu", ()
    if find_spec("torch") is None:
        why = "PyTorch is not installed"
    else:
        import torch

        if torch.cuda.is_available():
            return "cuda", ()
        why = f"PyTorch {torch.__version__} finds no CUDA device"
    return "cpu", () if asked == "auto" else (f"Neighbours are searched on the CPU: {why}.",)


def search_on(device: str) -> Callable[[FloatArray, int], DeviceBounds | None] | None:
    """Return what makes the bounds of rows on a device; None for the CPU, which has its own."""
    return None if device == "cpu" else lambda rows, take: _fitting(rows, take, device)


def _fitting(rows: FloatArray, take: int, device: str) -> DeviceBounds | None:
    """Return the bounds, or None where the rows do not fit the device: the CPU finds the same."""
    import torch

    try:
        return DeviceBounds(rows, take, device)
    except torch.cuda.OutOfMemoryError:
        return None


class DeviceBounds:
    """Squared distances in single precision, block by block, and the smallest of them for each asked row.

    With u the unit roundoff and c = 4 (width + 8) u, the computed ``(1 - c) |y|^2 - 2 x.y`` plus
    ``(1 - c) |x|^2`` is at most ``|x - y|^2`` (see `imbtool.methods.resample.blocks`).

    Parameters
    ----------
    rows : ndarray of float64, shape (n, width)
    take : int
        Candidates of each asked row, fewer than n.
    device : str
        PyTorch's name of it.

    Notes
    -----
    On the device: 4 bytes a cell of `rows`, and at most about 512 MB for a block of distances.
    """

    tile = 4096

    def __init__(self, rows: FloatArray, take: int, device: str) -> None:
        import torch

        self._device, self._take = device, take
        shortened = device != "cpu" and torch.backends.cuda.matmul.allow_tf32
        unit = _TF32 if shortened else float(np.finfo(np.float32).eps) / 2
        self._c = 4 * (rows.shape[1] + 8) * unit
        self._center = rows.mean(axis=0)
        centred = rows - self._center
        norm = np.einsum("ij,ij->i", centred, centred)
        self._scale = float(np.ldexp(1.0, -int(np.frexp(np.sqrt(norm.max()))[1])))
        # The last term covers what underflows.
        self._norm = self._sent(norm * self._scale**2 * (1 - self._c) - 1e-30)
        self._rows = self._sent(centred * self._scale)

    def candidates(self, asked: FloatArray) -> tuple[IntArray, FloatArray]:
        """Return likely nearest rows, and a lower bound of the squared distance to all others."""
        centred = (asked - self._center) * self._scale
        values, places = self._smallest(self._sent(-2.0 * centred))
        rest = values[:, self._take].double().cpu().numpy()
        floor = (rest + (1 - self._c) * np.einsum("ij,ij->i", centred, centred)) / self._scale**2
        return places[:, : self._take].cpu().numpy(), floor

    def _smallest(self, asked: Any) -> tuple[Any, Any]:
        """Return the smallest ``take + 1`` bounds of each asked row, ascending, and their rows."""
        import torch

        best: tuple[Any, Any] | None = None
        step = max(self._take + 1, _BLOCK_BYTES // (4 * len(asked)))
        for start in range(0, len(self._rows), step):
            block = slice(start, start + step)
            bound = torch.addmm(self._norm[block], asked, self._rows[block].T)
            values, places = bound.topk(min(self._take + 1, bound.shape[1]), largest=False)
            places += start
            if best is not None:
                values, places = torch.cat((best[0], values), 1), torch.cat((best[1], places), 1)
                values, order = values.topk(self._take + 1, largest=False)
                places = places.gather(1, order)
            best = values, places
        if best is None:
            raise ValueError("There are no rows.")
        return best

    def _sent(self, array: FloatArray) -> Any:
        import torch

        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32)).to(self._device)
