"""Where bytes come from: files, standard input and the compressions around them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from imbtool.core.errors import DataError
from imbtool.core.suggest import did_you_mean
from imbtool.data.phrases import count, shorten, some

if TYPE_CHECKING:
    from collections.abc import Callable

STDIN = "-"
_MAX_LAYERS = 3
_GZIP, _BZIP2, _XZ, _ZSTD, _ZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"


def read_bytes(source: str) -> bytes:
    """Return the content of a file (or of standard input for ``"-"``), unpacked.

    gzip, bzip2, xz, zstd and single-file zip are recognised by their first bytes, so that standard
    input and misnamed files work; layers (a gzip file in a zip archive) are peeled off in turn.

    Raises
    ------
    DataError
        Codes ``file-missing``, ``is-a-folder``, ``file-unreadable``, ``empty-file``,
        ``truncated-file``, ``archive``.
    """
    data = _stdin() if source == STDIN else _file(source)
    label = describe(source)
    for _ in range(_MAX_LAYERS):
        if not data or data.isspace():
            raise DataError(
                f"{label} is empty.",
                hint="A table needs a line of column names and at least two rows.",
                code="empty-file",
            )
        unpack = next((step for magic, step in _UNPACKERS.items() if data.startswith(magic)), None)
        if unpack is None or _is_workbook(data):
            return data
        data = _unpacked(data, unpack, label)
    return data


def describe(source: str) -> str:
    """Return how messages call `source`."""
    return "Standard input" if source == STDIN else source


def short_name(source: str) -> str:
    """Return the file name without folders and without the suffixes of formats and compressions."""
    if source == STDIN:
        return "stdin"
    name = Path(source).name
    known = {".csv", ".tsv", ".txt", ".parquet", ".pq", ".feather", ".arrow", ".ipc", ".tab", ".data"}
    packed = {".gz", ".zip", ".zst", ".bz2", ".xz"}
    while Path(name).suffix.lower() in known | packed and Path(name).stem:
        name = Path(name).stem
    return name or source


def _stdin() -> bytes:
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        return sys.stdin.read().encode() if sys.stdin is not None else b""
    return bytes(stream.read())


def _file(source: str) -> bytes:
    path = Path(source)
    try:
        return path.read_bytes()
    except IsADirectoryError as error:
        raise _folder(path) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError(f"There is no file {source}.", hint=_similar(path), code="file-missing") from error
    except (OSError, ValueError) as error:
        if os.path.isdir(source):  # noqa: PTH112 -- Windows answers "permission denied" for a folder
            raise _folder(path) from error
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DataError(
            f"{shorten(source, 200)!r} cannot be read: {reason}.",
            hint="Check the path and its permissions.",
            code="file-unreadable",
        ) from error


def _folder(path: Path) -> DataError:
    try:
        files = sorted(p.name for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
    except OSError:
        files = []
    hint = f"Name one of the files in it: {some(files)}" if files else "Name a CSV, Parquet or Feather file."
    return DataError(f"{path} is a folder, not a file.", hint=hint, code="is-a-folder")


def _similar(path: Path) -> str:
    fallback = "Check the spelling and the folder you are in."
    try:
        folder = path.parent
        if not folder.is_dir():
            return f"There is no folder {folder} either; check the spelling."
        return did_you_mean(path.name, sorted(p.name for p in folder.iterdir()), listing=fallback)
    except (OSError, ValueError):
        return fallback


def _unpacked(data: bytes, unpack: Callable[[bytes], bytes], label: str) -> bytes:
    try:
        return unpack(data)
    except DataError:
        raise
    except (EOFError, OSError, ValueError, RuntimeError, NotImplementedError, MemoryError) as error:
        raise _broken(label, error) from error
    except (zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise _broken(label, error) from error


def _broken(label: str, error: Exception) -> DataError:
    return DataError(
        f"{label} is compressed, but cannot be unpacked: {error or type(error).__name__}.",
        hint="The file is cut off or damaged; copy or download it again.",
        code="truncated-file",
    )


def _unzip(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [i.filename for i in archive.infolist() if not i.is_dir() and not _is_litter(i.filename)]
        if "manifest.json" in names and len(names) > 1:
            raise DataError(
                "This is a model that `imbtool fit` wrote; a table or a comparison is needed here.",
                hint="`imbtool predict MODEL TABLE` scores a table with it; `imbtool inspect` shows it.",
                code="archive",
            )
        if len(names) != 1:
            raise DataError(
                f"The zip archive holds {count(len(names), 'file')}{': ' + some(names) if names else ''}; "
                "one is needed.",
                hint="Unpack it and name the file.",
                code="archive",
            )
        return archive.read(names[0])


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")


def _is_workbook(data: bytes) -> bool:
    """Whether the bytes are an office document: a zip archive that must not be unpacked."""
    return data.startswith(_ZIP) and (b"[Content_Types].xml" in data[:4096] or b"mimetypeapp" in data[:128])


def _unzstd(data: bytes) -> bytes:
    import zstandard

    parts: list[bytes] = []
    while data:
        frame = zstandard.ZstdDecompressor().decompressobj()
        try:
            parts.append(frame.decompress(data))
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
        if not frame.eof:
            raise EOFError("compressed file ended before the end-of-stream marker was reached")
        data = frame.unused_data
    return b"".join(parts)


_UNPACKERS: dict[bytes, Callable[[bytes], bytes]] = {
    _GZIP: gzip.decompress,
    _BZIP2: bz2.decompress,
    _XZ: lzma.decompress,
    _ZSTD: _unzstd,
    _ZIP: _unzip,
}
