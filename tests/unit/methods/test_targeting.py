"""Learning whether to act: the loss, the rows it is given, and what it is for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from imbtool import compare, fit
from imbtool.core.errors import NotApplicableError, UsageError
from imbtool.core.protocols import Resampled
from imbtool.data.load import load_dataset
from imbtool.methods.loss.targeting import TargetingLoss
from imbtool.recipe.fitting import fit_recipe
from imbtool.recipe.parser import parse_learner, parse_recipe
from imbtool.recipe.targeting import targeted
from imbtool.recipe.trained import train
from imbtool.recipe.workspace import Part, Workspace

MASS = np.array([300.0, 40.0])


@pytest.mark.parametrize("sharp", [0.0, 0.4, 0.95])
def test_derivatives_are_those_of_the_value_and_the_second_is_never_below_it(sharp):
    objective = TargetingLoss(sharp).objective(MASS.astype(int), MASS)
    rng = np.random.default_rng(0)
    y, raw, step = rng.integers(0, 2, 400), 3 * rng.normal(size=400), 1e-4
    up, here, down = (objective.value(y, raw + s * step) for s in (1, 0, -1))
    first, second = (up - down) / (2 * step), (up - 2 * here + down) / step**2
    gradient, hessian = objective.derivatives(y, raw)
    np.testing.assert_allclose(gradient, first, atol=1e-7)
    assert (hessian > second - 1e-5).all()
    if sharp == 0:
        np.testing.assert_allclose(hessian, second, atol=1e-5)


def test_near_sharp_1_the_loss_is_the_expected_regret_of_a_draw():
    objective = TargetingLoss(0.99).objective(MASS.astype(int), MASS)
    raw = np.array([-2.0, 0.0, 3.0])
    acting = 1 / (1 + np.exp(-raw))
    for decision, regret in ((1, 1 - acting), (0, acting)):
        assert objective.value(np.full(3, decision), raw) == pytest.approx(regret, abs=0.04)


def part(gain: list[float] | None) -> Part:
    y = np.array([1, 1, 0, 0])
    return Part(X=np.zeros((4, 1)), y=y, gain=None if gain is None else np.array(gain))


def test_rows_have_the_right_decision_as_class_and_count_by_what_is_at_stake():
    given = part([30.0, -2.0, -4.0, -4.0])
    rows = Resampled(X=np.zeros((5, 1)), y=np.array([1, 1, 0, 0, 1]), source=np.array([0, 1, 2, 3, -1]))
    made, weight = targeted(given, rows, None, "targeting")
    assert made.y.tolist() == [1, 0, 0, 0, 1]  # the second positive is not worth it; the synthetic row is 14
    assert weight == pytest.approx(np.array([30, 2, 4, 4, 14]) * 5 / 54)
    _, doubled = targeted(given, rows, np.array([2.0, 1, 1, 1, 1]), "targeting")
    assert doubled == pytest.approx(np.array([60, 2, 4, 4, 14]) * 5 / 84)


def test_the_money_by_the_weighted_rows_is_the_regret():
    """Regret = oracle profit - profit, and 0 for the oracle."""
    rng = np.random.default_rng(1)
    gain = rng.normal(size=200) * 10
    given = Part(X=np.zeros((200, 1)), y=rng.integers(0, 2, 200), gain=gain)
    rows = Resampled(X=given.X, y=given.y, source=np.arange(200))
    made, weight = targeted(given, rows, None, "targeting")
    decided = rng.integers(0, 2, 200)
    regret = gain[gain > 0].sum() - gain[decided == 1].sum()
    assert (weight * (decided != made.y)).sum() * np.abs(gain).mean() == pytest.approx(regret)


@pytest.mark.parametrize(("gain", "code"), [(None, "needs-price"), ([0.0] * 4, "nothing-at-stake")])
def test_without_money_there_is_nothing_to_learn(gain, code):
    rows = Resampled(X=np.zeros((4, 1)), y=np.array([1, 1, 0, 0]), source=np.arange(4))
    with pytest.raises(NotApplicableError) as caught:
        targeted(part(gain), rows, None, "targeting")
    assert caught.value.code == code


def table(n: int = 1200, seed: int = 0) -> pd.DataFrame:
    """Positives that are easy to find are worth little, those that are hard to find much."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=n), rng.normal(size=n)
    y = rng.random(n) < 1 / (1 + np.exp(2.2 - 1.2 * a))
    value = np.where(b > 0.5, 60.0, 2.0) * rng.uniform(0.8, 1.2, n)
    return pd.DataFrame({"a": a, "b": b, "target": y.astype(int), "value": value})


