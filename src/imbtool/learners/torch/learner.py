"""The network as a learner of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

from imbtool.core.seeds import derive_seed
from imbtool.core.together import crowd
from imbtool.learners.base import ClassCodes, SingleClassModel
from imbtool.learners.torch.need import Device, has_half, need_torch, pick_device
from imbtool.learners.torch.view import NetworkView

if TYPE_CHECKING:
    from imbtool.core.objectives import Loss
    from imbtool.core.protocols import Origin
    from imbtool.core.training import TrainingMethod
    from imbtool.core.types import FloatArray, IntArray, Layout
    from imbtool.learners.torch.plan import Plan, StopMetric
    from imbtool.learners.torch.schedules import AnySchedule
    from imbtool.learners.torch.table import Table


class TorchLearner(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A multilayer perceptron for tables, in PyTorch; see `imbtool.learners.torch.network.Network`.

    Parameters, their defaults and ranges are those of `imbtool.recipe.network.TorchClassifier`, which says
    what each is, but for its `random_state`, which is given to `fit` here.
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
        mixed: bool = False,
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
        self.mixed = mixed

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
        groups: IntArray | None = None,
    ) -> Any:
        """Train on the rows `Z`; see `imbtool.core.protocols.Learner`.

        `groups`, shape (m,), are handed to a schedule that says ``uses_groups``.

        Inside `imbtool.core.together.together` the model is promised, and trained with others of its like.

        Raises
        ------
        TrainingFailedError
            The loss is not a number, or the device has no memory.
        """
        need_torch()
        from imbtool.learners.torch.promise import PromisedNetwork, model_of
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
                groups=groups,
            )
            for member in range(self.members)
        ]
        waiting = crowd()
        if waiting is None:
            return model_of(train(plans), plans[0], codes)
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
        groups: IntArray | None = None,
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
        from imbtool.learners.torch.parts import batch_size_for, parts
        from imbtool.learners.torch.plan import Plan, Training
        from imbtool.learners.torch.schedules import adapted

        layout = view.layout
        seed = derive_seed(random_state, "held")
        own = index if source is None else source
        train, held = parts(index, y, sample_weight, source=own, share=self.held, seed=seed, group=groups)
        numbers = Training(
            epochs=self.epochs,
            batch_size=self.batch_size or batch_size_for(len(train.y)),
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            dropout=self.dropout,
            patience=self.patience,
        )
        sampler, weighting, select_from = adapted(
            schedule,
            train.y,
            numbers,
            n_classes=n_present,
            random_state=derive_seed(random_state, "draws"),
            group=train.group,
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
                half=self.mixed and not self.double and has_half(table.numbers.device.type),
            ),
            training=numbers,
            seed=random_state,
            loss=FromLoss(loss),
            sampler=sampler,
            weighting=weighting,
            stop_metric=self.stop_metric,
            select_from=select_from,
        )
        return changed(plan, [method.change() for method in training])
