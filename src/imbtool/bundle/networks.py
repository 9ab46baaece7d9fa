"""Networks as plain arrays, checked: every shape follows from the columns and the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle import plain
from imbtool.learners.torch.model import NetworkModel

if TYPE_CHECKING:
    from imbtool.core.objectives import Link
    from imbtool.core.types import Layout
    from imbtool.learners.base import ClassCodes

_LINKS: tuple[Link, ...] = ("softmax", "one-vs-rest")
_MOST = 1024
"""Most bins, and most hidden layers."""


def write_network(model: NetworkModel) -> bytes:
    """Return the parameters of a network as JSON; ``cosine`` is there where it is true."""
    found = {"bins": model.bins, "link": model.link, "params": dict(model.params)}
    return plain.dumps(found | ({"cosine": True} if model.cosine else {}))


def read_network(data: bytes, layout: Layout, codes: ClassCodes, notes: tuple[str, ...]) -> NetworkModel:
    """Return the network that `write_network` wrote; raise `ValueError` for anything else."""
    found = plain.loads(data)
    if not isinstance(found, dict) or set(found) - {"cosine"} != {"bins", "link", "params"}:
        raise ValueError("it has other fields")
    cosine = found.get("cosine", False)
    if not isinstance(cosine, bool):
        raise ValueError("`cosine` is neither true nor false")
    bins, link, params = found["bins"], found["link"], found["params"]
    if not isinstance(bins, int) or isinstance(bins, bool) or not 1 <= bins <= _MOST or link not in _LINKS:
        raise ValueError("its bins or its link are none that a network has")
    levels = tuple(layout.levels[j] for j in layout.categorical)
    n_outputs = 1 if codes.n_present == 2 and not cosine else codes.n_present
    _check_params(params, len(layout.numeric) * (bins + 2), levels, n_outputs)
    return NetworkModel(
        params=params, levels=levels, bins=bins, codes=codes, link=link, notes=notes, cosine=cosine
    )


def _check_params(params: Any, n_numbers: int, levels: tuple[int, ...], n_outputs: int) -> None:
    if not isinstance(params, dict):
        raise ValueError("its parameters have no names")
    for name, array in params.items():
        known = isinstance(array, np.ndarray) and array.dtype == np.float64
        if not known or not np.isfinite(array).all():
            raise ValueError(f"{name[:40]!r} holds no finite numbers")
    head = params["head.weight"]
    if head.ndim != 3 or not head.shape[0] or len(params) > 2 * _MOST:
        raise ValueError("its last layer is not one matrix a network, or there are too many layers")
    width, depth = head.shape[1], sum(name.startswith("hidden") for name in params) // 2
    expected: dict[str, tuple[int, ...]] = {}
    n_inputs = n_numbers
    if levels:
        vectors = params["levels.weight"]
        embedding = vectors.shape[-1]
        expected["levels.weight"] = (sum(levels) + len(levels), embedding)
        n_inputs += len(levels) * embedding
    for layer in range(depth):
        expected[f"hidden{layer}.weight"] = (width if layer else n_inputs, width)
        expected[f"hidden{layer}_bias"] = (width,)
    expected |= {"head.weight": (width, n_outputs), "head_bias": (n_outputs,)}
    if depth < 1 or {name: array.shape for name, array in params.items()} != {
        name: (head.shape[0], *shape) for name, shape in expected.items()
    }:
        raise ValueError("its shapes are not those of the schema")
