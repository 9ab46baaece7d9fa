"""Data sets by name: those that come with the project, and those that can be fetched.

Listing them needs the standard library only.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from imbtool.core.errors import DataError
from imbtool.core.suggest import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetInfo:
    """A row of the data-set list.

    Parameters
    ----------
    name : str
    summary : str
        One line.
    target : str
        Name of the target column.
    rows, features : int
    classes : int
    imbalance : float
        Rows of the most frequent class for one of the rarest.
    origin : str
        Where the data come from.
    licence : str
    bundled : bool
        Whether it comes with the project; otherwise ``imbtool datasets fetch`` downloads it.
    synthetic : bool
        Whether a program made it up.
    file : str
        File name, in the project's ``datasets/`` or in the cache folder.
    fetcher : str
        Collection that a fetched set comes from: ``zenodo``, ``kddcup99``, ``covtype``, ``openml``.
    key : str
        Its name or number in that collection.
    """

    name: str
    summary: str
    target: str
    rows: int
    features: int
    classes: int = 2
    imbalance: float = 1.0
    origin: str = ""
    licence: str = ""
    bundled: bool = True
    synthetic: bool = False
    file: str = ""
    fetcher: str = ""
    key: str = ""


@cache
def list_datasets() -> tuple[DatasetInfo, ...]:
    """Return all data sets known by name, bundled ones first."""
    index: dict[str, Any] = json.loads((_root() / "index.json").read_text(encoding="utf-8"))
    bundled = [DatasetInfo(bundled=True, **row) for row in index["bundled"]]
    fetchable = [DatasetInfo(bundled=False, **row) for row in index["fetchable"]]
    return (*bundled, *fetchable)


def dataset_info(name: str) -> DatasetInfo:
    """Return the row of a data set; `DataError` (``unknown-dataset``) with a suggestion."""
    known = {info.name: info for info in list_datasets()}
    if name in known:
        return known[name]
    listing = "`imbtool datasets list` shows them all."
    raise DataError(
        f"There is no data set called {name!r}.",
        hint=did_you_mean(name, known, listing=listing),
        code="unknown-dataset",
    )


def dataset_path(name: str) -> Path:
    """Return the file of a bundled or already fetched data set.

    Raises
    ------
    DataError
        Codes ``unknown-dataset`` and ``not-fetched``.
    """
    info = dataset_info(name)
    path = (_root() if info.bundled else cache_folder()) / info.file
    if path.is_file():
        return path
    raise DataError(
        f"The data set {name!r} is not on this machine yet.",
        hint=f"Run: imbtool datasets fetch {name}",
        code="not-fetched",
    )


def find_dataset(source: str) -> Path | None:
    """Return the file behind a data-set name, or None when `source` is to be read as a path.

    A file of that name wins over a data set. A bare word that is neither gives an error that suggests
    names of both kinds.
    """
    if source == "-" or os.path.lexists(source.replace("\0", "")):
        return None
    names = [info.name for info in list_datasets()]
    if source in names:
        return dataset_path(source)
    if Path(source).name != source or Path(source).suffix or not source.strip():
        return None
    try:
        nearby = [entry.name for entry in Path.cwd().iterdir()]
    except OSError:
        nearby = []
    hint = did_you_mean(source, [*names, *nearby], listing="`imbtool datasets list` shows the data sets.")
    raise DataError(f"There is no file and no data set called {source!r}.", hint=hint, code="file-missing")


def cache_folder() -> Path:
    """Return the folder of fetched data: ``IMBTOOL_DATA``, or the user's cache folder."""
    chosen = os.environ.get("IMBTOOL_DATA")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "imbtool"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "imbtool"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "imbtool"


@cache
def _root() -> Path:
    """Return the folder of bundled data: in the installed package, or in the source tree."""
    here = Path(__file__).resolve()
    installed, checkout = here.with_name("bundled"), here.parents[3] / "datasets"
    return installed if (installed / "index.json").is_file() else checkout
