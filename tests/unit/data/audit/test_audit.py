"""Leaks that the table itself shows: planted ones are found, innocent tables are left alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE

from imbtool.data.audit import audit, find_copies
from imbtool.data.load import load_dataset


def table(n=600, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n, 5)), columns=list("abcde"))
    return frame.assign(y=(frame["a"] + rng.normal(0, 1, n) > 1.6).astype(int))


def found(frame, **options):
    dataset = load_dataset(frame, target="y", **options)
    return [f.code for f in audit(dataset, find_copies(dataset.X))]


def rows_of(frame):
    return frame["y"] == 1


def copied(frame):
    hit = frame[rows_of(frame)]
    return pd.concat([frame, hit, hit], ignore_index=True)


def nearly_copied(frame):
    hit = frame[rows_of(frame)]
    noise = np.random.default_rng(1).normal(0, 1e-5, (len(hit), 5))
    return pd.concat([frame, hit.assign(**{c: hit[c] + noise[:, i] for i, c in enumerate("abcde")})])


def synthetic(frame):
    X, y = SMOTE(random_state=0).fit_resample(frame[list("abcde")], frame["y"])
    return X.assign(y=y)


def shop_means(frame, shrink=0.0, own=True):
    shop = pd.Series(np.random.default_rng(2).integers(0, 60, len(frame)))
    k, n = (frame["y"].groupby(shop).transform(how) for how in ("sum", "size"))
    if not own:
        k, n = k - frame["y"], n - 1
    return frame.assign(shop=[f"s{i}" for i in shop], rate=(k + shrink * 0.1) / (n + shrink))


def shop_totals(frame, *, own, as_text=True):
    shop = pd.Series(np.random.default_rng(2).integers(0, 60, len(frame)))
    total = frame["y"].groupby(shop).transform("sum") - (0 if own else frame["y"])
    return frame.assign(shop=[f"s{i}" for i in shop] if as_text else shop, claims=total)


def pure_code(frame):
    rng = np.random.default_rng(3)
    code = np.where(rows_of(frame), rng.integers(0, 20, len(frame)), rng.integers(100, 200, len(frame)))
    return frame.assign(code=[f"b{i}" for i in code])


def region_means(frame):
    region = np.random.default_rng(6).integers(0, 4, len(frame))
    return frame.assign(rate=frame["y"].groupby(region).transform("mean"))


def nearly(frame):
    """Return the class but for one row in a hundred, of either class."""
    wrong = np.zeros(len(frame), dtype=bool)
    wrong[np.flatnonzero(rows_of(frame))[:1]] = True
    wrong[np.flatnonzero(~rows_of(frame))[:5]] = True
    return rows_of(frame).to_numpy() ^ wrong


def wide(frame):
    return np.random.default_rng(7).integers(100, 9000, len(frame))


def visits(frame):
    rng = np.random.default_rng(4)
    rows = frame.head(150).loc[np.repeat(np.arange(150), 4)].reset_index(drop=True)
    rows[list("abcde")] += rng.normal(0, 0.1, (len(rows), 5))
    return rows.assign(who=np.repeat(rng.permutation(150), 4))


@pytest.mark.parametrize(
    ("plant", "code"),
    [
        (copied, "copied-rows"),
        (nearly_copied, "nearly-copied-rows"),
        (synthetic, "synthetic-rows"),
        (shop_means, "gives-target-away"),
        (lambda frame: shop_means(frame, shrink=5.0), "gives-target-away"),
        (lambda frame: shop_means(frame, own=False), "gives-target-away"),
        (lambda frame: shop_totals(frame, own=True), "gives-target-away"),
        (lambda frame: shop_totals(frame, own=False), "gives-target-away"),
        (lambda frame: shop_totals(frame, own=True, as_text=False), "gives-target-away"),
        (pure_code, "gives-target-away"),
        (region_means, "gives-target-away"),
        (lambda frame: frame.assign(flag=nearly(frame)), "gives-target-away"),
        (lambda frame: frame.assign(closed=np.where(nearly(frame), 7.5, np.nan)), "gives-target-away"),
        (lambda frame: frame.assign(status=np.where(nearly(frame), "b", "a")), "gives-target-away"),
        (lambda frame: frame.assign(code=2 * wide(frame) + nearly(frame)), "gives-target-away"),
        (lambda frame: frame.assign(code=10 * wide(frame) + 7 - 4 * nearly(frame)), "gives-target-away"),
        (visits, "looks-like-group"),
    ],
)
def test_a_leak_in_the_table_is_found_and_nothing_else(plant, code):
    codes = set(found(plant(table())))
    assert codes == {code}


def test_the_warning_names_the_flag_and_what_it_tells():
    frame = table()
    dataset = load_dataset(frame.assign(code=2 * wide(frame) + nearly(frame)), target="y")
    (warning,) = audit(dataset, find_copies(dataset.X))
    assert warning.column == "code"
    assert warning.message.startswith("Of 'code', whether it is odd tells class '1' from the others")
    assert "--drop code" in warning.message.replace("'", "")


def test_a_flag_that_is_wrong_in_some_rows_of_a_hundred_is_a_feature():
    frame = table(1500)
    hit = np.flatnonzero(rows_of(frame))
    flag = rows_of(frame).to_numpy().copy()
    flag[hit[: len(hit) // 20]] = False
    assert found(frame.assign(flag=flag)) == []
    assert found(frame.assign(flag=np.where(flag, 3.0, np.nan))) == []
    assert found(frame.assign(code=2 * wide(frame) + flag)) == []


def test_a_perfect_column_is_told_once():
    frame = table()
    codes = found(frame.assign(copy=frame["y"]))
    assert codes == []
    dataset = load_dataset(frame.assign(copy=frame["y"]), target="y")
    assert [f.column for f in dataset.findings if f.code == "gives-target-away"] == ["copy"]


def timed(frame):
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(frame)), unit="h")
    return frame.assign(at=at)


def moving(series, rows, **how):
    return series.rolling(rows, min_periods=1, **how).mean()


def filled_later(frame):
    early = np.arange(len(frame)) < 0.7 * len(frame)
    drawn = np.random.default_rng(5).integers(0, 2, len(frame))
    return frame.assign(outcome=np.where(early, frame["y"], drawn))


def closed(frame):
    late = frame["at"] + pd.Timedelta(days=3)
    return frame.assign(closed=late.where(rows_of(frame) | (np.arange(len(frame)) % 40 == 0)))


@pytest.mark.parametrize(
    ("plant", "code"),
    [
        (lambda f: f.assign(next=f["y"].shift(-1, fill_value=0) * 2.5), "later-target"),
        (lambda f: f.assign(rate=moving(f["y"], 3, center=True)), "later-target"),
        (lambda f: f.assign(rate=7 - 2 * moving(f["y"], 10)), "later-target"),
        (lambda f: f.assign(ahead=moving(f["y"][::-1], 5)[::-1]), "later-target"),
        (lambda f: f.assign(ahead=moving(f["y"][::-1], 4)[::-1].shift(-1).fillna(0.0)), "later-target"),
        (lambda f: f.assign(so_far=f["y"].expanding().mean()), "later-target"),
        (filled_later, "backfilled"),
        (closed, "later-date"),
    ],
)
def test_information_from_the_future_is_found_under_time(plant, code):
    frame = plant(timed(table(1500)))
    assert code in found(frame, time="at")
    assert code not in found(frame, drop=["at"])


def test_the_past_is_no_leak():
    frame = timed(table())
    frame = frame.assign(before=frame["y"].shift(1, fill_value=0), lag=frame["b"].shift(1).fillna(0.0))
    planned = frame["at"] + pd.to_timedelta(np.random.default_rng(6).integers(1, 30, len(frame)), unit="D")
    frame = frame.assign(due=planned)
    past = frame["y"].shift(1, fill_value=0)
    lags = {f"last{rows}": moving(past, rows) for rows in (2, 3, 7, 30)}
    frame = frame.assign(**lags, before_that=past.expanding().mean(), sum=past.cumsum())
    assert not found(frame, time="at")


def test_counts_that_are_not_the_targets_are_left_alone():
    frame = table()
    shop = pd.Series(np.random.default_rng(2).integers(0, 60, len(frame)))
    other = pd.Series(np.random.default_rng(3).integers(0, 2, len(frame)))
    frame = frame.assign(
        shop=shop, visits=other.groupby(shop).transform("sum"), size=shop.map(shop.value_counts())
    )
    assert not found(frame)


def test_a_table_of_few_values_repeats_itself_and_is_not_accused():
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.integers(0, 3, (2000, 4)), columns=list("abcd"))
    frame = frame.assign(y=((frame["a"] == 2) & (rng.random(2000) < 0.3)).astype(int))
    dataset = load_dataset(frame, target="y")
    copies = find_copies(dataset.X)
    assert copies.repeated.mean() > 0.9
    assert not copies.isolated.any()
    assert not audit(dataset, copies)


def test_a_whole_number_measurement_is_no_group():
    rng = np.random.default_rng(8)
    size = rng.integers(1, 120, 1200)
    parts = {name: size * k + rng.normal(0, 3, 1200) for k, name in enumerate(("u", "v", "w"), start=1)}
    assert not found(
        pd.DataFrame({"size": size, **parts, "y": (size + rng.normal(0, 30, 1200) > 115).astype(int)})
    )


def test_equal_rows_are_those_that_numpy_finds():
    rng = np.random.default_rng(9)
    X = rng.integers(0, 4, (400, 5)).astype(float)
    X[rng.random(X.shape) < 0.1] = np.nan
    X[X == 0] = np.where(rng.random((X == 0).sum()) < 0.5, 0.0, -0.0)
    copies = find_copies(X)
    _, value, times = np.unique(
        np.nan_to_num(X, nan=-9.0) + 0.0, axis=0, return_inverse=True, return_counts=True
    )
    assert (copies.repeated == (times > 1)[value.ravel()]).all()
    pairs = {(int(a), int(b)) for a, b in zip(value.ravel(), copies.value, strict=True)}
    assert len(pairs) == len(times)
