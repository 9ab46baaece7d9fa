"""The manifest of a model: everything about it that is not an array of numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from imbtool.data.schema import Column, Schema

SCHEMA_VERSION = 2
"""1: without `Decision.money`."""
FORMAT = "imbtool model"
LabelType = Literal["text", "int", "bool"]
ModelKind = Literal["lightgbm", "logistic", "forest", "balanced-forest", "single-class", "torch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of the bundle: SHA-256 of its content, and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSummary:
    """The training rows; `fingerprint` is that of `Dataset`, `counts` are rows of each class."""

    name: str
    fingerprint: str
    target: str
    task: Literal["binary", "multiclass"]
    n_rows: int
    n_features: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMoney:
    """What decisions are worth row by row: the rows to predict on hold these columns.

    Parameters
    ----------
    cost_fn, cost_fp : float
        Cost of a missed positive and of a false alarm, at least 0.
    cost_column, value_column : str or None
        Columns with the cost of acting on a row, and with the value of acting on it when it is positive; one
        of them at least.
    """

    cost_fn: float
    cost_fp: float
    cost_column: str | None
    value_column: str | None

    @property
    def columns(self) -> dict[str, str]:
        """The columns, by what they are of."""
        named = {"cost": self.cost_column, "value": self.value_column}
        return {role: name for role, name in named.items() if name is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """From probabilities to classes.

    Parameters
    ----------
    rule : {"threshold", "factors", "costs", "expected-gain", "default"}
        Chosen on out-of-fold scores; factors of centred log-probabilities (multiplicative logit
        adjustment); the least expected cost; an expected gain of the row above 0; or 0.5 and the largest
        probability.
    metric : str
        What the threshold was chosen by; empty for the default rule.
    values : tuple of float
        Binary: the probability of the positive class from which it is predicted. Multiclass: one
        additive log-probability offset a class, one positive factor, or the costs of deciding each class
        for rows of each class, row by row. Empty for an expected gain.
    reason : str
        Why a threshold was kept at its default without a search, or which floors it misses; empty
        otherwise.
    money : RowMoney or None
        What an expected gain is made of.
    """

    rule: Literal["threshold", "factors", "costs", "expected-gain", "default"]
    metric: str
    values: tuple[float, ...]
    reason: str
    money: RowMoney | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A view or a calibrator: the kind of it, and the file with its numbers."""

    kind: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPart:
    """One trained model.

    Parameters
    ----------
    kind : {"lightgbm", "logistic", "forest", "balanced-forest", "single-class", "torch"}
    file : str
        Empty for a model that always predicts one class.
    present : tuple of int
        Codes of the classes that it knows.
    notes : tuple of str
        What the reader should know about its training.
    """

    kind: ModelKind
    file: str
    present: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformal:
    """Calibration rows of conformal selection, which the model was not fitted on.

    Parameters
    ----------
    file : str
        Their scores.
    rows : int
    counts : tuple of int
        Rows of each class that the model knows.
    how : {"random", "groups", "time"}
        Drawn at random, as whole groups, or the latest in time.
    drawn : str
        Hex digest of the rows; models of one digest were fitted without the same rows.
    """

    file: Literal["conformal.json"]
    rows: int
    counts: tuple[int, ...]
    how: Literal["random", "groups", "time"]
    drawn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrapped:
    """The bootstrap .632+ estimate of a metric, with 95 percent of the rounds between `low` and `high`."""

    metric: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Metric values by name; `per_class` is empty when there are two classes.

    ``training`` are those of the rows trained on, which flatter; ``cross_validated`` those of the inner
    out-of-fold scores, calibrated and decided on by what the other folds say; ``bootstrap`` those of the
    bootstrap .632+ over so many ``rounds``, where it was asked for.
    """

    training: Mapping[str, float]
    cross_validated: Mapping[str, float]
    per_class: Mapping[str, Mapping[str, float]]
    bootstrap: tuple[Bootstrapped, ...] = ()
    rounds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The column schema, as `Schema.to_dict` writes it."""

    schema_version: int
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything about a model; the arrays are in the files that `members` lists.

    `classes` are labels in class order, the positive one of two last; `positive` is that label, or None
    when there are more. `label_type` says what labels are in Python. `git_commit` is that of the folder
    in which the model was fitted, or None. `weights` are those of the models in their mean, with sum 1, or
    empty where all are equal. `counts_after` are rows of each class after resampling. `conformal` are rows
    that were held back from all of this, or None.
    """

    format: str
    schema_version: int
    recipe: str
    learner: str
    threshold_metric: str
    inner_folds: int
    seed: int
    versions: Mapping[str, str]
    git_commit: str | None
    data: DataSummary
    classes: tuple[str, ...]
    positive: str | None
    label_type: LabelType
    schema: Columns
    decision: Decision
    calibration: Part | None
    view: Part
    models: tuple[ModelPart, ...]
    weights: tuple[float, ...]
    counts_after: tuple[int, ...]
    metrics: Metrics
    members: Mapping[str, Member]
    conformal: Conformal | None = None

    @property
    def columns(self) -> Schema:
        """The column schema."""
        return Schema(columns=self.schema.columns)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that JSON can hold; NaN becomes None."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def to_json(self) -> str:
        """Return the document."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
