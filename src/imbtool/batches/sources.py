"""Which files an entry of a suite means: a path, a pattern, or the name of a data set."""

from __future__ import annotations

import glob
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from imbtool.core.errors import ImbtoolError
from imbtool.core.suggest import did_you_mean
from imbtool.data.bundled import dataset_info, dataset_path, list_datasets

_MAGIC = "*?["


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A table that an entry stands for.

    Parameters
    ----------
    data : str
        A path, or the name of a data set.
    name : str
        How reports call it.
    target : str or None
        Target column, where it is known by itself.
    outright : bool
        Named, not matched by a pattern.
    """

    data: str
    name: str
    target: str | None = None
    outright: bool = True


def sources_of(path: str, base: Path) -> tuple[tuple[Source, ...], str]:
    """Return the tables that `path` stands for, and what is wrong with it (empty when nothing is).

    Parameters
    ----------
    path : str
        Relative to `base`. A file of that name wins over a pattern and over a data set.
    base : Path
        Folder of the suite.
    """
    here = base / path
    if here.is_file():
        return (Source(data=str(here), name=stem(path)),), ""
    if any(c in path for c in _MAGIC):
        # Path.glob takes neither an absolute pattern nor one that begins with `..`.
        found = sorted(glob.glob(path, root_dir=base, recursive=True))  # noqa: PTH207
        files = [f for f in found if (base / f).is_file()]
        told = "" if files else f"no file matches {path!r} in {_folder(base)}."
        return tuple(Source(data=str(base / f), name=stem(f), outright=False) for f in files), told
    if path in {info.name for info in list_datasets()}:
        return _named(path)
    if here.is_dir():
        return (), f"{path!r} is a folder. For the tables in it write {path.rstrip('/')}/*.csv."
    return (), _nothing(path, base)


def _named(name: str) -> tuple[tuple[Source, ...], str]:
    try:
        dataset_path(name)
    except ImbtoolError as error:
        return (), f"{error.message} {error.hint}"
    return (Source(data=name, name=name, target=dataset_info(name).target),), ""


def _nothing(path: str, base: Path) -> str:
    folder = (base / path).parent
    nearby = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    known = [*nearby, *(info.name for info in list_datasets())]
    hint = did_you_mean(Path(path).name, known)
    return f"there is no file {path!r} in {_folder(base)}, and no data set of that name. {hint}".rstrip()


def stem(path: str) -> str:
    """Return a short name for a file: without folder and endings."""
    name = Path(path).name
    return name.split(".")[0] or name


def longer(source: Source, base: Path) -> str:
    """Return a name that tells a file from others of the same short name."""
    path = Path(source.data)
    with suppress(ValueError):
        path = path.relative_to(base)
    return str(path.with_name(source.name).as_posix())


def _folder(base: Path) -> str:
    return "the current folder" if base == Path() else str(base)
