"""From a data set and a recipe to a model."""

from __future__ import annotations

import platform
import shutil
import subprocess
from dataclasses import replace
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from imbtool.bundle.bootstrap import bootstrapped
from imbtool.bundle.files import listed
from imbtool.bundle.manifest import (
    FORMAT,
    SCHEMA_VERSION,
    Columns,
    DataSummary,
    Decision,
    Manifest,
    Metrics,
    Part,
    RowMoney,
)
from imbtool.bundle.measuring import metrics_of
from imbtool.bundle.model import FittedModel
from imbtool.bundle.models import write_model
from imbtool.bundle.parts import unsupported, write_part
from imbtool.bundle.reserve import hold_back, with_reserve
from imbtool.data.load import load_dataset
from imbtool.data.schema import SCHEMA_VERSION as COLUMNS_VERSION
from imbtool.evaluation.options import threshold_metric_for
from imbtool.learners.nearness import search_device, search_on
from imbtool.methods.postprocess.aimed import AimedThreshold
from imbtool.methods.postprocess.expected_cost import ExpectedCost
from imbtool.methods.postprocess.expected_gain import ExpectedGain
from imbtool.methods.postprocess.logit_adjustment import LogitAdjustment
from imbtool.methods.postprocess.threshold import Threshold
from imbtool.methods.resample.certified import searched_by
from imbtool.recipe.aiming import aim_of, stakes_in
from imbtool.recipe.fitting import INNER_FOLDS, fit_recipe
from imbtool.recipe.parser import parse_learner, parse_recipe

if TYPE_CHECKING:
    from imbtool.bundle.manifest import LabelType
    from imbtool.bundle.request import FitRequest
    from imbtool.core.price import Price
    from imbtool.data.dataset import Dataset
    from imbtool.data.schema import Schema
    from imbtool.methods.postprocess.aimed import Aim
    from imbtool.recipe.fitting import Fitted
    from imbtool.recipe.spec import LearnerSpec, RecipeSpec

_PACKAGES = ("imbtool", "numpy", "pandas", "scikit-learn", "imbalanced-learn", "lightgbm", "skops")


def fit_model(
    data: Dataset,
    recipe: RecipeSpec,
    learner: LearnerSpec,
    *,
    threshold_metric: str = "f1",
    seed: int = 0,
    label_type: LabelType = "text",
    price: Price | None = None,
    bootstrap: int = 0,
) -> FittedModel:
    """Fit a recipe on all rows, and put everything about it on record.

    Parameters
    ----------
    data : Dataset
    recipe : RecipeSpec
    learner : LearnerSpec
    threshold_metric : str, default="f1"
    seed : int, default=0
        Same data, same seed, same versions: the same bytes.
    label_type : {"text", "int", "bool"}
        What labels are in Python.
    price : Price, optional
        What a threshold is chosen by, before `threshold_metric`.
    bootstrap : int, default=0
        Rounds of the bootstrap .632+; 0: none.
    """
    aim = aim_of(price, stakes_in(data, price))
    fitted = fit_recipe(
        data, recipe, learner, threshold_metric=threshold_metric, seed=seed, always_score=True, aim=aim
    )
    asked: dict[str, Any] = {"threshold_metric": threshold_metric, "seed": seed, "aim": aim}
    model = model_of(fitted, data, recipe, learner, label_type=label_type, price=price, **asked)
    if bootstrap:
        found = bootstrapped(model, data, recipe, learner, rounds=bootstrap, **asked)
        metrics = replace(model.manifest.metrics, bootstrap=found, rounds=bootstrap)
        model.manifest = replace(model.manifest, metrics=metrics)
    return model


