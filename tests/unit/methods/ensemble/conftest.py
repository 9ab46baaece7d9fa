"""A trainer of stumps that keeps a record of what it was asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from imbtool.core.types import Layout
from imbtool.testing.tables import table


@dataclass
class Asked:
    """One call of `Trainer.member`."""

    rows: Any
    weight: Any
    made: Any
    share: float


class Answer:
    """A stump; `hard` votes are 0 or 1."""

    def __init__(self, stump, n_classes, hard):
        self.stump, self.n_classes, self.hard = stump, n_classes, hard

    def predict_proba(self, X):
        proba = np.zeros((len(X), self.n_classes))
        proba[:, self.stump.classes_] = self.stump.predict_proba(X)
        return np.eye(self.n_classes)[proba.argmax(axis=1)] if self.hard else proba


@dataclass
class Trainer:
    """What an ensemble is given, with stumps for members; `answers` replaces what they say."""

    X: Any
    y: Any
    weight: Any = None
    hard: bool = False
    answers: Any = None
    space: Any = None
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self):
        self.n_classes = int(self.y.max()) + 1
        self.layout = Layout(
            names=tuple(f"x{j}" for j in range(self.X.shape[1])), levels=(0,) * self.X.shape[1]
        )
        self.weight = np.ones(len(self.y)) if self.weight is None else self.weight

    def member(self, rows, *, weight=None, made=None, share=1.0):
        X, y = self.X[rows], self.y[rows]
        if made is not None:
            X, y = np.vstack([X, made[0]]), np.concatenate([y, made[1]])
        self.asked.append(Asked(rows, weight, made, share))
        stump = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y, sample_weight=weight)
        return Answer(stump, self.n_classes, self.hard)

    def score(self, member):
        if self.answers is not None:
            return self.answers[len(self.asked) - 1]
        return member.predict_proba(self.X)


def trainer(sizes=(300, 30), **more):
    part = table("any", sizes, n_numeric=3, seed=1)
    return Trainer(X=np.random.default_rng(1).normal(size=part.X.shape) + part.y[:, None], y=part.y, **more)