def test_trees_are_those_of_log_loss_weighted_by_costs_where_only_the_class_matters():
    data = load_dataset(table().drop(columns="value"), target="target")
    gain = np.where(data.y == 1, 9.0, -1.0)

    def proba(recipe: str, weight: np.ndarray | None) -> np.ndarray:
        space = Workspace(
            Part(X=data.X, y=data.y, weight=weight, gain=gain),
            data.X,
            layout=data.layout,
            n_classes=2,
            seed=3,
        )
        learner = parse_learner("lightgbm(n_estimators=20)")
        trained = train(space, parse_recipe(recipe), "lightgbm", learner.build())
        return trained.predict_proba(space.picture("lightgbm", learner.build(), "target"))

    by_cost = np.abs(gain) / np.abs(gain).mean()
    weighted = proba("weighted_cross_entropy(power=0)", by_cost)
    np.testing.assert_allclose(proba("targeting", None), weighted, rtol=1e-10)


def test_it_earns_more_where_value_depends_on_the_row():
    frame = table()
    report = compare(
        frame,
        target="target",
        methods=["targeting"],
        learners="lightgbm(n_estimators=40)",
        value_column="value",
        cost_fp=4,
        repeats=1,
        jobs=1,
    )
    rows = {row.recipe: row for row in report.comparison.methods}
    better = {name for name, row in rows.items() if row.rank and row.rank < rows["targeting"].rank}
    assert better <= {"expected_gain", "sigmoid+expected_gain"}  # these know the value of the row they decide
    assert rows["targeting"].versus_nothing["profit"].mean > 0


def test_a_comparison_without_a_price_says_what_it_needs():
    report = compare(
        table(300),
        target="target",
        methods=["targeting"],
        learners="lightgbm(n_estimators=5)",
        repeats=1,
        jobs=1,
    )
    row = next(r for r in report.comparison.methods if r.recipe == "targeting")
    assert (row.status, row.reason) == (
        "not-applicable",
        "targeting needs decisions counted in money, such as --cost-fn 10 --cost-fp 1",
    )


def test_a_fitted_model_needs_no_money_columns(tmp_path):
    frame = table(500)
    model = fit(
        frame, target="target", recipe="targeting+threshold", learner="lightgbm(n_estimators=10)",
        value_column="value", cost_fp=4,
    )  # fmt: skip
    model.save(tmp_path / "m.imb")
    assert len(model.predict(frame[["a", "b"]])) == 500


def test_fit_without_a_price_is_refused():
    data = load_dataset(table(200).drop(columns="value"), target="target")
    with pytest.raises((NotApplicableError, UsageError), match="counted in money"):
        fit_recipe(data, parse_recipe("targeting"), parse_learner("lightgbm"))


def test_several_classes_are_refused():
    with pytest.raises(NotApplicableError, match="two classes"):
        TargetingLoss().objective(np.array([5, 4, 3]), np.array([5.0, 4, 3]))


@pytest.mark.parametrize("sharp", [0.0, 0.9])
def test_networks_are_given_its_gradient(sharp):
    torch = pytest.importorskip("torch")
    from imbtool.learners.torch.losses import FromLoss
    from imbtool.learners.torch.plan import Batch

    rng = np.random.default_rng(2)
    y, raw = rng.integers(0, 2, 50), torch.tensor(rng.normal(size=50), requires_grad=True)
    loss = FromLoss(TargetingLoss(sharp))(MASS.astype(int), MASS)
    objective = TargetingLoss(sharp).objective(MASS.astype(int), MASS)
    at = torch.arange(50)
    rows = Batch(y=torch.tensor(y), position=at, features=raw, epoch=0, step=0, real=50, link="softmax")
    value = loss.rows(raw, rows)
    (gradient,) = torch.autograd.grad(value.sum(), raw)
    assert value.detach().numpy() == pytest.approx(objective.value(y, raw.detach().numpy()), rel=1e-5)
    assert gradient.numpy() == pytest.approx(objective.derivatives(y, raw.detach().numpy())[0], rel=1e-4)
