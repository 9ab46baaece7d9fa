"""Weighting against sampling, and cooldown, for a small network: variance, speed, over-fitting, quality.

The questions of Li et al. (NAACL 2025, arXiv 2410.04579) on tables. Needs the extra ``torch``.

Variance: the gradients of all training rows, one by one, at three points of a plain training; from them the
exact variance of a single draw by weighting and by sampling at the same temperature, the formula of the gap,
and the variance of mini-batches that the schedules really make. The rest: networks of all recipes and folds
train together, and are judged on the test fold after every epoch.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student

from benchmarks.shared import path_of, target_of

SETS = (
    "mammography",
    "oil_spill",
    "satimage_c4",
    "abalone19",
    "thyroid_sick",
    "page_blocks0",
    "seismic_bumps",
    "yeast6",
)
TAUS = (2.0, 5.0, 100.0)
RECIPES = (
    "none",
    "scalarization(tau=5)",
    "temperature_batches(tau=5)",
    "cooldown(tau=5)",
    "scalarization(tau=100)",
    "temperature_batches(tau=100)",
    "cooldown(tau=100)",
    "balanced_batches",
)
PAIRS = (
    ("scalarization(tau=5)", "temperature_batches(tau=5)", 5.0),
    ("scalarization(tau=100)", "temperature_batches(tau=100)", 100.0),
)
MOST_ROWS, FOLDS, EPOCHS, BATCH = 2000, 3, 24, 64


@dataclass(frozen=True, kw_only=True, eq=False)
class Data:
    """Rows of a data set, at most `MOST_ROWS` of them."""

    name: str
    X: Any
    y: Any
    layout: Any


def load(name: str) -> Data:
    from imbtool.data.load import load_dataset

    found = load_dataset(str(path_of(name)), target=target_of(name), max_rows=MOST_ROWS, seed=0)
    return Data(name=name, X=found.X, y=found.y, layout=found.layout)


def learner() -> Any:
    from imbtool.learners.torch import TorchLearner

    return TorchLearner(
        epochs=EPOCHS,
        width=32,
        depth=2,
        batch_size=BATCH,
        learning_rate=0.002,
        weight_decay=0.05,
        dropout=0.0,
        device="cpu",
    )


def parts(recipe: str) -> tuple[Any, Any]:
    """Return what a recipe asks for: a schedule, and a function of the classes that weighs the rows."""
    from imbtool.recipe.parser import parse_recipe

    spec = parse_recipe(recipe)
    schedule, weigher = spec.one("schedule"), spec.one("reweighter")
    return schedule and schedule.build(), weigher and weigher.build()


def plan_of(data: Data, rows: Any, recipe: str, seed: int, *, double: bool = False) -> Any:
    """Return the plan of a network; its loss starts at the class shares of the rows whatever they weigh."""
    from imbtool.learners.torch.losses import FromLoss

    made = learner()
    made.double = double
    schedule, weigher = parts(recipe)
    view = made.view(data.X[rows], data.layout)
    table = made.prepare(view.transform(data.X), data.y, view=view, n_classes=2)
    y = data.y[rows]
    plan = made.plan(
        table,
        rows,
        y,
        view=view,
        n_present=2,
        sample_weight=None if weigher is None else weigher.fit_weight(None, y),
        schedule=schedule,
        random_state=seed,
    )
    return replace(plan, loss=lambda counts, _: FromLoss()(counts, counts.astype(np.float64)))


# --- variance -----------------------------------------------------------------------------------------


def row_gradients(plan: Any, theta: Any) -> Any:
    """Return the gradient of each training row's loss, shape (n, P): each row is a network of its own."""
    import torch

    found = []
    for at in np.array_split(np.arange(len(plan.train.y)), max(1, len(plan.train.y) // 500)):
        own = torch.as_tensor(theta).expand(len(at), -1).clone().requires_grad_(True)
        rows = plan.table.take(torch.as_tensor(plan.train.index[at])[:, None])
        raw = plan.network.forward(own, rows).raw[:, 0]
        sign = torch.as_tensor(2.0 * plan.train.y[at] - 1.0)
        loss = torch.nn.functional.softplus(-sign * raw).sum()
        found.append(torch.autograd.grad(loss, own)[0].numpy())
    return np.concatenate(found)


def points(data: Data, seed: int) -> tuple[Any, list[tuple[str, Any]]]:
    """Return a plain plan and its parameters at the start, after a tenth and at the end of training."""
    from imbtool.learners.torch.crew import Crew
    from imbtool.learners.torch.member import Member

    plan = plan_of(data, np.arange(len(data.y)), "none", seed, double=True)
    crew, found = Crew([Member(plan, 0)]), []
    names = {0: "start", max(1, EPOCHS // 10): "tenth", EPOCHS: "end"}
    for epoch in range(EPOCHS + 1):
        if epoch in names:
            found.append((names[epoch], crew.theta[0].clone()))
        if epoch < EPOCHS:
            crew.run_epoch()
    return plan, found


def measured(gradients: Any, y: Any, tau: float, seed: int, *, epochs: int = 12) -> tuple[float, float]:
    """Return the variance, times the batch size, of batches as weighting and as sampling make them."""
    from imbtool.methods.reweight.scalarization import Scalarization
    from imbtool.methods.schedule.temperature_batches import TemperatureBatches

    weight = Scalarization(tau).fit_weight(None, y)
    feed = TemperatureBatches(tau).feed(y, batch_size=BATCH, n_epochs=epochs, random_state=seed)
    rng = np.random.default_rng(seed)
    whole = len(y) // BATCH * BATCH
    means: list[list[Any]] = [[], []]
    for epoch in range(epochs):
        for kind, order in enumerate((rng.permutation(len(y)), feed.epoch(epoch).rows)):
            for rows in order[:whole].reshape(-1, BATCH):
                factor = weight[rows] if kind == 0 else np.ones(BATCH)
                means[kind].append(factor @ gradients[rows] / BATCH)
    target = weight @ gradients / len(y)
    found = [BATCH * float(np.mean(((np.stack(part) - target) ** 2).sum(axis=1))) for part in means]
    return found[0], found[1]


def variances(data: Data, seed: int) -> list[dict[str, Any]]:
    """Return one row a temperature and point of training."""
    from imbtool.methods.temperature import class_shares, class_weights, inflation, variance_gap

    plan, found = points(data, seed)
    y, rows = plan.train.y, []
    counts = np.bincount(y)
    for point, theta in found:
        gradients = row_gradients(plan, theta)
        squared = (gradients**2).sum(axis=1)
        norms = [float(squared[y == k].mean()) for k in (0, 1)]
        for tau in TAUS:
            w, p = class_weights(counts, tau)[y], (class_shares(counts, tau) / counts)[y]
            mean = p @ gradients
            exact = [float((w**2 * squared).mean() - mean @ mean), float(p @ squared - mean @ mean)]
            got = measured(gradients, y, tau, seed)
            gap = variance_gap(counts, tau, norms)
            if not np.isclose(exact[0] - exact[1], gap, rtol=1e-9, atol=1e-12):
                raise AssertionError(f"{data.name}: the gap is {exact[0] - exact[1]}, the formula {gap}")
            rows.append(
                {
                    "data": data.name,
                    "point": point,
                    "tau": tau,
                    "F": inflation(counts, tau),
                    "norms": norms[1] / norms[0],
                    "exact": exact[0] / exact[1],
                    "measured": got[0] / got[1],
                    "gap": gap,
                    "measured_gap": got[0] - got[1],
                }
            )
    return rows


# --- training -----------------------------------------------------------------------------------------


def curves(data: Data) -> dict[str, Any]:
    """Return by recipe the measures after every epoch, shape (folds, epochs, measures)."""
    from sklearn.model_selection import StratifiedKFold

    from imbtool.learners.torch.crew import Crew
    from imbtool.learners.torch.member import Member

    plans, tests = [], []
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(data.X, data.y))
    for recipe in RECIPES:
        for number, (rows, test) in enumerate(folds):
            plans.append(plan_of(data, rows, recipe, number))
            tests.append(test)
    crew = Crew([Member(plan, number) for number, plan in enumerate(plans)])
    found = np.zeros((len(plans), EPOCHS, len(MEASURES)))
    for epoch in range(EPOCHS):
        crew.run_epoch()
        order = [member.number for member in crew.members]
        places = list(range(len(order)))
        train = crew.raw(places, [plans[i].train.index for i in order])
        scored = crew.raw(places, [tests[i] for i in order])
        for i, raw_train, raw_test in zip(order, train, scored, strict=True):
            found[i, epoch] = judged(plans[i].train.y, raw_train, data.y[tests[i]], raw_test)
    return {r: found[i * FOLDS : (i + 1) * FOLDS] for i, r in enumerate(RECIPES)}


MEASURES = ("pr_auc", "log_loss", "frequent", "rare", "rare_train")


def judged(y_train: Any, raw_train: Any, y: Any, raw: Any) -> tuple[float, ...]:
    """Return PR-AUC, log loss, log loss of either class, and that of the rare class in training."""
    from sklearn.metrics import average_precision_score

    loss = np.logaddexp(0.0, -(2.0 * y - 1.0) * raw)
    train = np.logaddexp(0.0, -raw_train[y_train == 1])
    return (
        float(average_precision_score(y, raw)),
        float(loss.mean()),
        float(loss[y == 0].mean()),
        float(loss[y == 1].mean()),
        float(train.mean()),
    )


def objective(curve: Any, counts: Any, tau: float) -> Any:
    """Return the test loss that weighting and sampling at a temperature both stand for, by epoch."""
    from imbtool.methods.temperature import class_shares

    share = class_shares(counts, tau)
    both = np.stack([curve[:, :, MEASURES.index(name)] for name in ("frequent", "rare")])
    return np.tensordot(share, both, axes=1).mean(axis=0)


def first_below(curve: Any, level: float) -> float:
    """Return the epoch, counted from 1, in which a curve first lies below a level; infinity if never."""
    places = np.flatnonzero(curve <= level)
    return float(places[0] + 1) if len(places) else np.inf


# --- tables -------------------------------------------------------------------------------------------


def interval(values: Any) -> str:
    """Return a mean over data sets with its 95 % interval."""
    values = np.asarray(values, dtype=np.float64)
    half = student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return f"{values.mean():+.3f} [{values.mean() - half:+.3f}, {values.mean() + half:+.3f}]"


def variance_tables(rows: list[dict[str, Any]]) -> list[str]:
    text = [
        "| tau | point | measured ratio | exact ratio | F | rare / frequent norm | gap measured / formula |",
        "|---|---|---|---|---|---|---|",
    ]
    for tau in TAUS:
        for point in ("start", "tenth", "end"):
            own = [r for r in rows if r["tau"] == tau and r["point"] == point]

            def middle(key: str, own: list[dict[str, Any]] = own) -> str:
                values = np.log([r[key] for r in own])
                half = student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
                low, mid, high = np.exp([values.mean() - half, values.mean(), values.mean() + half])
                return f"{mid:.2f} [{low:.2f}, {high:.2f}]"

            ratio = np.mean([r["measured_gap"] / r["gap"] for r in own])
            text.append(
                f"| {tau:g} | {point} | {middle('measured')} | {middle('exact')} | {middle('F')} | "
                f"{middle('norms')} | {ratio:.2f} |"
            )
    return text


def variance_by_set(rows: list[dict[str, Any]]) -> list[str]:
    text = [
        "| data set | F(5) | "
        + " | ".join(f"{p}: measured, exact" for p in ("start", "tenth", "end"))
        + " |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(r["data"] for r in rows):
        own = [r for r in rows if r["data"] == name and r["tau"] == 5.0]
        cells = " | ".join(f"{r['measured']:.2f}, {r['exact']:.2f}" for r in own)
        text.append(f"| {name} | {own[0]['F']:.2f} | {cells} |")
    return text


def speed_table(found: dict[str, dict[str, Any]], counts: dict[str, Any]) -> list[str]:
    text = [
        "| tau | epochs, weighting | epochs, sampling | ratio | both on | final loss, sampling - weighting |",
        "|---|---|---|---|---|---|",
    ]
    for weighting, sampling, tau in PAIRS:
        pairs, last = [], []
        for name, curve in found.items():
            a, b = (objective(curve[r], counts[name], tau) for r in (weighting, sampling))
            level = min(a.min(), b.min()) + 0.05 * (max(a[0], b[0]) - min(a.min(), b.min()))
            pairs.append((first_below(a, level), first_below(b, level)))
            last.append(b[-1] - a[-1])
        both = [(a, b) for a, b in pairs if np.isfinite(a) and np.isfinite(b)]
        ratio = interval([a / b for a, b in both]) if len(both) > 1 else "-"
        text.append(
            f"| {tau:g} | {np.mean([a for a, _ in both]):.1f} | {np.mean([b for _, b in both]):.1f} | "
            f"{ratio} | {len(both)} of {len(pairs)} | {interval(last)} |"
        )
    return text


def quality_table(found: dict[str, dict[str, Any]]) -> list[str]:
    """Differences from nothing, at the end of training and at each recipe's best epoch."""
    text = [
        "| recipe | PR-AUC, end | log loss, end | PR-AUC, best | rare loss, end | rare: test - training |",
        "|---|---|---|---|---|---|",
    ]

    def end(name: str, recipe: str, measure: str) -> float:
        return float(found[name][recipe][:, -1, MEASURES.index(measure)].mean())

    def best(name: str, recipe: str) -> float:
        return float(found[name][recipe][:, :, 0].mean(axis=0).max())

    for recipe in RECIPES:
        if recipe == "none":
            cells = [f"{np.mean([end(n, recipe, m) for n in found]):.3f}" for m in ("pr_auc", "log_loss")] + [
                f"{np.mean([best(n, recipe) for n in found]):.3f}"
            ]
            cells.append(f"{np.mean([end(n, recipe, 'rare') for n in found]):.3f}")
        else:
            cells = [
                interval([end(n, recipe, m) - end(n, "none", m) for n in found])
                for m in ("pr_auc", "log_loss")
            ] + [interval([best(n, recipe) - best(n, "none") for n in found])]
            cells.append(interval([end(n, recipe, "rare") - end(n, "none", "rare") for n in found]))
        gap = [end(n, recipe, "rare") - end(n, recipe, "rare_train") for n in found]
        text.append(f"| {recipe} | " + " | ".join(cells) + f" | {interval(gap)} |")
    return text


def cooldown_table(found: dict[str, dict[str, Any]]) -> list[str]:
    text = ["| tau | measure | cooldown - fixed sampling | cooldown - nothing |", "|---|---|---|---|"]
    for tau in ("5", "100"):
        for measure in ("pr_auc", "log_loss", "rare"):
            at = MEASURES.index(measure)
            ends = {
                r: np.array([found[n][r][:, -1, at].mean() for n in found])
                for r in (f"cooldown(tau={tau})", f"temperature_batches(tau={tau})", "none")
            }
            hot, fixed, none = ends.values()
            text.append(f"| {tau} | {measure} | {interval(hot - fixed)} | {interval(hot - none)} |")
    return text


def by_set(found: dict[str, dict[str, Any]], counts: dict[str, Any]) -> list[str]:
    text = [
        "| data set | rows | rare | " + " | ".join(RECIPES) + " |",
        "|---|---|---|" + "---|" * len(RECIPES),
    ]
    for name, curve in found.items():
        cells = " | ".join(f"{curve[r][:, -1, 0].mean():.3f}" for r in RECIPES)
        text.append(f"| {name} | {counts[name].sum()} | {counts[name].min()} | {cells} |")
    return text


def repeats_table(counts: dict[str, Any]) -> list[str]:
    from imbtool.methods.temperature import expected_repeats

    text = ["| data set | rare rows in training | tau 1 | tau 5 | tau 100 |", "|---|---|---|---|---|"]
    for name, n in counts.items():
        train = np.floor(n * (FOLDS - 1) / FOLDS)
        times = [expected_repeats(train, tau, int(train.sum()) * EPOCHS)[1] for tau in (1.0, 5.0, 100.0)]
        text.append(f"| {name} | {int(train[1])} | " + " | ".join(f"{t:.0f}" for t in times) + " |")
    return text


def report(rows: list[dict[str, Any]], found: dict[str, dict[str, Any]], counts: dict[str, Any]) -> str:
    sections = {
        "Variance of the gradient: weighting over sampling": variance_tables(rows),
        "The same at tau = 5, by data set": variance_by_set(rows),
        "Speed: epochs until 95 % of the way to the least loss": speed_table(found, counts),
        "Quality: differences from nothing": quality_table(found),
        "Cooldown against fixed temperature and against nothing": cooldown_table(found),
        "PR-AUC at the end of training": by_set(found, counts),
        "How often a rare row is seen": repeats_table(counts),
    }
    return "\n".join(f"## {title}\n\n" + "\n".join(lines) + "\n" for title, lines in sections.items())


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks torch_study", description=__doc__)
    parser.add_argument("sets", nargs="*", default=SETS, help="data sets of two classes")
    parser.add_argument("--output", help="write the tables to a file, anew after every data set")
    given = parser.parse_args(arguments)
    import torch

    torch.set_num_threads(1)
    began = time.process_time()
    rows, found, counts, text = [], {}, {}, ""
    for name in given.sets:
        data = load(name)
        counts[name] = np.bincount(data.y)
        rows += variances(data, seed=0)
        found[name] = curves(data)
        print(f"{name}: {counts[name]}, {time.process_time() - began:.0f} s of CPU so far", flush=True)
        text = report(rows, found, counts) if len(found) > 1 else ""
        if given.output and text:
            Path(given.output).write_text(text, encoding="utf-8")
    print(text)
    print(f"{time.process_time() - began:.0f} s of CPU")
    return 0
