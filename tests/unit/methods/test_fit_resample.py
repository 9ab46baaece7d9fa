"""Samplers outside imbtool: imbalanced-learn's contract."""

import re

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from scipy import sparse
from sklearn.base import clone
from sklearn.tree import DecisionTreeClassifier

from imbtool import registry
from imbtool.core.errors import DataError
from imbtool.methods.resample.random_over import RandomOver
from imbtool.methods.resample.random_under import RandomUnder
from imbtool.methods.resample.smote import Smote
from imbtool.methods.resample.smote_enn import SmoteEnn
from imbtool.methods.resample.tomek import Tomek


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    n = 160
    data = pd.DataFrame(
        {
            "float": rng.normal(size=n),
            "int": rng.integers(0, 100, n),
            "nullable": pd.array(rng.integers(0, 9, n), dtype="Int64"),
            "category": pd.Categorical(rng.choice(["x", "y"], n), categories=["y", "x", "unused"]),
            "text": rng.choice(["u", "v", "w"], n),
            "flag": rng.random(n) < 0.5,
            "maybe": pd.array(rng.random(n) < 0.5, dtype="boolean"),
        }
    )
    for column in ("float", "nullable", "text", "maybe"):
        data.loc[rng.random(n) < 0.1, column] = None
    return data


@pytest.fixture
def target():
    return pd.Series(["no", "no", "no", "yes"] * 40, name="bought")


@pytest.mark.parametrize("sampler", [RandomOver(), RandomUnder(), Smote(), SmoteEnn(), Tomek()])
def test_frames_keep_columns_dtypes_and_labels(sampler, frame, target):
    before = frame.copy(deep=True)
    more, labels = clone(sampler).set_params(random_state=0).fit_resample(frame, target)
    pd.testing.assert_frame_equal(frame, before)
    assert list(more.columns) == list(frame.columns)
    assert list(more.dtypes) == list(frame.dtypes)
    assert labels.name == "bought"
    assert labels.dtype == target.dtype
    assert set(labels) == {"yes", "no"}
    assert list(more.index) == list(range(len(labels)))


def test_the_originals_come_first_and_unchanged(frame, target):
    more, labels = Smote(random_state=0).fit_resample(frame, target)
    pd.testing.assert_frame_equal(more.iloc[:160], frame)
    assert list(labels[:160]) == list(target)
    assert (labels[160:] == "yes").all()
    assert len(labels) == 240


def test_synthetic_cells_are_cells_of_their_column(frame, target):
    new = Smote(random_state=0).fit_resample(frame, target)[0].iloc[160:]
    assert set(new["category"]) <= {"x", "y"}
    assert set(new["text"].dropna()) <= {"u", "v", "w"}
    assert new["float"].notna().any()


@pytest.mark.parametrize("sampler", [RandomOver(random_state=1), RandomUnder(random_state=1), Tomek()])
def test_selecting_samplers_leave_sample_indices(sampler, frame, target):
    more, labels = sampler.fit_resample(frame, target)
    pd.testing.assert_frame_equal(more, frame.iloc[sampler.sample_indices_].reset_index(drop=True))
    np.testing.assert_array_equal(labels, target.to_numpy()[sampler.sample_indices_])
    assert sampler.n_features_in_ == 7
    assert list(sampler.feature_names_in_) == list(frame.columns)


def test_synthetic_rows_have_no_sample_indices(frame, target):
    sampler = Smote(random_state=0)
    sampler.fit_resample(frame, target)
    assert not hasattr(sampler, "sample_indices_")


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_arrays_keep_their_dtype(dtype):
    X = (np.random.default_rng(0).normal(size=(60, 3)) * 50).astype(dtype)
    more, labels = Smote(random_state=0).fit_resample(X, np.repeat([1, 2], [50, 10]))
    assert more.dtype == dtype
    assert more.shape == (100, 3)
    assert set(labels) == {1, 2}


@pytest.fixture
def halves():
    """Numbers that every dtype holds exactly."""
    rng = np.random.default_rng(1)
    X = rng.integers(-60, 60, size=(300, 4)).astype(np.float64)
    return X, np.repeat([0, 1], [240, 60])


_WHOLE = [
    lambda X: X.astype(np.float32),
    lambda X: X.astype(np.int16),
    np.asfortranarray,
    pd.DataFrame,
    lambda X: pd.DataFrame(X.astype(np.int64)),
    lambda X: pd.DataFrame({0: X[:, 0], 1: X[:, 1].astype(np.int32), 2: X[:, 2].astype("f4"), 3: X[:, 3]}),
    lambda X: pd.DataFrame(X, dtype="Int64"),
]


