"""Zip archives that hold what is expected and nothing else; the same bytes every time."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from imbtool.bundle.faults import damaged, unsafe
from imbtool.core.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 1 << 31
"""Most bytes of an archive, packed or unpacked: 2 GiB."""
MAX_RATIO = 100
"""Most bytes unpacked for a byte packed; models reach about ten."""
MAX_MEMBERS = 500_000
_SMALL = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAGIC, _END, _END_SIZE = b"PK\x03\x04", b"PK\x05\x06", 22
_ENCRYPTED = 0x1
_UNIX, _REGULAR = 3, stat.S_IFREG | 0o644


def pack(members: Mapping[str, bytes], *, compress: bool = True) -> bytes:
    """Return an archive whose bytes depend on nothing but names, contents and their order."""
    kind = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression=kind, compresslevel=6 if compress else None) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type = kind
            info.create_system, info.external_attr = _UNIX, _REGULAR << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def unpack(data: bytes, label: str, expected: re.Pattern[str]) -> dict[str, bytes]:
    """Return the members of an archive, all of whose names match `expected`.

    Names, kinds and sizes of all members are checked before the first is read.

    Raises
    ------
    DataError
        Codes ``not-a-bundle`` (no archive at all), ``bundle-damaged`` and ``bundle-unsafe``.
    """
    if not data.startswith(_MAGIC):
        raise DataError(
            f"{label} is not a model written by `imbtool fit`: it is no zip archive.",
            hint="Name the file that `imbtool fit ... -o model.imb` wrote.",
            code="not-a-bundle",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if data[-_END_SIZE:][:4] != _END:  # zipfile overlooks what follows
                raise unsafe(label, "there are bytes after the archive")
            _check(archive, len(data), label, expected)
            return {info.filename: _content(archive, info, label) for info in archive.infolist()}
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise damaged(label, f"{str(error).rstrip('.') or type(error).__name__}") from error
    except (ValueError, RuntimeError, NotImplementedError, struct.error) as error:
        raise damaged(label, f"{type(error).__name__}: {error}") from error


def _check(archive: zipfile.ZipFile, size: int, label: str, expected: re.Pattern[str]) -> None:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise unsafe(label, f"it holds {len(infos):,} files")
    seen: set[str] = set()
    for info in infos:
        # orig_filename is the name as written; filename may have been cut at a null character
        fault = _fault_of_name(info.orig_filename, expected) or _fault_of_kind(info)
        if info.filename.casefold() in seen:
            fault = fault or "is in it twice"
        if fault:
            raise unsafe(label, f"{info.orig_filename[:80]!r} {fault}")
        seen.add(info.filename.casefold())
    _check_sizes(infos, size, label)
    if min((info.header_offset for info in infos), default=0) != 0:
        raise unsafe(label, "there are bytes before the archive")


def _check_sizes(infos: list[zipfile.ZipInfo], size: int, label: str) -> None:
    packed, unpacked = sum(i.compress_size for i in infos), sum(i.file_size for i in infos)
    if packed > size:
        raise unsafe(label, f"its files claim {packed:,} bytes of an archive of {size:,}")
    if unpacked > MAX_BYTES or unpacked > max(_SMALL, MAX_RATIO * size):
        raise unsafe(label, f"its {size:,} bytes would unpack to {unpacked:,} (a zip bomb)")


def _fault_of_name(name: str, expected: re.Pattern[str]) -> str:
    parts = re.split(r"[\\/]", name)
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return "has an absolute path"
    if ".." in parts:
        return "has a path that climbs out of the archive"
    if not expected.fullmatch(name):
        return "does not belong in a model"
    return ""


def _fault_of_kind(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device, not a file" if kind != stat.S_IFDIR else "is a folder"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is packed by an unusual method ({info.compress_type})"
    return ""


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, label: str) -> bytes:
    with archive.open(info) as file:
        content = file.read(info.file_size + 1)  # zipfile stops at the size that was checked
    if len(content) != info.file_size:
        raise damaged(label, f"{info.filename!r} has {len(content):,} bytes instead of {info.file_size:,}")
    return content
