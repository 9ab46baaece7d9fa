"""A trained booster that answers for all classes of the data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import lightgbm as lgb

    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray
    from imbtool.learners.base import ClassCodes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoostedTrees:
    """A trained LightGBM model.

    Parameters
    ----------
    booster : lightgbm.Booster
        Trained on the present classes; holds no training data.
    codes : ClassCodes
        Which classes those are.
    notes : tuple of str
        What the reader should know about the training.
    link : {"softmax", "one-vs-rest"}
        How raw scores become probabilities; the booster knows it too, but for the division by the sum.
    """

    booster: lgb.Booster
    codes: ClassCodes
    notes: tuple[str, ...] = ()
    link: Link = "softmax"

    def predict_proba(self, Z: Any, *, n_stages: int | None = None) -> FloatArray:
        """Return class probabilities, shape (n, n_classes), rows summing to 1.

        `n_stages` uses the first boosting rounds only (default all).
        """
        # Without num_threads here LightGBM predicts on every core, whatever it was trained with.
        raw = np.asarray(self.booster.predict(Z, num_iteration=n_stages, num_threads=1), dtype=np.float64)
        if self.link == "one-vs-rest" and raw.ndim == 2:
            raw = raw / raw.sum(axis=1, keepdims=True)
        proba = np.column_stack([1.0 - raw, raw]) if raw.ndim == 1 else raw
        return self.codes.expand(proba)

    def to_text(self) -> str:
        """Return the trees in LightGBM's text format; numbers come back digit for digit."""
        return str(self.booster.model_to_string())


def link_of(text: str) -> Link:
    """Return how the model of a text turns raw scores into probabilities."""
    return "one-vs-rest" if "\nobjective=multiclassova " in text else "softmax"


def read_booster(text: str) -> lgb.Booster:
    """Return the booster of a model text.

    LightGBM does not check the text, which may read foreign memory when it was made up: check it first.
    """
    import lightgbm as lgb

    return lgb.Booster(model_str=text)