@pytest.mark.parametrize("make", _WHOLE)
@pytest.mark.parametrize("sampler", [RandomOver(), RandomUnder(), Smote(), SmoteEnn(), Tomek()])
def test_the_container_decides_nothing_but_how_cells_are_written(sampler, make, halves):
    X, y = halves
    sampler = clone(sampler).set_params(random_state=0)
    plain, plain_y = sampler.fit_resample(X, y)
    table = make(X)
    given = table.copy()
    drawn, drawn_y = sampler.fit_resample(table, y)
    assert type(drawn) is type(table)
    np.testing.assert_array_equal(drawn_y, plain_y)
    cells = np.asarray(drawn, dtype=np.float64)
    whole = np.asarray([np.dtype(str(d).lower()).kind == "i" for d in pd.DataFrame(table).dtypes])
    np.testing.assert_allclose(cells, np.where(whole, np.rint(plain), plain), rtol=1e-6)
    pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(given))


@pytest.mark.parametrize("whole", [True, False])
def test_no_cell_of_the_result_is_a_cell_of_the_table(whole, halves):
    X, y = halves
    table = pd.DataFrame(X.astype(np.int64) if whole else X)
    for sampler in (Smote(random_state=0), Tomek(), RandomOver(ratio=0.0, random_state=0)):
        drawn, _ = sampler.fit_resample(table, y)
        drawn.iloc[:, :] = 99
        np.testing.assert_array_equal(table.to_numpy(), X)


@pytest.mark.parametrize("sampler", [Smote(random_state=0), SmoteEnn(random_state=0), Tomek()])
def test_what_a_double_cannot_hold_is_copied_all_the_same(sampler, halves):
    X, y = halves
    large = X.astype(np.int64)
    large[:240:7, 0] = 2**60 + 1
    drawn, _ = sampler.fit_resample(large, y)
    assert set(drawn[drawn[:, 0] > 100, 0]) == {2**60 + 1}
    endless = X.copy()
    endless[::7, 1] = -np.inf
    drawn, _ = sampler.fit_resample(endless, y)
    assert np.isneginf(drawn[:, 1]).any()
    assert not np.isposinf(drawn).any()


def test_lists_stay_lists():
    more, labels = RandomOver(random_state=0).fit_resample([[1.0], [2.0], [3.0]], ["a", "a", "b"])
    assert more == [[1.0], [2.0], [3.0], [3.0]]
    assert labels == ["a", "a", "b", "b"]


def test_the_same_seed_gives_the_same_rows(frame, target):
    one = Smote(random_state=3).fit_resample(frame, target)[0]
    two = Smote(random_state=3).fit_resample(frame, target)[0]
    pd.testing.assert_frame_equal(one, two)


def test_a_random_state_object_moves_on(frame, target):
    rng = np.random.RandomState(0)
    one = RandomUnder(random_state=rng)
    first = one.fit_resample(frame, target)[0]
    second = one.fit_resample(frame, target)[0]
    assert not first.equals(second)


def test_a_sampler_works_in_imbalanced_learns_pipeline():
    X = np.random.default_rng(0).normal(size=(80, 3))
    y = (X[:, 0] > 1).astype(int)
    model = make_pipeline(Smote(random_state=0), DecisionTreeClassifier(random_state=0)).fit(X, y)
    assert model.score(X, y) == 1.0


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (sparse.eye(4, format="csr"), [0, 0, 1, 1], "`X` is a sparse matrix"),
        (np.zeros(4), [0, 0, 1, 1], "got 1 dimension"),
        (np.zeros((4, 1)), [0, 1], "one label for each of the 4 rows"),
        (np.zeros((4, 1)), [0.0, 1.0, np.nan, 1.0], "`y` has 1 missing labels"),
        (
            pd.DataFrame({"d": pd.date_range("2020", periods=4)}),
            [0, 0, 1, 1],
            "Column 'd' has dtype datetime64",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(X, y, message):
    with pytest.raises(DataError, match=message):
        RandomOver().fit_resample(X, y)


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("smote", {"k_neighbors": 0}, "smote: `k_neighbors` must be a whole number of at least 1; got 0."),
        ("smote", {"ratio": "x"}, "smote: `ratio` must be a number of at least 0 and at most 1; got 'x'."),
        ("effective_number", {"beta": 7}, "effective_number: `beta` must be a number of at least 0 and at"),
    ],
)
def test_a_parameter_out_of_range_is_told_as_in_a_recipe(name, parameters, words):
    made = registry.method(name).load()(**parameters)
    X, y = np.arange(20.0).reshape(10, 2), np.arange(10) % 3 == 0
    with pytest.raises(ValueError, match=re.escape(words)):
        made.fit(X, y)
    if hasattr(made, "fit_resample"):
        with pytest.raises(ValueError, match=re.escape(words)):
            made.fit_resample(X, y)


def test_numbers_of_numpy_are_parameters_too():
    X, y = np.random.default_rng(0).normal(size=(40, 2)), np.arange(40) % 4 == 0
    made = registry.method("smote").load()(k_neighbors=np.int64(3), ratio=np.float64(1.0), random_state=0)
    assert np.bincount(made.fit_resample(X, y)[1]).tolist() == [30, 30]
