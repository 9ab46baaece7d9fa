"""Bytes of a file or of standard input, unpacked while they are read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from imbtool.core.errors import DataError
from imbtool.data.bundled import find_dataset
from imbtool.data.sources import STDIN, describe, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAD = 1 << 25
"""Bytes that are looked at as a whole: 32 MiB. Larger inputs are streamed."""
_GZIP, _BZIP2, _XZ, _ZSTD, _ZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_MAX_LAYERS = 3
BROKEN = (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
"""What unpacking raises for a file that is cut off or damaged."""


class Source(io.RawIOBase):
    """A stream whose beginning is known.

    Parameters
    ----------
    head : bytes
        Its first `HEAD` bytes, or all of them.
    rest : binary file or None
        What follows; None when `head` is all.
    path : str, optional
        The file that holds these bytes as they are, if there is one.
    """

    def __init__(self, head: bytes, rest: IO[bytes] | None, path: str | None = None) -> None:
        super().__init__()
        self.head = head
        self.rest = rest
        self.path = path
        self._place = 0

    @property
    def whole(self) -> bool:
        """Whether the head is all there is."""
        return self.rest is None

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with the next bytes; return how many there were, 0 at the end."""
        piece = self.head[self._place : self._place + len(buffer)]
        self._place += len(piece)
        if not piece and self.rest is not None:
            piece = self.rest.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


@contextmanager
def open_source(source: str) -> Iterator[tuple[Source, str]]:
    """Give the unpacked bytes of a file, a known data set or standard input, and what to call them.

    Compression is recognised by its first bytes: gzip, bzip2, xz, zstd, and zip with one file.

    Raises
    ------
    DataError
        As reading a table for training does.
    """
    label = describe(source)
    if source == STDIN:
        yield _begun(getattr(sys.stdin, "buffer", io.BytesIO()), label, None), label
        return
    found = find_dataset(source)
    path = source if found is None else str(found)
    with _opened(path) as stream:
        yield _begun(stream, label, path if isinstance(stream, io.BufferedReader) else None), label


def _begun(stream: IO[bytes], label: str, path: str | None) -> Source:
    """Return the unpacked bytes of a stream; `path` is its file, if it is one."""
    try:
        for _ in range(_MAX_LAYERS):
            head = _read(stream, 8)
            unpack = next((step for magic, step in _UNPACKERS.items() if head.startswith(magic)), None)
            stream = io.BufferedReader(Source(head, stream), 1 << 16)
            if unpack is None:
                break
            stream, path = unpack(stream), None
        head = _read(stream, HEAD)
    except DataError:
        raise
    except BROKEN as error:
        raise cut_off(label, error) from error
    return Source(head, stream if len(head) == HEAD else None, path)


def cut_off(label: str, error: Exception) -> DataError:
    """Return the error for a compressed file that ends too early or is damaged."""
    return DataError(
        f"{label} is compressed, but cannot be unpacked: {str(error) or type(error).__name__}.",
        hint="The file is cut off or damaged; copy or download it again.",
        code="truncated-file",
    )


def _read(stream: IO[bytes], size: int) -> bytes:
    """Return that many bytes, fewer at the end only."""
    pieces: list[bytes] = []
    while size > 0:
        piece = stream.read(size)
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _opened(path: str) -> IO[bytes]:
    try:
        if Path(path).is_file():
            return Path(path).open("rb")
    except (OSError, ValueError):
        pass  # reading it whole says what is wrong
    return io.BytesIO(read_bytes(path))


def _unzipped(stream: IO[bytes]) -> IO[bytes]:
    data = stream.read()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = [i for i in archive.infolist() if not i.is_dir() and not i.filename.startswith("__MACOSX/")]
        if len(infos) != 1 or b"[Content_Types].xml" in data[:4096]:
            raise DataError(
                f"The zip archive holds {len(infos)} files; one table is needed.",
                hint="Unpack it and name the file.",
                code="archive",
            )
        return archive.open(infos[0])


def _gunzipped(stream: IO[bytes]) -> IO[bytes]:
    return io.BufferedReader(gzip.GzipFile(fileobj=stream), 1 << 16)


def _unzstd(stream: IO[bytes]) -> IO[bytes]:
    return io.BufferedReader(_Zstd(stream), 1 << 16)


class _Zstd(io.RawIOBase):
    """Zstandard frames unpacked; unlike the library's reader it notices when the last one is cut off."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self._frame: Any = None
        self._packed = self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and self._advance():
            pass
        piece, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def _advance(self) -> bool:
        """Unpack some bytes; return False at the end."""
        import zstandard

        packed = self._packed or self._stream.read(1 << 16)
        if not packed:
            if self._frame is not None:
                raise EOFError("it ends in the middle of a frame")
            return False
        if self._frame is None:
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        try:
            self._ready = self._frame.decompress(packed)
        except zstandard.ZstdError as error:
            raise EOFError(str(error)) from error
        self._packed = b""
        if self._frame.eof:
            self._packed, self._frame = self._frame.unused_data, None
        return True


_UNPACKERS: dict[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    _GZIP: _gunzipped,
    _BZIP2: bz2.BZ2File,
    _XZ: lzma.LZMAFile,
    _ZSTD: _unzstd,
    _ZIP: _unzipped,
}
