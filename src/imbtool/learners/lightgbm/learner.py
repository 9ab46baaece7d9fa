"""LightGBM for rare classes: binning apart from training, weights that may change between rounds."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np
from sklearn.base import BaseEstimator

from imbtool.core.schedules import DynamicSchedule, SubsetSchedule
from imbtool.learners.base import ClassCodes, SingleClassModel
from imbtool.learners.lightgbm.binned import Binned, set_weight
from imbtool.learners.lightgbm.custom import boost, task
from imbtool.learners.lightgbm.hush import hushed
from imbtool.learners.lightgbm.model import BoostedTrees
from imbtool.learners.lightgbm.rounds import distinct, row_weights
from imbtool.learners.views import IdentityView

if TYPE_CHECKING:
    from imbtool.core.objectives import Loss
    from imbtool.core.protocols import Origin, Phase, Schedule
    from imbtool.core.types import FloatArray, IntArray, Layout
    from imbtool.learners.lightgbm.device import Place


ONE_AGAINST_REST = 1_000_000
"""Split categories one level against the rest, however many levels there are. LightGBM's own search
for groups of levels fits noise where levels are many and positives few: on `pg15_bodily_claims`, 471
levels, it takes ROC-AUC from 0.67 to 0.63."""


FAST_BINS = 63
"""Bins of a feature where speed is asked for."""


class LightGBMLearner(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Gradient-boosted trees (Ke et al., NeurIPS 2017) with defaults for rare classes.

    The defaults are one fixed setting that loses little on average over twenty real data sets, with
    natural rows, balanced weights and over-sampled rows alike; ``benchmarks/results/
    learner_defaults.md`` has the numbers. Rounds are not chosen on inner rows: that gained 0.005 of
    mean PR-AUC for six times the work, which every method and every inner fold would pay.

    Parameters
    ----------
    n_estimators : int, default=100
        Boosting rounds; multiclass grows one tree a class and round.
    learning_rate : float, default=0.1
        Half of it with twice the rounds gained 0.002 of mean PR-AUC.
    num_leaves : int, default=8
        Small trees: on weak signals 15 or 31 leaves only fit noise.
    min_child_samples : int, default=20
        Fewest rows of a leaf.
    reg_lambda : float, default=5.0
        L2 penalty of the leaf values. Not optional when positives are rare: a leaf's value is its
        gradient over its curvature plus this penalty, and the curvature of a row at prevalence p is
        p(1 - p), nearly 0, so that without it the first trees jump by hundreds of log-odds.
    colsample_bytree : float, default=0.8
        Share of the features offered to each tree.
    fast : bool, default=False
        Half of the rounds at twice the learning rate; sort each feature into 63 bins in place of 255; round
        gradients to 4 levels, with leaf values computed from the exact ones: three to four times as fast,
        other trees (Shi et al., NeurIPS 2022, arXiv 2207.09682). Gradients stay whole where a feature is a
        category, and where LightGBM gives up on rounded ones.
    device : {"cpu", "cuda", "gpu"}, default="cpu"
        What grows the trees; ``gpu`` is OpenCL. `imbtool.learners.lightgbm.device` says which of them work
        here. Sums are taken in double precision; other trees where splits are nearly equal.

    Notes
    -----
    One thread a fit, deterministic: parallelism is over folds and methods. Rows are binned by `bin`,
    trained on by `train`; several methods can train on one `lightgbm.Dataset`, since `train` sets the
    row weights anew each time.
    """

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        learning_rate: float = 0.1,
        num_leaves: int = 8,
        min_child_samples: int = 20,
        reg_lambda: float = 5.0,
        colsample_bytree: float = 0.8,
        fast: bool = False,
        device: Place = "cpu",
    ) -> None:
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.num_leaves = num_leaves
        self.min_child_samples = min_child_samples
        self.reg_lambda = reg_lambda
        self.colsample_bytree = colsample_bytree
        self.fast = fast
        self.device = device

    @staticmethod
    def pick_device(asked: str) -> str:
        """Return where to train; see `imbtool.learners.lightgbm.device.pick_device`."""
        from imbtool.learners.lightgbm.device import pick_device

        return pick_device(asked)

    @property
    def rounds(self) -> int:
        """Boosting rounds that are trained: half of them where speed is asked for."""
        return max(1, round(self.n_estimators / 2)) if self.fast else self.n_estimators

    @property
    def step(self) -> float:
        """Learning rate that is trained with: twice the given one where there are half the rounds."""
        return 2 * self.learning_rate if self.fast else self.learning_rate

    def sized(self, share: float) -> LightGBMLearner:
        """Return the learner with this share of its rounds, at least one."""
        rounds = max(1, round(share * self.n_estimators))
        return LightGBMLearner(**{**self.get_params(), "n_estimators": rounds})

    def view(self, X: FloatArray, layout: Layout) -> IdentityView:  # noqa: ARG002  # nothing to learn
        """Return the view: the feature matrix itself, categorical columns declared."""
        return IdentityView(layout=layout)

    def bin(
        self, Z: FloatArray, y: IntArray, *, view: IdentityView, reference: lgb.Dataset | None = None
    ) -> lgb.Dataset:
        """Return the rows binned, without weights; `y` counts over the classes present.

        With `reference` the bins of that data set are used. ``Dataset.subset`` of the result, with
        repeats if need be, equals binning those rows with it as reference.
        """
        data = lgb.Dataset(
            Z,
            label=y,
            reference=reference,
            categorical_feature=list(view.layout.categorical),
            params=self._dataset_params(),
            free_raw_data=True,
        )
        return data.construct()

    def prepare(self, Z: FloatArray, y: IntArray, *, view: IdentityView, n_classes: int) -> Binned:
        """Return the training part binned, for all that train on copies of its rows."""
        codes = ClassCodes.of(y, n_classes)
        return Binned(data=self.bin(Z, codes.encode(y), view=view), codes=codes)

    def train(
        self,
        data: lgb.Dataset,
        phases: tuple[Phase, ...] | None,
        *,
        n_present: int,
        random_state: int,
        quantised: bool = False,
    ) -> lgb.Booster:
        """Grow the trees, phase by phase, on a data set made by `bin`.

        The row weights of `data` are replaced (`None`: natural weights in all rounds).
        """
        named = task(n_present)
        rounds = distinct(phases, self.rounds)
        set_weight(data, rounds[0][1])
        params = {**named, **self.training_params(random_state, quantised=quantised)}
        booster = lgb.Booster(params=params, train_set=data)
        for i, (n_rounds, weight) in enumerate(rounds):
            if i:
                set_weight(data, weight)
                # Naming the objective makes LightGBM read the weights again and keep the scores; it also
                # starts the draw of features anew, so that needs another seed.
                booster.reset_parameter({**named, "feature_fraction_seed": random_state + i})
            for _ in range(n_rounds):
                booster.update()
        return _only_trees(booster)

    def fit(
        self,
        Z: FloatArray | None,
        y: IntArray,
        *,
        view: IdentityView,
        n_classes: int,
        sample_weight: FloatArray | None = None,
        schedule: Schedule | DynamicSchedule | SubsetSchedule | None = None,
        loss: Loss | None = None,
        random_state: int,
        origin: Origin | None = None,
    ) -> BoostedTrees | SingleClassModel:
        """Train on the rows `Z`; see `imbtool.core.protocols.Learner`.

        With `origin` the rows are put into the bins of the training part that they come from: copies
        are taken out of its binned data set (`Z` is then not looked at), synthetic rows are binned
        with it as reference. A `loss`, and schedules other than fixed phases, train on gradients computed
        here instead of LightGBM's own.
        """
        codes = ClassCodes.of(y, n_classes)
        if codes.n_present == 1:
            return SingleClassModel(code=int(codes.present[0]), n_classes=n_classes)
        if origin is not None and (origin.source >= 0).all():
            # LightGBM takes rows in the order of the data set they are taken from.
            order = np.argsort(origin.source, kind="stable")
            y = y[order]
            sample_weight = None if sample_weight is None else sample_weight[order]
            data = origin.base.taken(origin.source[order], codes, y)
        else:
            reference = None if origin is None else origin.base.data
            data = self.bin(np.asarray(Z), codes.encode(y), view=view, reference=reference)
        grow = partial(self._grown, data, y, codes, sample_weight, schedule, loss, random_state)
        if self.fast and not view.layout.categorical:
            # LightGBM finds empty leaves now and then where gradients are quantised, and levels not at all
            # (its issues 5994 and 6257): what it gives up is trained on whole gradients.
            with suppress(lgb.basic.LightGBMError), hushed():
                return grow(quantised=True)
        return grow(quantised=False)

    def _grown(
        self,
        data: lgb.Dataset,
        y: IntArray,
        codes: ClassCodes,
        sample_weight: FloatArray | None,
        schedule: Schedule | DynamicSchedule | SubsetSchedule | None,
        loss: Loss | None,
        random_state: int,
        *,
        quantised: bool,
    ) -> BoostedTrees:
        if loss is None and not isinstance(schedule, (DynamicSchedule, SubsetSchedule)):
            phases = row_weights(y, self.rounds, sample_weight=sample_weight, schedule=schedule)
            how: dict[str, Any] = {
                "n_present": codes.n_present,
                "random_state": random_state,
                "quantised": quantised,
            }
            return BoostedTrees(booster=self.train(data, phases, **how), codes=codes)
        booster, link = boost(
            data,
            codes.encode(y),
            params=self.training_params(random_state, quantised=quantised),
            n_rounds=self.rounds,
            loss=loss,
            sample_weight=sample_weight,
            schedule=schedule,
            random_state=random_state,
        )
        return BoostedTrees(booster=_only_trees(booster), codes=codes, link=link)

    def _dataset_params(self) -> dict[str, Any]:
        # Unused features are kept so that learners with other leaf sizes can share the bins.
        params: dict[str, Any] = {"num_threads": 1, "verbosity": -1, "feature_pre_filter": False}
        if self.device != "cpu":
            params |= {"device_type": self.device, "gpu_use_dp": True}
        return {**params, "max_bin": FAST_BINS} if self.fast else params

    def training_params(self, random_state: int, *, quantised: bool = False) -> dict[str, Any]:
        """Return the parameters handed to LightGBM, all but the objective."""
        return {
            **self._dataset_params(),
            "learning_rate": self.step,
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": self.min_child_samples,
            "lambda_l2": self.reg_lambda,
            "feature_fraction": self.colsample_bytree,
            "max_cat_to_onehot": ONE_AGAINST_REST,
            "metric": "none",
            "seed": random_state,
            "deterministic": True,
            **({"force_row_wise": True} if self.device == "cpu" else {}),
            **({"use_quantized_grad": True, "quant_train_renew_leaf": True} if quantised else {}),
        }


def _only_trees(booster: lgb.Booster) -> lgb.Booster:
    """Return the model without its training data."""
    return booster.model_from_string(booster.model_to_string()).free_dataset()
