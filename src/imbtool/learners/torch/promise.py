"""A model made of trained networks, now or as soon as somebody asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import ImbtoolError
from imbtool.learners.torch.model import NetworkModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.together import Promise
    from imbtool.core.types import FloatArray
    from imbtool.learners.base import ClassCodes
    from imbtool.learners.torch.plan import Plan, Trained


class TrainingFailedError(ImbtoolError, ArithmeticError):
    """A network could not be trained; a comparison reports it and goes on."""

    default_code = "training-failed"


class PromisedNetwork:
    """A network that is still to be trained; its first use trains all that wait with it."""

    def __init__(self, promises: Sequence[Promise], plan: Plan, codes: ClassCodes) -> None:
        self._promises, self._plan, self._codes = promises, plan, codes

    @cached_property
    def _model(self) -> NetworkModel:
        return model_of([promise.value for promise in self._promises], self._plan, self._codes)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know about the training."""
        return self._model.notes

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return class probabilities, shape (n, n_classes), rows summing to 1."""
        return self._model.predict_proba(Z)


def model_of(trained: Sequence[Trained], plan: Plan, codes: ClassCodes) -> NetworkModel:
    """Return the model of these members, or raise what went wrong with the first that did not succeed."""
    from imbtool.learners.torch.cosine import CosineNetwork

    fault = next((member.fault for member in trained if member.fault), "")
    if fault:
        raise TrainingFailedError(f"The network could not be trained: {fault}.")
    return NetworkModel(
        params={name: np.stack([member.params[name] for member in trained]) for name in trained[0].params},
        levels=plan.network.levels,
        bins=plan.network.bins,
        codes=codes,
        link=trained[0].link,
        cosine=isinstance(plan.network, CosineNetwork),
        notes=tuple(dict.fromkeys(note for member in trained for note in member.notes)),
    )