def model_of(
    fitted: Fitted,
    data: Dataset,
    recipe: RecipeSpec,
    learner: LearnerSpec,
    *,
    threshold_metric: str,
    seed: int,
    label_type: LabelType,
    aim: Aim | None,
    price: Price | None,
    summary: DataSummary | None = None,
) -> FittedModel:
    """Put a fitted recipe and everything about it on record.

    `summary` tells of the rows that were trained on where `data`, by which the metrics are measured, holds
    only some of them.
    """
    members: dict[str, bytes] = {}
    view_kind, members["view.json"] = write_part(fitted.trained.view)
    calibrator = None if fitted.finish is None else fitted.finish.calibrator
    calibration = None
    if calibrator is not None:
        kind, members["calibrator.json"] = write_part(calibrator)
        calibration = Part(kind=kind, file="calibrator.json")
    models = []
    for number, trained in enumerate(fitted.trained.models):
        part, content = write_model(trained, number)
        models.append(part)
        if content is not None:
            members[part.file] = content
    manifest = Manifest(
        format=FORMAT,
        schema_version=SCHEMA_VERSION,
        recipe=str(recipe),
        learner=str(learner),
        threshold_metric=threshold_metric,
        inner_folds=INNER_FOLDS,
        seed=seed,
        versions={"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        git_commit=git_commit(),
        data=summary or _summary(data),
        classes=data.classes,
        positive=data.classes[-1] if data.task == "binary" else None,
        label_type=label_type,
        schema=Columns(schema_version=COLUMNS_VERSION, columns=without_values(data.schema).columns),
        decision=_decision(fitted, recipe, price),
        calibration=calibration,
        view=Part(kind=view_kind, file="view.json"),
        models=tuple(models),
        weights=fitted.trained.weights,
        counts_after=fitted.trained.counts_after,
        metrics=Metrics(training={}, cross_validated={}, per_class={}),
        members=listed(members),
    )
    model = FittedModel._of(manifest, fitted.trained, calibrator, fitted.rule, members)
    model.manifest = replace(manifest, metrics=metrics_of(model, data, recipe, fitted, threshold_metric, aim))
    return model


def fit_request(data: Any, request: FitRequest) -> FittedModel:
    """Read a table and fit what is asked for; see `imbtool.fit`."""
    recipe, learner = (
        parse_recipe(str(request.recipe)),
        parse_learner(str(request.learner)).on(request.device),
    )
    threshold_metric = threshold_metric_for(request.threshold_metric, request.price)
    parted = None if request.calibration_rows is None else hold_back(data, request)
    if parted is None:
        dataset = load_dataset(data, **request.reading)
    else:
        reading = request.reading | {"target": parted.target}
        dataset = load_dataset(parted.fit, **reading, name=parted.name)
    with searched_by(search_on(search_device(request.device)[0])):
        model = fit_model(
            dataset,
            recipe,
            learner,
            threshold_metric=threshold_metric,
            seed=request.seed or 0,
            label_type=label_type(data, request.target, dataset.classes),
            price=request.price,
            bootstrap=request.bootstrap or 0,
        )
    return model if parted is None else with_reserve(model, parted)


def label_type(data: Any, target: Any, classes: tuple[str, ...]) -> LabelType:
    """Return what the labels of a target are in Python; those of a file are numbers where all look so."""
    whole = all(label.removeprefix("-").isdigit() and str(int(label)) == label for label in classes)
    if isinstance(data, (str, PathLike)):
        return "int" if whole else "text"
    column = data[target] if isinstance(target, str) else target
    kind = np.asarray(column).dtype.kind
    if kind == "b" and set(classes) <= {"True", "False"}:
        return "bool"
    return "int" if whole and kind in "iuf" else "text"


def without_values(schema: Schema) -> Schema:
    """Return the schema without the labels of columns that predicting does not read: keys, groups, ..."""
    columns = tuple(c if c.role in ("feature", "target") else replace(c, levels=()) for c in schema.columns)
    return replace(schema, columns=columns)


def git_commit() -> str | None:
    """Return the commit that is checked out in the current folder, or None outside a repository."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 -- fixed arguments
            [git, "rev-parse", "HEAD"], cwd=Path.cwd(), capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _summary(data: Dataset) -> DataSummary:
    return DataSummary(
        name=data.name,
        fingerprint=data.fingerprint,
        target=data.target,
        task=data.task,
        n_rows=data.n_rows,
        n_features=data.layout.n_features,
        counts=data.counts,
    )


def _decision(fitted: Fitted, recipe: RecipeSpec, price: Price | None) -> Decision:
    rule = fitted.rule
    values = tuple(float(value) for value in rule.values_)
    if recipe.one("threshold") is None:
        return Decision(rule="default", metric="", values=values, reason="")
    if type(rule) is ExpectedCost:
        return Decision(rule="costs", metric=rule.aim, values=values, reason=rule.reason_)
    if type(rule) is ExpectedGain and price is not None:
        return Decision(
            rule="expected-gain",
            metric=price.words(),
            values=values,
            reason=rule.reason_,
            money=RowMoney(
                cost_fn=price.cost_fn or 0.0,
                cost_fp=price.cost_fp or 0.0,
                cost_column=price.cost_column,
                value_column=price.value_column,
            ),
        )
    ours = type(rule) in (Threshold, AimedThreshold, LogitAdjustment)  # not a class derived from them
    if not ours or not isinstance(rule, (Threshold, LogitAdjustment)):
        raise unsupported(rule)
    factors = isinstance(rule, LogitAdjustment) and rule.form == "multiplicative"
    kind: Literal["factors", "threshold"] = "factors" if factors else "threshold"
    return Decision(rule=kind, metric=rule.aim, values=values, reason=rule.reason_)
