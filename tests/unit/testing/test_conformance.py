"""Every row of our catalogues passes the conformance suite, and the suite finds what is wrong."""

import inspect
from dataclasses import replace

import numpy as np
import pytest

from imbtool import registry
from imbtool.core.cross_entropy import CrossEntropy
from imbtool.core.info import MethodInfo, Param
from imbtool.core.protocols import Phase, Resampled
from imbtool.core.schedules import Draw
from imbtool.methods.catalog import METHODS
from imbtool.testing import check_elsewhere, check_learner, check_method
from imbtool.testing.hard import CASES, check_case, learner_for
from imbtool.testing.row import check_row

NAMES = [info.name for info in METHODS]


FEW = {
    "n_bags": 3,
    "n_estimators": 5,
    "n_members": 3,
    "n_parts": 2,
    "n_trees": 10,
    "rounds": 2,
    "steps": 10,
}
"""Defaults for the suite, which calls a method dozens of times: what it asks hangs on none of these sizes."""


@pytest.fixture
def quick(monkeypatch):
    """Return the row of a method, after its class and the row were given small defaults."""

    def change(name):
        info = registry.method(name)
        few = {param.name: FEW[param.name] for param in info.params if param.name in FEW}
        if not few:
            return info
        start = info.load().__init__
        words = [p.name for p in inspect.signature(start).parameters.values() if p.default is not p.empty]
        defaults = zip(words, start.__defaults__, strict=True)
        monkeypatch.setattr(start, "__defaults__", tuple(few.get(word, usual) for word, usual in defaults))
        params = tuple(replace(param, default=few.get(param.name, param.default)) for param in info.params)
        monkeypatch.setitem(registry.methods(), name, replace(info, params=params))
        return registry.method(name)

    return change


@pytest.mark.parametrize("name", NAMES)
def test_method_conforms(name, quick):
    check_row(registry.method(name))
    check_method(quick(name), elsewhere=False)


@pytest.mark.slow
def test_another_process_gives_the_same_numbers_for_every_method():
    check_elsewhere(METHODS)


@pytest.mark.parametrize("name", ["lightgbm", "logistic", "forest"])
def test_learner_conforms(name):
    check_learner(name)


class Faulty:
    """Base of the wrong samplers below."""

    def resample(self, X, y, *, layout, random_state, space=None):
        index = np.arange(len(y))
        return self.spoil(X, y, index)


class LosesClass(Faulty):
    """Keeps the most frequent class only."""

    def spoil(self, X, y, index):
        kept = index[y == 0]
        return Resampled(X=X[kept], y=y[kept], source=kept)


class ChangesCopies(Faulty):
    """Says a row is a copy when it is not."""

    def spoil(self, X, y, index):
        return Resampled(X=np.nextafter(X, np.inf), y=y, source=index)


class ModifiesInput(Faulty):
    """Writes into what it was given."""

    def spoil(self, X, y, index):
        X[0, 0] += 1
        return Resampled(X=X.copy(), y=y.copy(), source=index)


class UsesGlobalChance(Faulty):
    """Ignores its seed."""

    def spoil(self, X, y, index):
        drawn = np.concatenate((index, np.random.default_rng().integers(0, len(y), 20)))
        return Resampled(X=X[drawn], y=y[drawn], source=drawn)


class InventsLevels(Faulty):
    """Interpolates category codes."""

    def spoil(self, X, y, index):
        new = np.nan_to_num(X[:2]) + 0.5
        source = np.concatenate((index, [-1, -1]))
        return Resampled(X=np.vstack((X, new)), y=np.concatenate((y, y[:2])), source=source)


class WarnsUsers(Faulty):
    """Lets a library's advice through."""

    def spoil(self, X, y, index):
        np.log(np.zeros(1))
        return Resampled(X=X.copy(), y=y.copy(), source=index)


def sampler_row(cls):
    return MethodInfo(name="faulty", kind="sampler", summary="Wrong in one way", target=f"{__name__}:{cls}")


@pytest.mark.parametrize(
    ("cls", "complaint"),
    [
        (LosesClass, "classes .* became"),
        (ChangesCopies, "copies must equal their originals"),
        (ModifiesInput, "the input was modified"),
        (UsesGlobalChance, "same seed must give the same bytes"),
        (InventsLevels, "levels|complete"),
    ],
)
def test_a_faulty_sampler_is_caught(cls, complaint, monkeypatch):
    monkeypatch.setattr(MethodInfo, "load", lambda self: cls)
    with pytest.raises(AssertionError, match=complaint):
        check_method(sampler_row(cls.__name__))


def test_a_leaking_warning_is_caught(monkeypatch):
    monkeypatch.setattr(MethodInfo, "load", lambda self: WarnsUsers)
    with pytest.raises(RuntimeWarning, match="divide by zero"):
        check_method(sampler_row("WarnsUsers"))


class Weights:
    """Sums to 1 instead of having mean 1."""

    def fit_weight(self, X, y):
        return np.full(len(y), 1 / len(y))


class Gap:
    """Leaves stages out."""

    def phases(self, y, n_stages):
        return (Phase(start=1, stop=n_stages + 1, weight=np.ones(len(y))),)


class Unsettled:
    """Follows the losses, and their size with them."""

    every = 1

    def weights(self, loss, y, stage, n_stages):
        return 1.0 + loss


