"""Whatever a file holds: a data set or an error that says what to do, never a traceback."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.strategies import broken_tables, target_names

from imbtool.core.errors import ImbtoolError
from imbtool.data.load import load_dataset
from imbtool.data.read import read_table


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(data=broken_tables(), target=target_names(), last=st.booleans())
@example(data=b"a,target\n1,0\n2,1\n3,0\n4,1\n", target="target", last=False)
@example(data=b"a,target\n1,0\n2,1\n3,2\n4,0\n5,1\n6,2\n", target="target", last=False)
def test_a_broken_table_gives_a_data_set_or_an_error_with_a_hint(data, target, last):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(data)
        dataset, fault = outcome(str(path), target, last=last)
    if fault is not None:
        assert fault.message.strip()
        assert fault.hint.strip()
        assert fault.code != fault.default_code
    else:
        assert dataset.X.shape == (dataset.n_rows, dataset.layout.n_features)
        assert not np.isinf(dataset.X).any()
        assert min(dataset.counts) >= 2


def outcome(path, target, *, last):
    """Return a data set or the error; with `last` the last column is the target, so that more get far."""
    try:
        target = read_table(path).columns[-1] if last else target
        return load_dataset(path, target=target), None
    except ImbtoolError as error:
        return None, error


names = st.lists(
    st.text("abcxyz_ .é", min_size=1, max_size=8).map(str.strip), min_size=2, max_size=4, unique=True
)
cell = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**15), 10**15))


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(names=names.filter(all), data=st.data(), delimiter=st.sampled_from(",;\t|"))
def test_numbers_come_back_from_a_written_table_bit_by_bit(names, data, delimiter):
    rows = data.draw(st.integers(2, 8))
    frame = pd.DataFrame({name: data.draw(st.lists(cell, min_size=rows, max_size=rows)) for name in names})
    frame = frame.astype("float64")
    frame.iloc[0] = 0.5  # no blank lines, no column without numbers
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        frame.to_csv(path, index=False, sep=delimiter)
        got = read_table(str(path))
    assert list(got.columns) == names
    for name in names:
        want = frame[name].to_numpy(dtype=float, na_value=np.nan)
        have = got[name].to_numpy(dtype=float, na_value=np.nan)
        assert np.array_equal(want, have, equal_nan=True)
