"""The network as a learner of the catalogue."""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

from imbtool.core.errors import ImbtoolError
from imbtool.core.seeds import derive_seed
from imbtool.core.together import crowd
from imbtool.learners.base import ClassCodes, SingleClassModel
from imbtool.learners.torch.model import NetworkModel
from imbtool.learners.torch.need import Device, need_torch, pick_device
from imbtool.learners.torch.view import NetworkView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.objectives import Loss
    from imbtool.core.protocols import Origin
    from imbtool.core.together import Promise
    from imbtool.core.training import TrainingMethod
    from imbtool.core.types import FloatArray, IntArray, Layout
    from imbtool.learners.torch.plan import Plan, Rows, StopMetric, Trained
    from imbtool.learners.torch.schedules import AnySchedule
    from imbtool.learners.torch.table import Table

STEPS = 40
"""Steps of an epoch that batches are made small for."""
SMALLEST, LARGEST = 32, 512


class TrainingFailedError(ImbtoolError, ArithmeticError):
    """A network could not be trained; a comparison reports it and goes on."""

    default_code = "training-failed"


class TorchLearner(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A multilayer perceptron for tables, in PyTorch; see `imbtool.learners.torch.network.Network`.

    Parameters
    ----------
    members : int, default=4
        Networks of other seeds whose probabilities are averaged; they train together.
    epochs : int, default=20
        Most passes over the training rows.
    learning_rate : float, default=0.002
        Of AdamW, at its highest; it rises over the first twentieth of the steps and falls by a half cosine.
    weight_decay : float, default=1.0
        Decoupled; with the default rate and number of steps weights shrink several times over a training.
    dropout : float, default=0.2
        Share of hidden units left out in a step, in [0, 1).
    width, depth : int, default=96, 2
        Units of a hidden layer, and number of these.
    bins : int, default=16
        Bins of the piecewise-linear encoding of a numeric feature.
    batch_size : int or None, default=None
        Rows of a step. None takes a power of 2 that makes about forty steps of an epoch, from 32 to 512.
    held : float, default=0.0
        Share of the training rows, stratified, that choose the epoch; 0 trains all epochs on all rows.
    stop_metric : {"log_loss", "pr_auc", "roc_auc"}, default="log_loss"
        What the epoch is chosen by.
    patience : int, default=10
        Epochs without a better value before training stops.
    device : {"auto", "cpu", "cuda"}, default="auto"
        Where to train; trained models predict on the CPU, without PyTorch.
    double : bool, default=False
        Train in double precision.
    """

    pick_device = staticmethod(pick_device)

    def __init__(
        self,
        *,
        members: int = 4,
        epochs: int = 20,
        learning_rate: float = 0.002,
        weight_decay: float = 1.0,
        dropout: float = 0.2,
        width: int = 96,
        depth: int = 2,
        bins: int = 16,
        batch_size: int | None = None,
        held: float = 0.0,
        stop_metric: StopMetric = "log_loss",
        patience: int = 10,
        device: Device = "auto",
        double: bool = False,
    ) -> None:
        self.members = members
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.width = width
        self.depth = depth
        self.bins = bins
        self.batch_size = batch_size
        self.held = held
        self.stop_metric = stop_metric
        self.patience = patience
        self.device = device
        self.double = double

    pick_device = staticmethod(pick_device)

    def view(self, X: FloatArray, layout: Layout) -> NetworkView:
        """Fit the view: soft values, ranks, codes."""
        return NetworkView.fit(X, layout)

    def prepare(self, Z: FloatArray, y: IntArray, *, view: NetworkView, n_classes: int) -> Table:  # noqa: ARG002
        """Return the rows on the device, for all that train on copies of them."""
        return self._table(Z, view)

    def _table(self, Z: FloatArray, view: NetworkView) -> Table:
        torch = need_torch()
        from imbtool.learners.torch.table import Table

        dtype = torch.float64 if self.double else torch.float32
        return Table.of(np.asarray(Z), len(view.layout.numeric), device=pick_device(self.device), dtype=dtype)

    def fit(
        self,
        Z: FloatArray | None,
        y: IntArray,
        *,
        view: NetworkView,
        n_classes: int,
        sample_weight: FloatArray | None = None,
        schedule: AnySchedule | None = None,
        loss: Loss | None = None,
        training: tuple[TrainingMethod, ...] = (),
        random_state: int,
        origin: Origin | None = None,
    ) -> Any:
        """Train on the rows `Z`; see `imbtool.core.protocols.Learner`.

        Inside `imbtool.core.together.together` the model is promised, and trained with others of its like.

        Raises
        ------
        TrainingFailedError
            The loss is not a number, or the device has no memory.
        """
        need_torch()
        from imbtool.learners.torch.trainer import train

        codes = ClassCodes.of(y, n_classes)
        if codes.n_present == 1:
            return SingleClassModel(code=int(codes.present[0]), n_classes=n_classes)
        copies = origin is not None and bool((origin.source >= 0).all())
        source = np.arange(len(y)) if origin is None else origin.source
        table = origin.base if origin is not None and copies else self._table(np.asarray(Z), view)
        plans = [
            self.plan(
                table,
                source if copies else np.arange(len(y)),
                codes.encode(y),
                view=view,
                n_present=codes.n_present,
                sample_weight=sample_weight,
                schedule=schedule,
                loss=loss,
                training=training,
                random_state=derive_seed(random_state, "member", member) if member else random_state,
                source=source,
            )
            for member in range(self.members)
        ]
        waiting = crowd()
        if waiting is None:
            return _model(train(plans), plans[0], codes)
        return PromisedNetwork([waiting.add(train, plan) for plan in plans], plans[0], codes)

    def plan(
        self,
        table: Table,
        index: IntArray,
        y: IntArray,
        *,
        view: NetworkView,
        n_present: int,
        sample_weight: FloatArray | None = None,
        schedule: AnySchedule | None = None,
        loss: Loss | None = None,
        training: tuple[TrainingMethod, ...] = (),
        random_state: int,
        source: IntArray | None = None,
    ) -> Plan:
        """Return the plan of one network.

        Parameters
        ----------
        table : Table
        index : ndarray of int64, shape (m,)
            Rows of the table, repeats allowed.
        y : ndarray of int64, shape (m,)
            Classes, counted over those present.
        source : ndarray of int64, shape (m,), optional
            Rows of equal source are copies; they are held out together. -1 (a synthetic row) is not held out.

        The other parameters are those of `fit`.
        """
        from imbtool.learners.torch.changes import changed
        from imbtool.learners.torch.losses import FromLoss
        from imbtool.learners.torch.network import Network
        from imbtool.learners.torch.plan import Plan, Training
        from imbtool.learners.torch.schedules import adapted

        layout = view.layout
        train, held = self._parts(index, y, sample_weight, index if source is None else source, random_state)
        numbers = Training(
            epochs=self.epochs,
            batch_size=self.batch_size or batch_size_for(len(train.y)),
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            dropout=self.dropout,
            patience=self.patience,
        )
        sampler, weighting, select_from = adapted(
            schedule, train.y, numbers, n_classes=n_present, random_state=derive_seed(random_state, "draws")
        )
        plan = Plan(
            table=table,
            train=train,
            held=held,
            n_present=n_present,
            network=Network(
                n_numeric=len(layout.numeric),
                levels=tuple(layout.levels[j] for j in layout.categorical),
                n_outputs=1 if n_present == 2 else n_present,
                bins=self.bins,
                width=self.width,
                depth=self.depth,
            ),
            training=numbers,
            seed=random_state,
            loss=FromLoss(loss),
            sampler=sampler,
            weighting=weighting,
            stop_metric=self.stop_metric,
            select_from=select_from,
        )
        return reduce(changed, (method.change() for method in training), plan)

    def _parts(
        self, index: IntArray, y: IntArray, weight: FloatArray | None, source: IntArray, random_state: int
    ) -> tuple[Rows, Rows | None]:
        """Return the rows to train on and those that choose the epoch."""
        from imbtool.learners.torch.plan import Rows

        def rows(at: IntArray) -> Rows:
            return Rows(index=index[at], y=y[at], weight=None if weight is None else weight[at])

        out = held_out(y, source, self.held, derive_seed(random_state, "held"))
        if not len(out):
            return rows(np.arange(len(y))), None
        # One copy of each row judges; no copy of it trains.
        _, first = np.unique(source[out], return_index=True)
        stays = ~np.isin(source, source[out]) | (source < 0)
        return rows(np.flatnonzero(stays)), rows(np.sort(out[first]))


def batch_size_for(n_rows: int) -> int:
    """Return a power of 2 that cuts an epoch into about `STEPS` steps, from `SMALLEST` to `LARGEST`."""
    size = 1 << max(0, math.ceil(math.log2(max(n_rows / STEPS, 1))))
    return min(LARGEST, max(SMALLEST, size))


def held_out(y: IntArray, source: IntArray, share: float, seed: int) -> IntArray:
    """Return positions of the rows to hold out: this share of each class, by original row.

    A class keeps at least two thirds of its original rows in training, so that one with fewer than three
    holds none out; then nothing is held out at all.
    """
    rng = np.random.default_rng(seed)
    found: list[IntArray] = []
    for k in np.unique(y):
        own = np.unique(source[(y == k) & (source >= 0)])
        n = min(max(1, round(share * len(own))), len(own) // 3) if share > 0.0 else 0
        if n == 0:
            return np.empty(0, dtype=np.int64)
        found.append(rng.permutation(own)[:n])
    return np.flatnonzero(np.isin(source, np.concatenate(found)))


class PromisedNetwork:
    """A network that is still to be trained; its first prediction trains all that wait with it."""

    def __init__(self, promises: Sequence[Promise], plan: Plan, codes: ClassCodes) -> None:
        self._promises, self._plan, self._codes = promises, plan, codes

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return class probabilities, shape (n, n_classes), rows summing to 1."""
        trained = [promise.value for promise in self._promises]
        return _model(trained, self._plan, self._codes).predict_proba(Z)


def _model(trained: Sequence[Trained], plan: Plan, codes: ClassCodes) -> NetworkModel:
    """Return the model of these members, or raise what went wrong with the first that did not succeed."""
    fault = next((member.fault for member in trained if member.fault), "")
    if fault:
        raise TrainingFailedError(f"The network could not be trained: {fault}.")
    return NetworkModel(
        params={name: np.stack([member.params[name] for member in trained]) for name in trained[0].params},
        levels=plan.network.levels,
        bins=plan.network.bins,
        codes=codes,
        link=trained[0].link,
        notes=tuple(dict.fromkeys(note for member in trained for note in member.notes)),
    )
