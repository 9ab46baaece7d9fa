"""Downloading the standard imbalanced benchmark sets through the fetchers of other libraries."""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import DataError, OutputError
from imbtool.data.bundled import cache_folder, dataset_info

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from imbtool.data.bundled import DatasetInfo


def fetch(name: str, dest_dir: str | Path | None = None) -> Path:
    """Download a data set, unless it is there already, and return its Parquet file.

    Parameters
    ----------
    name : str
        A name from `list_datasets`; a bundled one is simply found.
    dest_dir : path, optional
        Default: the folder of `cache_folder`. Raw downloads are kept in its ``raw`` folder.

    Raises
    ------
    DataError
        Codes ``unknown-dataset``, ``no-network`` and ``fetch-failed``.
    OutputError
        The folder cannot be written.
    """
    from imbtool.data.bundled import dataset_path

    info = dataset_info(name)
    if info.bundled:
        return dataset_path(name)
    folder = Path(dest_dir) if dest_dir is not None else cache_folder()
    path = folder / info.file
    if path.is_file():
        return path
    _prepare(folder)
    frame = _downloaded(info, folder / "raw")
    _write(frame, path)
    return path


def _prepare(folder: Path) -> None:
    try:
        (folder / "raw").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The folder {folder} cannot be made: {error.strerror or error}.",
            hint="Name another one with the environment variable IMBTOOL_DATA.",
            code="output-not-writable",
        ) from error


def _downloaded(info: DatasetInfo, raw: Path) -> pd.DataFrame:
    fetchers: dict[str, Callable[[str, Path], pd.DataFrame]] = {
        "zenodo": _zenodo,
        "kddcup99": _kddcup99,
        "covtype": _covtype,
        "openml": _openml,
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the fetchers warn about every retry
            return fetchers[info.fetcher](info.key, raw)
    except (OSError, EOFError) as error:
        raise DataError(
            f"{info.name!r} could not be downloaded: {_reason(error)}.",
            hint=f"Check the network and try again: imbtool datasets fetch {info.name}",
            code="no-network",
        ) from error
    except Exception as error:  # a fetcher may trip over anything that a server sends
        raise DataError(
            f"{info.name!r} was downloaded, but could not be used: {_reason(error)}.",
            hint=f"Remove {raw} and try again.",
            code="fetch-failed",
        ) from error


def _reason(error: BaseException) -> str:
    text = str(getattr(error, "reason", "") or error) or type(error).__name__
    return text.splitlines()[0].rstrip(".")[:200]


def _write(frame: pd.DataFrame, path: Path) -> None:
    """Write the file whole or not at all."""
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        os.close(handle)
        try:
            frame.to_parquet(part, index=False)
            Path(part).replace(path)
        finally:
            Path(part).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Free some space, or name another folder with IMBTOOL_DATA.",
            code="output-not-writable",
        ) from error


def _zenodo(key: str, raw: Path) -> pd.DataFrame:
    """Fetch one of the 27 sets of imbalanced-learn (Zenodo record 61452); its positive class is 1."""
    from imblearn.datasets import fetch_datasets

    bunch = fetch_datasets(data_home=str(raw), filter_data=(key,))[key]
    return _framed(bunch.data, (bunch.target == 1).astype("int64"))


def _kddcup99(key: str, raw: Path) -> pd.DataFrame:
    """Fetch a subset of KDD Cup 99 (``smtp``, ``http``, ``SA``, ``SF``): attacks against normal traffic."""
    from sklearn.datasets import fetch_kddcup99

    percent10 = key in ("SA", "SF")
    frame = fetch_kddcup99(
        subset=key, data_home=str(raw), percent10=percent10, as_frame=True, n_retries=1, random_state=0
    ).frame
    attack = frame["labels"].map(_decoded) != "normal."
    features = frame.drop(columns="labels")
    for column in features.columns:
        if features[column].dtype == object:
            features[column] = _plain(features[column])
    labelled: pd.DataFrame = features.assign(target=attack.astype("int64"))
    return labelled


def _covtype(key: str, raw: Path) -> pd.DataFrame:
    """Fetch the forest cover types: one type against the rest, or all of them."""
    from sklearn.datasets import fetch_covtype

    frame = fetch_covtype(data_home=str(raw), as_frame=True, n_retries=1).frame
    cover = frame.pop("Cover_Type")
    labelled: pd.DataFrame = frame.assign(
        target=cover if key == "all" else (cover == int(key)).astype("int64")
    )
    return labelled


def _openml(key: str, raw: Path) -> pd.DataFrame:
    from sklearn.datasets import fetch_openml

    bunch = fetch_openml(data_id=int(key), data_home=str(raw), as_frame=True, parser="pandas", n_retries=1)
    labelled: pd.DataFrame = bunch.data.assign(target=bunch.target)
    return labelled


def _framed(data: Any, target: Any) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    dense = data.toarray() if hasattr(data, "toarray") else np.asarray(data)
    return pd.DataFrame(dense, columns=[f"f{i}" for i in range(dense.shape[1])]).assign(target=target)


def _plain(series: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    text = series.map(_decoded)
    try:
        return pd.to_numeric(text)
    except (TypeError, ValueError):
        return text


def _decoded(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