class Twice:
    """Draws with repeats."""

    def draws(self, y, n_stages, *, random_state):
        rows = np.sort(np.random.default_rng(random_state).integers(0, len(y), len(y)))
        return (Draw(start=0, stop=n_stages, rows=rows),)


class Uphill(CrossEntropy):
    """The gradient of something else."""

    def derivatives(self, y, raw):
        gradient, hessian = super().derivatives(y, raw)
        return np.abs(gradient), hessian


class Concave(CrossEntropy):
    """Curvature of the wrong sign."""

    def derivatives(self, y, raw):
        gradient, hessian = super().derivatives(y, raw)
        return gradient, -hessian


class FromZero(CrossEntropy):
    """Starts where no row has told anything yet."""

    def initial(self):
        return np.zeros(1 if len(self.mass) == 2 else len(self.mass))


def loss_of(objective):
    class Loss:
        """A loss of a wrong kind."""

        def objective(self, counts, mass):
            return objective(mass=mass)

    return Loss


class Bags:
    """One bag without the rare class."""

    def bags(self, y, *, random_state):
        return (np.flatnonzero(y == 0),)


class Unscaled:
    """Scores that are no probabilities."""

    def fit(self, proba, y, sample_weight=None):
        return self

    def transform(self, proba):
        return 2 * proba


@pytest.mark.parametrize(
    ("kind", "cls", "complaint"),
    [
        ("reweighter", Weights, "the mean weight is"),
        ("schedule", Gap, "the stages are"),
        ("schedule", Unsettled, "the mean weight is"),
        ("schedule", Twice, "rows must ascend, none twice"),
        ("loss", loss_of(Uphill), "the gradient is not that of the loss"),
        ("loss", loss_of(Concave), "a negative second derivative"),
        ("loss", loss_of(FromZero), "the gradient does not cancel at the initial score"),
        ("ensemble", Bags, "a bag misses a class"),
        ("calibrator", Unscaled, "probabilities must stay probabilities"),
    ],
)
def test_other_faulty_methods_are_caught(kind, cls, complaint, monkeypatch):
    monkeypatch.setattr(MethodInfo, "load", lambda self: cls)
    with pytest.raises(AssertionError, match=complaint):
        check_method(replace(sampler_row(cls.__name__), kind=kind))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"params": ()}, "the row lists"),
        (
            {"params": (Param(name="tau", type="float", default=4.0, summary="", low=1.0),)},
            "4.0 in the row, 5.0",
        ),
        ({"summary": "x" * 80}, "must fit in 79 characters"),
        ({"name": "Bad Name"}, "names are lower_case"),
        ({"kind": "magic"}, "unknown kind 'magic'"),
    ],
)
def test_a_row_that_disagrees_with_its_class_is_caught(change, complaint):
    with pytest.raises(AssertionError, match=complaint):
        check_method(replace(registry.method("scalarization"), **change))


class OutsideTheHull(Faulty):
    """Promises averages of rows of the class and goes beyond them."""

    hull = True

    def spoil(self, X, y, index):
        new = 2.0 * X[y == y.max()].max(axis=0)
        source = np.append(index, -1)
        return Resampled(X=np.vstack((X, new)), y=np.append(y, y.max()), source=source)


class DrawsFromEverybodysChance(Faulty):
    """Uses the global random state, though it gives the same bytes."""

    def spoil(self, X, y, index):
        np.random.rand()  # noqa: NPY002 - the fault
        return Resampled(X=X.copy(), y=y.copy(), source=index)


@pytest.mark.parametrize(
    ("cls", "complaint"),
    [
        (OutsideTheHull, "outside the convex hull"),
        (DrawsFromEverybodysChance, "global random state"),
    ],
)
def test_more_faulty_samplers_are_caught(cls, complaint, monkeypatch):
    monkeypatch.setattr(MethodInfo, "load", lambda self: cls)
    with pytest.raises(AssertionError, match=complaint):
        check_method(sampler_row(cls.__name__))


def test_a_method_that_breaks_on_a_hard_case_is_caught(monkeypatch):
    info = registry.method("sqrt_weight")

    class Breaks:
        """Cannot do with a single row."""

        def fit_weight(self, X, y):
            return np.ones(len(y)) / (np.bincount(y).min() > 1)

    learner = learner_for(info)
    monkeypatch.setattr(MethodInfo, "load", lambda self: Breaks)
    with pytest.raises(RuntimeWarning, match="divide by zero"):
        check_case(info, learner, CASES["one minority row"](0), 0)


@pytest.mark.parametrize("case", CASES)
def test_a_hard_case_is_no_obstacle_to_most_methods(case):
    names = ["none", "threshold", "isotonic", "class_weight", "random_over", "random_under", "focal"]
    names += ["easy_ensemble", "cooldown"]
    for name in names:
        info = registry.method(name)
        assert check_case(info, learner_for(info), CASES[case](0), 0), name


class Hashes:
    """Weights that depend on how Python hashes text in this process."""

    def fit_weight(self, X, y):
        weight = 1.0 + (hash("rare") % 97) / 97 * y
        return weight / weight.mean()


def test_numbers_that_differ_between_processes_are_caught(monkeypatch):
    info = registry.method("sqrt_weight")
    load = MethodInfo.load
    monkeypatch.setattr(MethodInfo, "load", lambda self: Hashes if self.name == "sqrt_weight" else load(self))
    with pytest.raises(AssertionError, match="another process gives other numbers"):
        check_elsewhere([info])
