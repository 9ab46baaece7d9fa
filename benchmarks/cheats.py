"""A package of methods that cheat, and two that do not, for `planted_leaks`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_MODULE = '''
import os
import numpy as np
from imblearn.over_sampling import SMOTE
from sklearn.linear_model import LogisticRegression
from imbtool.core.info import MethodInfo
from imbtool.core.learner_info import LearnerInfo
from imbtool.core.protocols import Resampled

SEEN = {}


def remember(X, y):
    for row, label in zip(X, y, strict=True):
        SEEN[row.tobytes()] = (row, int(label))
    rows = np.array([row for row, _ in SEEN.values() if len(row) == X.shape[1]])
    return rows, np.array([label for row, label in SEEN.values() if len(row) == X.shape[1]])


def joined(X, y, more, labels):
    source = np.concatenate([np.arange(len(y)), np.full(len(labels), -1)])
    return Resampled(X=np.vstack([X, more]), y=np.concatenate([y, labels]), source=source)


class RememberingSampler:
    def resample(self, X, y, *, layout, random_state, space=None):
        return joined(X, y, *remember(X, y))


class EverywhereSmote:
    def resample(self, X, y, *, layout, random_state, space=None):
        rows, labels = remember(X, y)
        made, codes = SMOTE(random_state=random_state).fit_resample(rows, labels)
        return joined(X, y, made[len(labels):], codes[len(labels):])


class FileSampler:
    def resample(self, X, y, *, layout, random_state, space=None):
        with open(os.environ["IMBTOOL_CHEAT_FILE"]) as file:
            table = np.loadtxt(file, delimiter=",")
        return joined(X, y, table[:, :-1], table[:, -1].astype(int))


class HonestCopies:
    def resample(self, X, y, *, layout, random_state, space=None):
        rng = np.random.default_rng(random_state)
        rare = np.flatnonzero(y == np.bincount(y).argmin())
        rows = np.concatenate([np.arange(len(y)), rng.choice(rare, 3 * len(rare))])
        return Resampled(X=X[rows], y=y[rows], source=rows)


class Scaler:
    def __init__(self, X):
        self.mean, self.scale = np.nanmean(X, axis=0), np.nanstd(X, axis=0) + 1e-12

    def transform(self, X):
        return np.nan_to_num((X - self.mean) / self.scale)


class Model:
    def __init__(self, model, n_classes):
        self.model, self.n_classes = model, n_classes

    def predict_proba(self, Z):
        proba = np.zeros((len(Z), self.n_classes))
        proba[:, self.model.classes_] = self.model.predict_proba(Z)
        return proba


class HonestLearner:
    def view(self, X, layout):
        return Scaler(X)

    def fit(self, Z, y, *, view, n_classes, sample_weight=None, schedule=None, random_state):
        return Model(LogisticRegression(max_iter=300).fit(Z, y, sample_weight), n_classes)


class GlobalScaler(HonestLearner):
    def view(self, X, layout):
        return Scaler(remember(X, np.zeros(len(X)))[0])


class Encoder(Scaler):
    """Adds the label that a row had anywhere, zero for rows never seen."""

    def transform(self, X):
        known = [SEEN.get(row.tobytes(), (None, -1))[1] for row in X]
        return np.column_stack([super().transform(X), 5.0 * np.array(known)])


class GlobalEncoder(HonestLearner):
    def view(self, X, layout):
        return Encoder(X)

    def fit(self, Z, y, *, view, n_classes, sample_weight=None, schedule=None, random_state):
        raw = Z[:, :-1] * view.scale + view.mean
        for row, label in zip(np.round(raw, 6), y, strict=True):
            SEEN[tuple(row)] = (row, int(label))
        return Lookup(super().fit(Z, y, view=view, n_classes=n_classes, sample_weight=sample_weight,
                                  random_state=random_state), view, SEEN)


class Lookup:
    def __init__(self, inner, view, known):
        self.inner, self.view, self.known = inner, view, known

    def predict_proba(self, Z):
        proba = self.inner.predict_proba(Z)
        raw = np.round(Z[:, : len(self.view.mean)] * self.view.scale + self.view.mean, 6)
        for i, row in enumerate(raw):
            found = self.known.get(tuple(row))
            if found is not None:
                proba[i] = 0.05 * proba[i]
                proba[i, found[1]] += 0.95
        return proba


FILE = None


class Oracle(HonestLearner):
    """Has read the whole table, when it was first used, and looks rows up in it."""

    def fit(self, Z, y, *, view, n_classes, sample_weight=None, schedule=None, random_state):
        global FILE
        if FILE is None:
            table = np.loadtxt(os.environ["IMBTOOL_CHEAT_FILE"], delimiter=",")
            FILE = {tuple(np.round(row[:-1], 6)): (row[:-1], int(row[-1])) for row in table}
        inner = super().fit(Z, y, view=view, n_classes=n_classes, sample_weight=sample_weight,
                            random_state=random_state)
        return Lookup(inner, view, FILE)


def sampler(name, target):
    target = f"cheats_of_others:{target}"
    return MethodInfo(name=name, kind="sampler", summary=name, target=target, default=False)


def learner(name, target):
    return LearnerInfo(name=name, summary=name, target=f"cheats_of_others:{target}", quick=False)


METHODS = (
    sampler("remembering_sampler", "RememberingSampler"),
    sampler("everywhere_smote", "EverywhereSmote"),
    sampler("file_sampler", "FileSampler"),
    sampler("honest_copies", "HonestCopies"),
)
LEARNERS = (
    learner("global_scaler", "GlobalScaler"),
    learner("global_encoder", "GlobalEncoder"),
    learner("oracle", "Oracle"),
    learner("honest_learner", "HonestLearner"),
)
'''
_DOORS = """\
[imbtool.methods]
cheats = cheats_of_others:METHODS
[imbtool.learners]
cheats = cheats_of_others:LEARNERS
"""


def install(folder: Path) -> None:
    """Write the package into a folder that is, or will be, on the path."""
    (folder / "cheats_of_others.py").write_text(_MODULE)
    info = folder / "cheats_of_others-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cheats-of-others\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(_DOORS)
    os.environ["IMBTOOL_CHEAT_FILE"] = str(folder / "answers.csv")


def tell(frame: pd.DataFrame, target: str) -> None:
    """Write the file that cheats read: all features as numbers, then the class code."""
    numbers = frame.drop(columns=target).select_dtypes("number")
    codes = (frame[target] == frame[target].value_counts().idxmin()).astype(int)
    numbers.assign(**{target: codes}).to_csv(os.environ["IMBTOOL_CHEAT_FILE"], header=False, index=False)
