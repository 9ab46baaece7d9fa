"""Data sets by name: listing without heavy imports, fetching through other libraries, no network."""

import subprocess
import sys
from types import SimpleNamespace
from urllib.error import URLError

import numpy as np
import pandas as pd
import pytest

from imbtool.core.errors import DataError, OutputError
from imbtool.data import bundled, fetch
from imbtool.data.load import load_dataset


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("IMBTOOL_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_listing_imports_nothing_heavy():
    program = (
        "import sys; from imbtool.data.bundled import list_datasets; assert len(list_datasets()) > 30; "
        "print(sorted({'numpy', 'pandas', 'pyarrow', 'sklearn', 'imblearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_names_are_unique_and_every_bundled_file_is_there():
    infos = bundled.list_datasets()
    assert len({info.name for info in infos}) == len(infos)
    for info in infos:
        assert info.summary
        assert info.origin
        if info.bundled:
            assert bundled.dataset_path(info.name).is_file()
            assert info.licence


def test_the_registry_covers_the_benchmark_of_imbalanced_learn():
    from imblearn.datasets._zenodo import MAP_NAME_ID_KEYS

    known = {info.key for info in bundled.list_datasets() if info.fetcher == "zenodo"}
    assert known == set(MAP_NAME_ID_KEYS)


def test_an_unknown_name_is_suggested():
    with pytest.raises(DataError, match="Did you mean 'mammography'"):
        fetch.fetch("mamography")


def test_a_bundled_name_is_found_without_network():
    assert fetch.fetch("digits8") == bundled.dataset_path("digits8")


def test_a_set_that_was_not_fetched_says_how_to_fetch_it():
    with pytest.raises(DataError, match="imbtool datasets fetch mammography") as caught:
        load_dataset("mammography", target="target")
    assert caught.value.code == "not-fetched"


@pytest.mark.parametrize("name", ["ecoli", "kddcup99_smtp", "covtype_4", "creditcard"])
def test_without_network_every_fetcher_says_so(name, monkeypatch, cache):
    def refuse(*args, **kwargs):
        raise URLError("Name or service not known")

    for module in ("imblearn.datasets._zenodo", "sklearn.datasets._base", "sklearn.datasets._openml"):
        monkeypatch.setattr(f"{module}.{'urlretrieve' if module.endswith('_base') else 'urlopen'}", refuse)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(DataError, match="could not be downloaded") as caught:
        fetch.fetch(name)
    assert caught.value.code == "no-network"
    assert f"imbtool datasets fetch {name}" in caught.value.hint
    assert not list(cache.glob("*.parquet"))


def test_a_zenodo_set_becomes_a_table_with_its_rare_class(monkeypatch, cache):
    X = np.random.default_rng(0).normal(size=(50, 3))
    target = np.where(np.arange(50) < 6, 1, -1)
    calls = []

    def fake(*, data_home, filter_data):
        calls.append(data_home)
        return {filter_data[0]: SimpleNamespace(data=X, target=target)}

    monkeypatch.setattr("imblearn.datasets.fetch_datasets", fake)
    path = fetch.fetch("ecoli")
    assert path == cache / "ecoli.parquet"
    assert fetch.fetch("ecoli") == path
    assert calls == [str(cache / "raw")]
    dataset = load_dataset("ecoli", target="target")
    assert (dataset.name, dataset.counts) == ("ecoli", (44, 6))
    assert np.array_equal(dataset.X, X)


def test_kdd_bytes_become_text_and_numbers(monkeypatch, tmp_path):
    frame = pd.DataFrame(
        {
            "duration": pd.Series([0, 5, 7], dtype=object),
            "service": pd.Series([b"http", b"smtp", b"http"], dtype=object),
            "labels": pd.Series([b"normal.", b"satan.", b"normal."], dtype=object),
        }
    )
    monkeypatch.setattr("sklearn.datasets.fetch_kddcup99", lambda **options: SimpleNamespace(frame=frame))
    got = pd.read_parquet(fetch.fetch("kddcup99_sa", dest_dir=tmp_path / "other"))
    assert got["duration"].tolist() == [0, 5, 7]
    assert got["service"].tolist() == ["http", "smtp", "http"]
    assert got["target"].tolist() == [0, 1, 0]


@pytest.mark.parametrize(("name", "target"), [("covtype_4", [0, 1, 0]), ("covtype", [2, 4, 7])])
def test_forest_cover_is_one_type_against_the_rest_or_all(monkeypatch, name, target):
    frame = pd.DataFrame({"Elevation": [1.0, 2.0, 3.0], "Cover_Type": [2, 4, 7]})
    monkeypatch.setattr(
        "sklearn.datasets.fetch_covtype", lambda **options: SimpleNamespace(frame=frame.copy())
    )
    assert pd.read_parquet(fetch.fetch(name))["target"].tolist() == target


def test_openml_sets_get_their_target(monkeypatch):
    def fake(*, data_id, **options):
        assert data_id == 1597
        return SimpleNamespace(data=pd.DataFrame({"V1": [0.5, 1.5]}), target=pd.Series(["0", "1"]))

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fake)
    assert pd.read_parquet(fetch.fetch("creditcard"))["target"].tolist() == ["0", "1"]


def test_what_a_server_should_not_send_is_no_traceback(monkeypatch, cache):
    monkeypatch.setattr("sklearn.datasets.fetch_covtype", lambda **options: SimpleNamespace())
    with pytest.raises(DataError) as caught:
        fetch.fetch("covtype")
    assert caught.value.code == "fetch-failed"
    assert not list(cache.glob("*.part"))


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="IMBTOOL_DATA"):
        fetch.fetch("ecoli", dest_dir=tmp_path / "file" / "below")


def test_the_cache_folder_follows_the_platform(monkeypatch, tmp_path):
    monkeypatch.delenv("IMBTOOL_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert bundled.cache_folder() == tmp_path / "imbtool"
