"""Splits: every row tested once, classes spread, groups whole, time in order."""

from dataclasses import replace

import numpy as np
import pytest

from imbtool.core.errors import DataError, UsageError
from imbtool.core.types import Layout
from imbtool.data.dataset import Dataset
from imbtool.data.schema import Schema
from imbtool.data.splits import inner_splits, outer_splits, resolve_folds


def dataset(y, **roles):
    y = np.asarray(y, dtype=np.int64)
    classes = tuple(str(k) for k in range(int(y.max()) + 1))
    return Dataset(
        name="d",
        source="memory",
        X=np.zeros((len(y), 1)),
        layout=Layout(names=("x",), levels=(0,)),
        y=y,
        classes=classes,
        target="y",
        task="binary" if len(classes) == 2 else "multiclass",
        schema=Schema(columns=()),
        fingerprint="",
        **roles,
    )


def rare(n=103, n_pos=7):
    return np.random.default_rng(0).permutation((np.arange(n) < n_pos).astype(int))


def test_every_row_is_tested_once_in_every_repeat_and_never_trained_on_at_once():
    data = dataset(rare())
    splits, notes = outer_splits(data, folds=5, repeats=3, seed=1)
    assert [(s.repeat, s.fold) for s in splits] == [(r, f) for r in range(3) for f in range(5)]
    for repeat in range(3):
        tested = np.concatenate([s.test for s in splits if s.repeat == repeat])
        assert np.array_equal(np.sort(tested), np.arange(data.n_rows))
    for split in splits:
        assert np.array_equal(np.union1d(split.train, split.test), np.arange(data.n_rows))
        assert not np.intersect1d(split.train, split.test).size
    assert notes == ()


@pytest.mark.parametrize("counts", [(100, 7), (50, 50, 3), (9, 9, 9, 2)])
def test_every_class_and_all_rows_are_spread_evenly(counts):
    y = np.repeat(np.arange(len(counts)), counts)
    splits, _ = outer_splits(dataset(y), folds=5, repeats=4, seed=0)
    for label in range(len(counts)):
        tested = [int((y[s.test] == label).sum()) for s in splits]
        assert max(tested) - min(tested) <= 1
    sizes = [len(s.test) for s in splits]
    assert max(sizes) - min(sizes) <= 1


def test_the_same_seed_gives_the_same_splits_and_repeats_differ():
    def tests(seed):
        return [tuple(s.test) for s in outer_splits(dataset(rare()), folds=4, repeats=2, seed=seed)[0]]

    assert tests(5) == tests(5) != tests(6)
    assert set(tests(5)[:4]) != set(tests(5)[4:])


def test_later_repeats_do_not_change_earlier_ones():
    few = outer_splits(dataset(rare()), folds=4, repeats=1, seed=5)[0]
    many = outer_splits(dataset(rare()), folds=4, repeats=3, seed=5)[0]
    assert all(np.array_equal(a.test, b.test) for a, b in zip(few, many, strict=False))


def test_classes_smaller_than_the_folds_are_noted_when_there_are_several():
    _, notes = outer_splits(dataset(np.repeat([0, 1, 2], [50, 20, 2])), folds=5, repeats=1, seed=0)
    assert "'2'" in notes[0]


def test_groups_are_never_split():
    rng = np.random.default_rng(0)
    group = rng.integers(0, 30, 400)
    y = (rng.random(400) < 0.1 + 0.2 * (group % 3 == 0)).astype(int)
    splits, _ = outer_splits(dataset(y, group=group), folds=4, repeats=2, seed=0)
    assert len(splits) == 8
    for split in splits:
        assert not np.intersect1d(group[split.train], group[split.test]).size
        assert y[split.test].any()


def test_positives_in_one_group_cannot_be_split():
    group = np.repeat(np.arange(5), 20)
    with pytest.raises(DataError, match="with every class in both parts") as caught:
        outer_splits(dataset((group == 0).astype(int), group=group), folds=5, repeats=1, seed=0)
    assert caught.value.code == "too-few-splits"


