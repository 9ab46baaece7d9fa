"""One training on rows that lie on several machines: all grow the same trees, each from its own rows."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np

from imbtool.learners.lightgbm.custom import task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.lightgbm.learner import LightGBMLearner
    from imbtool.learners.views import IdentityView


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Where the machines of a training find one another.

    Parameters
    ----------
    machines : tuple of str
        ``host:port`` of each, in one order for all.
    place : int
        Which of them this one is.
    """

    machines: tuple[str, ...]
    place: int

    @property
    def params(self) -> dict[str, Any]:
        """LightGBM's parameters of a training with others; empty for one machine alone."""
        if len(self.machines) < 2:
            return {}
        return {
            "tree_learner": "data",
            "num_machines": len(self.machines),
            "machines": ",".join(self.machines),
            "local_listen_port": int(self.machines[self.place].rsplit(":", 1)[1]),
        }


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as found:
        found.bind(("", 0))
        return int(found.getsockname()[1])


def grow(
    learner: LightGBMLearner,
    Z: Sequence[FloatArray],
    y: IntArray,
    weight: FloatArray | None,
    *,
    sample: FloatArray,
    view: IdentityView,
    n_present: int,
    random_state: int,
    meeting: Meeting,
) -> str:
    """Grow trees together with the other machines; every one returns the same model, as text.

    LightGBM's own way (``lightgbm.dask``) takes the bins of a feature from the rows of one machine, so that
    the model depends on who holds which rows. Here all take them from the same sample, and the model is that
    of one machine with all rows, but for the order in which sums are taken.

    Parameters
    ----------
    learner : LightGBMLearner
    Z : sequence of ndarray of float64, shape (n_i, n_features)
        The rows of this machine, in parts; they are not copied.
    y : ndarray of int64, shape (n,)
        Their classes, counted over those present anywhere.
    weight : ndarray of float64, shape (n,), or None
        Mean 1 over the rows of all machines.
    sample : ndarray of float64, shape (m, n_features)
        Rows whose bins are used; the same on all machines.
    view : IdentityView
    n_present : int
        Classes present anywhere.
    random_state : int
        The same on all machines.
    meeting : Meeting
    """
    bins = learner.bin(sample, np.zeros(len(sample), dtype=np.int64), view=view)
    params = {**task(n_present), **learner.training_params(random_state), **meeting.params}
    data = lgb.Dataset(list(Z), label=y, weight=weight, reference=bins, params=params, free_raw_data=True)
    booster = lgb.Booster(params=params, train_set=data)
    for _ in range(learner.rounds):
        booster.update()
    return str(booster.model_to_string())
