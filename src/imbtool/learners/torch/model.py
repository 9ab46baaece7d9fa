"""A trained network as plain arrays: it predicts with NumPy alone, in double precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, softmax

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray
    from imbtool.learners.base import ClassCodes

_CHUNK = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkModel:
    """Trained networks whose probabilities are averaged; needs no PyTorch.

    Parameters
    ----------
    params : mapping of str to ndarray of float64
        As `Network.to_plain` names them: ``levels.weight`` where there are categorical features,
        ``hidden<i>.weight`` (inputs, width) and ``hidden<i>_bias`` for each layer, ``head.weight``,
        ``head_bias``; each with a leading dimension, one slice a network.
    levels : tuple of int
        Levels of each categorical feature.
    bins : int
        Of the piecewise-linear encoding.
    codes : ClassCodes
    link : {"softmax", "one-vs-rest"}
    notes : tuple of str
        What the reader should know about the training.
    """

    params: Mapping[str, FloatArray]
    levels: tuple[int, ...]
    bins: int
    codes: ClassCodes
    link: Link = "softmax"
    notes: tuple[str, ...] = ()

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return class probabilities, shape (n, n_classes), rows summing to 1."""
        members = range(len(self.params["head_bias"]))
        found = [probabilities(self.raw(Z, member), self.link) for member in members]
        return self.codes.expand(np.mean(found, axis=0))

    def raw(self, Z: FloatArray, member: int = 0) -> FloatArray:
        """Return a network's raw scores of rows of a `NetworkView`: (n,) or (n, n_present)."""
        own = {name: array[member] for name, array in self.params.items()}
        parts = [self._forward(own, Z[at : at + _CHUNK]) for at in range(0, max(len(Z), 1), _CHUNK)]
        raw = np.concatenate(parts)
        return raw[:, 0] if raw.shape[1] == 1 else raw

    def _forward(self, p: Mapping[str, FloatArray], Z: FloatArray) -> FloatArray:
        hidden = self._embed(p, Z)
        depth = sum(name.startswith("hidden") and name.endswith(".weight") for name in p)
        for layer in range(depth):
            hidden = np.maximum(hidden @ p[f"hidden{layer}.weight"] + p[f"hidden{layer}_bias"], 0.0)
        return np.asarray(hidden @ p["head.weight"] + p["head_bias"])

    def _embed(self, p: Mapping[str, FloatArray], Z: FloatArray) -> FloatArray:
        n = (Z.shape[1] - len(self.levels)) // 2
        soft, rank, codes = Z[:, :n], Z[:, n : 2 * n], Z[:, 2 * n :].astype(np.int64)
        missing = np.isnan(soft)
        parts = []
        if n:
            known = np.where(missing, 0.0, rank)
            pieces = np.clip(known[:, :, None] * self.bins - np.arange(self.bins), 0.0, 1.0)
            parts = [pieces.reshape(len(Z), -1), np.where(missing, 0.0, soft), missing.astype(np.float64)]
        if self.levels:
            starts = np.cumsum([0, *(level + 1 for level in self.levels[:-1])])
            vectors = p["levels.weight"][codes + starts]
            parts.append(vectors.reshape(len(Z), -1))
        return np.concatenate(parts, axis=1)


def probabilities(raw: FloatArray, link: Link) -> FloatArray:
    """Return probabilities from raw scores; see `imbtool.core.objectives.Link`."""
    if raw.ndim == 1:
        positive = expit(raw)
        return np.column_stack([1.0 - positive, positive])
    if link == "softmax":
        return np.asarray(softmax(raw, axis=1))
    own = expit(raw)
    return np.asarray(own / own.sum(axis=1, keepdims=True))