def time_data(seed=0, n=300, ties=7):
    rng = np.random.default_rng(seed)
    time = rng.integers(0, n // ties, n).astype(float)
    return time, (rng.random(n) < 0.15).astype(int)


def test_no_training_row_is_later_than_a_test_row_and_ties_stay_together():
    time, y = time_data()
    splits, notes = outer_splits(dataset(y, time=time), folds=5, repeats=3, seed=0)
    assert len(splits) == 5
    for split in splits:
        assert time[split.train].max() < time[split.test].min()
    tested = np.concatenate([s.test for s in splits])
    assert len(np.unique(tested)) == len(tested)
    assert any("repeats are not used" in note for note in notes)


def test_the_training_window_expands_and_test_parts_are_alike_in_size():
    time, y = np.arange(600.0), np.tile([0, 0, 0, 0, 1], 120)
    splits, _ = outer_splits(dataset(y, time=time), folds=5, repeats=1, seed=0)
    assert [len(s.train) for s in splits] == [100, 200, 300, 400, 500]
    assert [len(s.test) for s in splits] == [100] * 5


def test_rare_rows_that_come_late_still_reach_every_test_part():
    time = np.arange(600.0)
    y = ((time > 400) & (time % 10 == 0)).astype(int)
    splits, _ = outer_splits(dataset(y, time=time), folds=4, repeats=1, seed=0)
    assert all(y[s.test].any() and y[s.train].any() for s in splits)
    assert len(splits) == 4


def test_with_time_and_groups_neither_is_violated():
    time, y = time_data()
    group = np.random.default_rng(1).integers(0, 60, len(y))
    splits, notes = outer_splits(dataset(y, time=time, group=group), folds=4, repeats=1, seed=0)
    left = np.mean([len(split.train) for split in splits])
    before = np.mean([(time < time[split.test].min()).sum() for split in splits])
    assert f"Training parts have {left:,.0f} rows on average, of {before:,.0f} that are earlier" in " ".join(
        notes
    )
    for split in splits:
        assert time[split.train].max() < time[split.test].min()
        assert not np.intersect1d(group[split.train], group[split.test]).size


def test_groups_that_do_not_come_again_leave_nothing_to_tell():
    time, y = time_data()
    _, notes = outer_splits(dataset(y, time=time, group=np.arange(len(y))), folds=4, repeats=1, seed=0)
    assert not any("Training parts" in note for note in notes)


@pytest.mark.parametrize(("n_pos", "folds"), [(50, 5), (5, 5), (3, 3), (2, 2)])
def test_the_default_number_of_folds_follows_the_positives(n_pos, folds):
    got, notes = resolve_folds(dataset(rare(100, n_pos)), None)
    assert got == folds
    assert bool(notes) == (folds < 5)


def test_the_default_stays_with_several_classes_and_follows_groups_and_times():
    y = np.repeat([0, 1, 2], [50, 20, 2])
    assert resolve_folds(dataset(y), None) == (5, ())
    assert resolve_folds(dataset(y, group=np.arange(72) % 3), None)[0] == 3
    assert resolve_folds(dataset(y, time=(np.arange(72) % 4).astype(float)), None)[0] == 3


def test_more_folds_than_the_data_allow_are_refused_with_the_numbers():
    with pytest.raises(DataError, match="Class '1' has 3 rows, fewer than the 5 folds") as caught:
        resolve_folds(dataset(rare(100, 3)), 5)
    assert (caught.value.code, caught.value.hint) == (
        "class-smaller-than-folds",
        "Use --folds 3, or add rows of this class.",
    )
    with pytest.raises(DataError, match="Class '2' has 2 rows"):
        resolve_folds(dataset(np.repeat([0, 1, 2], [50, 20, 2])), 3)
    with pytest.raises(DataError, match="3 groups") as caught:
        resolve_folds(dataset(rare(), group=np.arange(103) % 3), 4)
    assert caught.value.code == "groups-fewer-than-folds"
    assert resolve_folds(dataset(rare(100, 10)), 10) == (10, ())


def test_one_fold_is_no_split():
    with pytest.raises(UsageError, match="at least 2"):
        resolve_folds(dataset(rare()), 1)


def test_inner_splits_mirror_the_outer_ones():
    y = rare(200, 20)
    pairs = inner_splits(y, folds=4, seed=0)
    assert np.array_equal(np.sort(np.concatenate([v for _, v in pairs])), np.arange(200))
    assert {int(y[v].sum()) for _, v in pairs} == {5}
    group = np.arange(200) // 8
    for train, valid in inner_splits(y, folds=4, seed=0, group=group):
        assert not np.intersect1d(group[train], group[valid]).size
    time = np.arange(200.0)
    for train, valid in inner_splits(y, folds=4, seed=0, time=time):
        assert train.max() < valid.min()


@pytest.mark.parametrize(
    "roles",
    [
        {},
        {"group": np.zeros(12, int)},
        {"group": np.arange(12) % 2},
        {"time": np.zeros(12)},
        {"time": np.arange(12.0)},
    ],
)
@pytest.mark.parametrize("n_pos", [1, 2])
def test_inner_splits_never_fail_on_tiny_parts(roles, n_pos):
    y = (np.arange(12) < n_pos).astype(int)
    pairs = inner_splits(y, folds=5, seed=0, **roles)
    assert pairs
    for train, valid in pairs:
        assert len(train)
        assert len(valid)
        assert not np.intersect1d(train, valid).size


def test_splits_do_not_depend_on_the_features():
    data = dataset(rare())
    other = replace(data, X=np.ones((data.n_rows, 3)))
    for a, b in zip(*(outer_splits(d, folds=3, repeats=1, seed=0)[0] for d in (data, other)), strict=True):
        assert np.array_equal(a.test, b.test)
