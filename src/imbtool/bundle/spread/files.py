"""The files of a table in parts."""

from __future__ import annotations

from glob import glob, has_magic
from pathlib import Path

from imbtool.core.errors import DataError

_TABLES = (".csv", ".tsv", ".txt", ".parquet", ".pq", ".feather", ".arrow")
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")


def files_of(source: str) -> tuple[str, ...]:
    """Return absolute paths in order of their names: of a folder's tables, of a pattern, or of one file.

    Raises
    ------
    DataError
        Code ``file-missing``: there is none.
    """
    path = Path(source)
    if path.is_dir():
        found = [each for each in path.iterdir() if each.is_file() and _is_table(each)]
    elif has_magic(source) and not path.exists():
        found = [Path(each) for each in glob(source) if Path(each).is_file()]  # noqa: PTH207 - may be absolute
    else:
        found = [path] if path.is_file() else []
    if not found:
        raise DataError(
            f"There is no table in {source}.",
            hint="Name a folder of CSV or Parquet files, or a pattern such as 'claims/part-*.parquet'; the "
            "workers must see them under the same path.",
            code="file-missing",
        )
    return tuple(str(each.resolve()) for each in sorted(found))


def _is_table(path: Path) -> bool:
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return bool(suffixes) and suffixes[-1] in _TABLES and not path.name.startswith((".", "_"))
