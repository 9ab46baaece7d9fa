"""A fitted model: recipe, learner, calibrator and threshold, ready for new tables."""

from __future__ import annotations

import os
import tempfile
import warnings
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from imbtool.bundle.match import Matcher
from imbtool.core.errors import OutputError, UsageError
from imbtool.core.threads import one_thread
from imbtool.data.intake import as_frame
from imbtool.recipe.finishing import decided

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imbtool.bundle.manifest import Manifest, RowMoney
    from imbtool.bundle.reserve import Reserve
    from imbtool.core.protocols import Calibrator, DecisionRule
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.schema import Schema
    from imbtool.methods.postprocess.conformal import Selected
    from imbtool.recipe.trained import Trained


class FittedModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """What `imbtool.fit` makes and `imbtool.load` reads.

    It predicts like a scikit-learn classifier. It is not fitted again: its settings are those it was
    made with.

    Attributes
    ----------
    manifest : Manifest
        Everything about it: recipe, versions, columns, classes, threshold, metrics.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted: whole numbers or truth values where the target holds these, else text.
    feature_names_in_ : ndarray of str
        Names of the columns that it reads.
    n_features_in_ : int
        Their number.
    threshold_ : tuple of float
        Binary: the probability of the positive class from which it is predicted. Multiclass: one
        additive log-probability offset a class, in the order of ``manifest.classes``. Empty where rows are
        decided by their own money.
    """

    manifest: Manifest
    _trained: Trained
    _calibrator: Calibrator | None
    _rule: DecisionRule
    _members: Mapping[str, bytes]
    _reserve: Reserve | None
    _columns: Schema

    @classmethod
    def _of(
        cls,
        manifest: Manifest,
        trained: Trained,
        calibrator: Calibrator | None,
        rule: DecisionRule,
        members: Mapping[str, bytes],
        reserve: Reserve | None = None,
    ) -> FittedModel:
        """Put a model together."""
        model = cls()
        model.manifest = manifest
        model._trained, model._calibrator, model._rule, model._members = trained, calibrator, rule, members
        model._reserve = reserve
        model._columns = manifest.columns
        labels = _labels(manifest)
        model._order = np.argsort(labels, kind="stable")
        model._labels = labels
        model.classes_ = labels[model._order]
        model.feature_names_in_ = np.array([c.name for c in manifest.columns.features], dtype=object)
        model.n_features_in_ = len(model.feature_names_in_)
        model.threshold_ = tuple(rule.values_)
        return model

    def holding(self, manifest: Manifest, reserve: Reserve, members: Mapping[str, bytes]) -> FittedModel:
        """Return the model with calibration rows and their files."""
        from imbtool.bundle.files import listed

        files = {**self._members, **members}
        manifest = replace(manifest, members=listed(files))
        return self._of(manifest, self._trained, self._calibrator, self._rule, files, reserve)

    @property
    def reserve(self) -> Reserve | None:
        """Scores of the calibration rows, or None."""
        return self._reserve

    def fit(self, X: Any, y: Any = None) -> FittedModel:  # noqa: ARG002  # scikit-learn's signature
        """Refuse: the settings of a model that was loaded cannot be fitted again without its data."""
        raise UsageError(
            "A fitted model is not fitted again.",
            hint=f"Fit its recipe: imbtool.Recipe({self.manifest.recipe!r}, {self.manifest.learner!r})",
            code="already-fitted",
        )

    def predict_proba(self, X: Any) -> FloatArray:
        """Return class probabilities (n_rows, n_classes) in the order of `classes_`.

        `X` is a data frame; columns are matched by name. What differs from training without harm
        (columns too many, new levels, columns without a value) is told in one warning.

        Raises
        ------
        DataError
            Code ``columns-differ``, with everything that differs.
        """
        matrix, notes = self.encode(X)
        _warn(notes)
        return self.score_whole(matrix)[1][:, self._order]

    def predict(self, X: Any) -> Any:
        """Return the decision for each row, at the model's threshold; `X` as in `predict_proba`.

        A model that decides rows by their own money needs its columns too, named in
        ``manifest.decision.money``.
        """
        matcher, columns = self._matched(X, self.manifest.decision.money)
        matrix, acting = matcher.encode(columns), matcher.acting(columns)
        _warn(matcher.notes())
        return self._labels[self.score_matrix(matrix, acting)[1]]

    def score_matrix(
        self, matrix: FloatArray, acting: FloatArray | None = None
    ) -> tuple[FloatArray, IntArray]:
        """Return probabilities and decided class codes, both in the order of ``manifest.classes``.

        Parameters
        ----------
        matrix : ndarray of float64, shape (n, n_features)
            As the column schema encodes tables.
        acting : ndarray of float64, shape (n, 2), optional
            What acting on each row brings (see `Matcher.acting`), for a model that decides by it.
        """
        _, proba = self.score_whole(matrix)
        return proba, self.decide(proba, acting)

    def score_whole(self, matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return probabilities before and after calibration."""
        # One thread: a sum taken by another number of threads may differ in its last bits (law 3).
        with one_thread():
            scores = self._trained.predict_proba(self._trained.view.transform(matrix))
            return scores, scores if self._calibrator is None else self._calibrator.transform(scores)

    def decide(self, proba: FloatArray, acting: FloatArray | None = None) -> IntArray:
        """Return the decided class codes of calibrated probabilities; arguments as in `score_matrix`."""
        with one_thread():
            return decided(self._rule, proba, acting)

    def select(
        self, X: Any, *, fdr: float, label: Any = None, others: Iterable[FittedModel] = ()
    ) -> Selected:
        """Select rows of one class, but for a share `fdr` of the selected ones at most, on average.

        The model must have been fitted with ``calibration_rows``; see ``docs/fdr.md`` for what is promised.

        Parameters
        ----------
        X : DataFrame
            As in `predict_proba`.
        fdr : float
            The false-discovery rate, between 0 and 1, fixed before the scores are looked at.
        label : optional
            The class; the positive one of two by default.
        others : iterable of FittedModel
            Models fitted without the same calibration rows, from which one is chosen for each row.

        Raises
        ------
        DataError
            Codes ``no-calibration-rows``, ``calibration-rows-differ``, ``columns-differ``.
        UsageError
            Codes ``fdr-class`` and ``bad-fdr``.
        """
        from imbtool.bundle.selecting import Selector

        named = {"The model": self} | {f"others[{i}]": model for i, model in enumerate(others)}
        chooser = Selector(named, fdr, label)
        scores = [model.score_whole(model.encode(X)[0])[0] for model in chooser.models]
        return chooser.select([chooser.column(i, found) for i, found in enumerate(scores)])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to one file, whole or not at all; the same model gives the same bytes."""
        target = Path(path)
        draft = ""
        try:
            handle, draft = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(self.to_bytes())
            Path(draft).chmod(0o666 & ~_umask())
            Path(draft).replace(target)
        except OSError as error:
            if draft:
                Path(draft).unlink(missing_ok=True)
            raise OutputError(
                f"{target} cannot be written: {error.strerror or error}.",
                hint="Choose another place, or make room and permissions for it.",
                code="output-not-writable",
            ) from error

    def to_bytes(self) -> bytes:
        """Return the content of the file that `save` writes."""
        from imbtool.bundle.files import to_bytes

        return to_bytes(self.manifest, self._members)

    @property
    def version_notes(self) -> tuple[str, ...]:
        """Say which packages are of other versions than when the model was fitted."""
        found = []
        for name, then in self.manifest.versions.items():
            now = _version(name)
            if now and now != then and name in ("lightgbm", "scikit-learn", "imbtool"):
                found.append(f"fitted with {name} {then}, used with {now}")
        return tuple(found)

    def encode(self, X: Any) -> tuple[FloatArray, tuple[str, ...]]:
        """Return the feature matrix of a data frame, and what differs from training without harm."""
        matcher, columns = self._matched(X, None)
        return matcher.encode(columns), matcher.notes()

    def _matched(self, X: Any, money: RowMoney | None) -> tuple[Matcher, dict[str, Any]]:
        frame = as_frame(X)
        columns = {str(name): frame.iloc[:, i] for i, name in enumerate(frame.columns)}
        return Matcher(self._columns, columns, money=money), columns

    def __sklearn_clone__(self) -> FittedModel:
        """Return the model itself, as scikit-learn's frozen estimators do."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        """Whether there is a model; it is never without."""
        return hasattr(self, "manifest")

    def __repr__(self) -> str:
        m = self.manifest
        return f"<FittedModel {m.recipe} with {m.learner} for {m.data.target!r} of {m.data.name}>"


def _warn(notes: tuple[str, ...]) -> None:
    if notes:
        warnings.warn("; ".join(notes), UserWarning, stacklevel=3)


def _labels(manifest: Manifest) -> Any:
    """Return the labels in class order, as what they are in Python."""
    if manifest.label_type == "int":
        return np.array([int(label) for label in manifest.classes])
    if manifest.label_type == "bool":
        return np.array([label == "True" for label in manifest.classes])
    return np.array(manifest.classes, dtype=object)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
