"""Fitting on rows that lie on the workers of a dask scheduler."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle.fitting import label_type, model_of
from imbtool.bundle.spread import rows as far
from imbtool.bundle.spread.allowed import check_request, class_weights
from imbtool.bundle.spread.crew import Crew
from imbtool.bundle.spread.files import files_of
from imbtool.bundle.spread.table import Table
from imbtool.core.errors import DataError
from imbtool.core.protocols import Priors
from imbtool.core.seeds import derive_seed
from imbtool.data.phrases import count
from imbtool.evaluation.options import threshold_metric_for
from imbtool.learners.base import ClassCodes
from imbtool.learners.lightgbm.model import BoostedTrees, read_booster
from imbtool.methods.postprocess.threshold import default_rule
from imbtool.recipe.aiming import aim_of, stakes_in
from imbtool.recipe.finishing import finish
from imbtool.recipe.fitting import INNER_FOLDS, Fitted, OutOfFold
from imbtool.recipe.parser import parse_learner, parse_recipe
from imbtool.recipe.trained import Trained

if TYPE_CHECKING:
    from imbtool.bundle.model import FittedModel
    from imbtool.bundle.request import FitRequest
    from imbtool.recipe.spec import RecipeSpec


def fit_spread(source: Any, request: FitRequest, scheduler: str) -> FittedModel:
    """Fit what is asked for on files that the workers of a scheduler read; see `imbtool.fit`.

    Parameters
    ----------
    source : str or path
        A folder, a pattern or a file, which the workers see under the same path.
    request : FitRequest
        Filled in.
    scheduler : str

    Raises
    ------
    UsageError
        Code ``not-spread``: what cannot be fitted this way.
    ImbtoolError
        What reading raises, and ``worker-lost``.
    """
    recipe, learner = parse_recipe(str(request.recipe)), parse_learner(str(request.learner))
    check_request(request, recipe, learner)
    files = files_of(str(source))
    crew = Crew(scheduler, most=len(files))
    try:
        table = Table.read(crew, files, request)
        fit = _Fit(crew, table, recipe, learner.build(), derive_seed(request.seed or 0, "fit"))
        metric = threshold_metric_for(request.threshold_metric, request.price)
        aim = aim_of(request.price, stakes_in(table.sample, request.price))
        fitted = fit.fitted(metric, aim)
    finally:
        crew.close()
    return model_of(
        fitted,
        table.sample,
        recipe,
        learner,
        threshold_metric=metric,
        seed=request.seed or 0,
        label_type=label_type(str(source), request.target, table.sample.classes),
        aim=aim,
        price=request.price,
        summary=table.summary,
    )


class _Fit:
    """The trainings of one recipe."""

    def __init__(self, crew: Crew, table: Table, recipe: RecipeSpec, learner: Any, seed: int) -> None:
        self._crew, self._table, self._recipe, self._learner = crew, table, recipe, learner
        self._view = learner.view(table.sample.X, table.sample.layout)
        self._seed = derive_seed(seed, "learner", 0)
        self._bins = crew.share(table.sample.X)

    def fitted(self, threshold_metric: str, aim: Any) -> Fitted:
        """Train on all rows, and on all but each inner fold; finish on the sample's out-of-fold scores."""
        sample, recipe = self._table.sample, self._recipe
        model, priors = self._train(None)
        scores = np.empty((sample.n_rows, sample.n_classes))
        for fold in range(INNER_FOLDS):
            here = self._table.fold == fold
            scores[here] = self._train(fold)[0].predict_proba(sample.X[here])
        oof = OutOfFold(scores=scores, rows=np.arange(sample.n_rows), fold=self._table.fold)
        done = None
        if recipe.of("calibrator", "threshold"):
            done = finish(
                recipe,
                scores,
                sample.y,
                weight=sample.weight,
                threshold_metric=threshold_metric,
                priors=priors,
                aim=aim,
            )
        rule = done.rule if done is not None and recipe.of("threshold") else default_rule(sample.n_classes)
        n_rows = self._table.summary.n_rows
        note = f"Trained by {count(len(self._crew.workers), 'worker')} on {count(n_rows, 'row')}; metrics, "
        note += f"calibrator and threshold by {count(sample.n_rows, 'row')} of them."
        trained = Trained(
            models=(replace(model, notes=(note,)),),
            view=self._view,
            counts_after=self._table.summary.counts,
            priors=priors,
        )
        return Fitted(trained=trained, finish=done, rule=rule, oof=oof)

    def _train(self, out: int | None) -> tuple[BoostedTrees, Priors]:
        """Train on all rows but those of an inner fold; return the class shares before and after too."""
        left = [fold for fold in range(INNER_FOLDS) if fold != out]
        counts, sums = self._table.counts[left].sum(axis=0), self._table.sums[left].sum(axis=0)
        step = self._recipe.one("reweighter")
        factors = np.ones(len(counts)) if step is None else np.asarray(class_weights(step)(counts))
        mass = factors * sums
        factors = factors / (mass.sum() / counts.sum())
        present = np.flatnonzero(counts)
        if len(present) < 2:
            raise DataError(
                "An inner fold leaves rows of one class only to train on.",
                hint="A class needs a handful of rows at least.",
                code="class-too-small",
            )
        ports = self._crew.ask(far.port, [()] * len(self._crew.workers))
        training = far.Training(
            learner=self._learner,
            view=self._view,
            out=out,
            present=tuple(present.tolist()),
            factors=factors if step is not None or self._table.weighted else None,
            random_state=self._seed,
            machines=tuple(f"{host}:{port}" for host, port in zip(self._crew.hosts, ports, strict=True)),
        )
        each = [(part, self._bins, training, place) for place, part in enumerate(self._table.rows)]
        text = self._crew.ask(far.train, each)[0]
        codes = ClassCodes(present=present, n_classes=len(counts))
        priors = Priors(natural=sums / sums.sum(), training=mass / mass.sum())
        return BoostedTrees(booster=read_booster(text), codes=codes), priors
