"""A trained network as plain arrays: it predicts with NumPy alone, in double precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, softmax

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray
    from imbtool.learners.base import ClassCodes

_CHUNK = 4096
SHORTEST = 1e-6
"""Length that features are taken to have at least where they are divided by it."""


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
    cosine : bool
        What the last layer reads is divided by its length; the scores of two classes, which have a column
        each, are the difference.
    """

    params: Mapping[str, FloatArray]
    levels: tuple[int, ...]
    bins: int
    codes: ClassCodes
    link: Link = "softmax"
    notes: tuple[str, ...] = ()
    cosine: bool = False

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return class probabilities, shape (n, n_classes), rows summing to 1."""
        every = self._raw(Z, range(len(self.params["head_bias"])))
        return self.codes.expand(np.mean([probabilities(raw, self.link) for raw in every], axis=0))

    def raw(self, Z: FloatArray, member: int = 0) -> FloatArray:
        """Return a network's raw scores of rows of a `NetworkView`: (n,) or (n, n_present)."""
        return self._raw(Z, [member])[0]

    def _raw(self, Z: FloatArray, members: Sequence[int]) -> list[FloatArray]:
        every = [{name: array[k] for name, array in self.params.items()} for k in members]
        parts = []
        for at in range(0, max(len(Z), 1), _CHUNK):
            rows = Z[at : at + _CHUNK]
            encoded = self._encode(rows)  # once for all members: nothing of it is learned
            parts.append([self._forward(own, encoded, rows) for own in every])
        found = [np.concatenate(own) for own in zip(*parts, strict=True)]
        return [raw[:, 0] if raw.shape[1] == 1 else raw for raw in found]

    def _forward(self, p: Mapping[str, FloatArray], encoded: FloatArray, Z: FloatArray) -> FloatArray:
        hidden = np.concatenate([encoded, *self._levels(p, Z)], axis=1)
        depth = sum(name.startswith("hidden") and name.endswith(".weight") for name in p)
        for layer in range(depth):
            hidden = np.maximum(hidden @ p[f"hidden{layer}.weight"] + p[f"hidden{layer}_bias"], 0.0)
        if not self.cosine:
            return np.asarray(hidden @ p["head.weight"] + p["head_bias"])
        length = np.maximum(np.linalg.norm(hidden, axis=1, keepdims=True), SHORTEST)
        raw = hidden @ p["head.weight"] / length + p["head_bias"]
        return np.asarray(raw[:, 1:] - raw[:, :1] if raw.shape[1] == 2 else raw)

    def _encode(self, Z: FloatArray) -> FloatArray:
        n = (Z.shape[1] - len(self.levels)) // 2
        soft, rank = Z[:, :n], Z[:, n : 2 * n]
        missing = np.isnan(soft)
        known = np.where(missing, 0.0, rank)
        pieces = known[:, :, None] * self.bins - np.arange(self.bins)
        np.minimum(pieces[:, :, :-1], 1.0, out=pieces[:, :, :-1])  # the first and the last bin are open
        np.maximum(pieces[:, :, 1:], 0.0, out=pieces[:, :, 1:])
        parts = [pieces.reshape(len(Z), n * self.bins), np.where(missing, 0.0, soft), missing]
        return np.concatenate(parts, axis=1, dtype=np.float64)

    def _levels(self, p: Mapping[str, FloatArray], Z: FloatArray) -> list[FloatArray]:
        if not self.levels:
            return []
        codes = Z[:, Z.shape[1] - len(self.levels) :].astype(np.int64)
        starts = np.cumsum([0, *(level + 1 for level in self.levels[:-1])])
        return [p["levels.weight"][codes + starts].reshape(len(Z), -1)]


def probabilities(raw: FloatArray, link: Link) -> FloatArray:
    """Return probabilities from raw scores; see `imbtool.core.objectives.Link`."""
    if raw.ndim == 1:
        positive = expit(raw)
        return np.column_stack([1.0 - positive, positive])
    if link == "softmax":
        return np.asarray(softmax(raw, axis=1))
    own = expit(raw)
    return np.asarray(own / own.sum(axis=1, keepdims=True))
