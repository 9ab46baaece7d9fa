"""Trained models as files, and back: a closed list of kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from imbtool.bundle.boosters import checked_text
from imbtool.bundle.estimators import (
    check_forest,
    check_logistic,
    only_to_predict,
    read_estimator,
    write_estimator,
)
from imbtool.bundle.faults import invalid
from imbtool.bundle.manifest import ModelPart
from imbtool.bundle.networks import read_network, write_network
from imbtool.bundle.parts import unsupported
from imbtool.core.errors import DataError
from imbtool.learners.base import ClassCodes, SingleClassModel
from imbtool.learners.forest import Forest
from imbtool.learners.lightgbm.model import BoostedTrees, link_of, read_booster
from imbtool.learners.linear import Logistic
from imbtool.learners.torch.model import NetworkModel
from imbtool.methods.ensemble.balanced_forest import BalancedForestModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.core.types import Layout


def write_model(model: Any, number: int) -> tuple[ModelPart, bytes | None]:
    """Return what the manifest says about a trained model, and its file (None: it needs none).

    Raises
    ------
    UsageError
        Code ``bundle-unsupported`` for a model of a plug-in.
    """
    name = f"models/{number:05d}"
    if type(model) is SingleClassModel:
        return _part("single-class", "", [model.code], model.notes), None
    if type(model) is BoostedTrees:
        part = _part("lightgbm", f"{name}.txt", model.codes.present, model.notes)
        return part, model.to_text().encode()
    if type(model) is Logistic:
        part = _part("logistic", f"{name}.skops", model.codes.present, model.notes)
        return part, write_estimator(model.estimator)
    if type(model) is Forest:
        part = _part("forest", f"{name}.skops", model.codes.present, model.notes)
        return part, write_estimator(only_to_predict(model.estimator))
    if type(model) is BalancedForestModel:
        part = _part("balanced-forest", f"{name}.skops", model.present, ())
        return part, write_estimator(only_to_predict(model.estimator))
    if type(model) is NetworkModel:
        part = _part("torch", f"{name}.json", model.codes.present, model.notes)
        return part, write_network(model)
    raise unsupported(model)


def read_model(
    part: ModelPart, members: Mapping[str, bytes], *, n_classes: int, layout: Layout, label: str
) -> Any:
    """Return the model that `write_model` wrote; raise `DataError` for anything else."""
    if part.kind == "single-class":
        return SingleClassModel(code=part.present[0], n_classes=n_classes, notes=part.notes)
    if part.file not in members or len(part.present) < 2:
        raise invalid(label, f"the model {part.file!r} is missing or knows one class only")
    data = members[part.file]
    codes = ClassCodes(present=np.array(part.present, dtype=np.int64), n_classes=n_classes)
    try:
        if part.kind == "lightgbm":
            text = checked_text(data, layout.n_features, codes.n_present)
            booster = read_booster(text)
            return BoostedTrees(booster=booster, codes=codes, notes=part.notes, link=link_of(text))
        if part.kind == "torch":
            return read_network(data, layout, codes, part.notes)
        if part.kind == "logistic":
            linear = read_estimator(data, LogisticRegression, label, part.file)
            check_logistic(linear, codes.n_present)
            return Logistic(estimator=linear, codes=codes, notes=part.notes)
        forest = read_estimator(data, RandomForestClassifier, label, part.file)
        known = part.present if part.kind == "balanced-forest" else range(codes.n_present)
        check_forest(forest, layout.n_features, known)
    except DataError:
        raise
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise invalid(label, f"{part.file} is no {part.kind} model: {str(error)[:200]}") from error
    if part.kind == "balanced-forest":
        return BalancedForestModel(estimator=forest, present=codes.present, n_classes=n_classes)
    return Forest(estimator=forest, codes=codes, notes=part.notes)


def _part(kind: Any, file: str, present: Any, notes: tuple[str, ...]) -> ModelPart:
    return ModelPart(kind=kind, file=file, present=tuple(int(code) for code in present), notes=notes)
