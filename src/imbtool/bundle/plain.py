"""Arrays of numbers as JSON, digit for digit."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

_DTYPES = {"f": "float64", "i": "int64", "b": "bool"}
_SPECIAL = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def dumps(document: dict[str, Any]) -> bytes:
    """Return a JSON document in which arrays are objects of dtype, shape and values."""
    return (json.dumps(_encoded(document), separators=(",", ":"), allow_nan=False) + "\n").encode()


def loads(text: bytes) -> Any:
    """Return what `dumps` was given, lists for tuples; raise `ValueError` for anything else."""
    return _decoded(json.loads(text))


def _encoded(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        values = [_number(x) for x in value.ravel().tolist()]
        return {"dtype": _DTYPES[value.dtype.kind], "shape": list(value.shape), "values": values}
    if isinstance(value, dict):
        return {key: _encoded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encoded(item) for item in value]
    return _number(value.item() if isinstance(value, np.generic) else value)


def _number(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _decoded(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"dtype", "shape", "values"}:
            return _array(**value)
        return {key: _decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    return _SPECIAL.get(value, value) if isinstance(value, str) else value


def _array(dtype: Any, shape: Any, values: Any) -> Any:
    if dtype not in _DTYPES.values() or not isinstance(shape, list) or not isinstance(values, list):
        raise ValueError(f"an array of {dtype!r} is none that a model has")
    kinds: tuple[type, ...] = {"float64": (int, float), "int64": (int,), "bool": (bool,)}[dtype]
    numbers = [_SPECIAL.get(x, x) if isinstance(x, str) else x for x in values]
    if not all(isinstance(x, kinds) for x in numbers) or any(not isinstance(n, int) or n < 0 for n in shape):
        raise ValueError(f"an array of {dtype} holds something else")
    return np.array(numbers, dtype=dtype).reshape(shape)
