"""The learning curve of a lead: two rows trained again on halves and quarters of the table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.seeds import derive_seed
from imbtool.data.splits import Split, inner_splits, stratified_folds
from imbtool.evaluation.errands import run_task
from imbtool.evaluation.outlook import Part
from imbtool.evaluation.plan import Candidate, tasks
from imbtool.evaluation.table import Table
from imbtool.recipe.parser import parse_learner, parse_recipe

if TYPE_CHECKING:
    from imbtool.core.types import IntArray
    from imbtool.data.dataset import Dataset
    from imbtool.engine import Engine, Limits
    from imbtool.evaluation.design import Design
    from imbtool.evaluation.scale import Scale

    Key = tuple[str, str]

CUTS = (2, 4)
"""The table is cut into so many parts, all of which are used."""
FEWEST = 10
"""Rows of the class of interest that a part needs."""


def measure(
    design: Design, lead: Key, rival: Key, scale: Scale, engine: Engine, limits: Limits
) -> tuple[Part, ...]:
    """Return the lead of one row over another on parts of the table.

    Each part is cross-validated once with the folds of the comparison. It costs twice the training of one
    repeat for the two rows. Parts with fewer than `FEWEST` rows of the class of interest are left out, as are
    all where decisions have a capacity: it counts rows of the whole table.

    Parameters
    ----------
    design : Design
    lead, rival : (learner, recipe)
    scale : Scale
    engine : Engine
    limits : Limits
    """
    price = design.options.price
    if price is not None and price.capacity:
        return ()
    splits, shares = _splits(design)
    if not splits:
        return ()
    whole = design.shared()
    shared = replace(whole, run=f"curve/{whole.run}", splits=tuple(splits))
    rows = [Candidate(parse_learner(name), parse_recipe(recipe)) for name, recipe in (lead, rival)]
    work = tasks(rows, [(split.repeat, split.fold) for split in splits])
    trials = [
        trial
        for outcome in engine.run(run_task, shared, work, limits)
        if not outcome.stopped
        for trial in outcome.value
        if trial.status == "ok"
    ]
    found = []
    for number, share in shares.items():
        table = Table(trial for trial in trials if trial.repeat == number)
        d = table.judged(lead, scale.metric) - table.judged(rival, scale.metric)
        found.append(Part(share=share, d=d if scale.greater_is_better else -d))
    return tuple(found)


def _splits(design: Design) -> tuple[list[Split], dict[int, float]]:
    """Return the splits of all parts, each part a repeat of its own, and the share of each."""
    splits: list[Split] = []
    shares: dict[int, float] = {}
    data = design.dataset
    for cut in CUTS:
        if data.counts[data.rare] < cut * max(FEWEST, design.folds):
            continue
        part_of = _parts(data, cut, design.options.seed)
        for part in range(cut):
            number = len(shares)
            rows = np.flatnonzero(part_of == part)
            shares[number] = 1.0 / cut
            splits += _cross(design, rows, number)
    return splits, shares


def _parts(data: Dataset, cut: int, seed: int) -> IntArray:
    """Return the part of each row: classes spread evenly, groups kept together."""
    drawn = derive_seed("curve", seed, cut)
    if data.group is None:
        return stratified_folds(data.y, cut, drawn)
    codes, place = np.unique(data.group, return_inverse=True)
    return np.asarray(np.random.default_rng(drawn).permutation(len(codes)) % cut)[place]


def _cross(design: Design, rows: IntArray, number: int) -> list[Split]:
    data = design.dataset
    pairs = inner_splits(
        data.y[rows],
        folds=design.folds,
        seed=derive_seed("curve", design.options.seed, "folds", number),
        group=None if data.group is None else data.group[rows],
        time=None if data.time is None else data.time[rows],
    )
    found = [
        Split(repeat=number, fold=fold, train=rows[train], test=rows[test])
        for fold, (train, test) in enumerate(pairs)
    ]
    return [s for s in found if all(len(np.unique(data.y[part])) > 1 for part in (s.train, s.test))]
