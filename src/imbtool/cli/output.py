"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from imbtool.core.errors import ImbtoolError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Destination:
    """A file to be written at the end of a long run, checked at its beginning.

    The text goes to a temporary file beside the destination, which then takes its place in one
    step; devices and pipes, which cannot be replaced, are written directly.

    Parameters
    ----------
    path : str
    option : str
        How messages call it.

    Raises
    ------
    OutputError
        When the file could not be written: no such folder, a folder, no permission.
    """

    def __init__(self, path: str, option: str = "--output") -> None:
        self.given = path
        self.option = option
        self.path = Path(os.path.realpath(path.replace("\0", "?")))
        self._check()

    def write(self, text: str) -> None:
        """Write `text`; on any failure what was there before stays as it was."""
        with self.stream() as file:
            file.write(text.encode("utf-8"))

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """Give a binary file to write to; it takes its place only when all went well."""
        try:
            if self._special:
                with self.path.open("wb") as file:
                    yield file
                return
            draft = self._draft()
            try:
                with draft.open("wb") as file:
                    yield file
                draft.chmod(self._mode())
                draft.replace(self.path)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
        except ImbtoolError:
            raise
        except OSError as error:
            raise self._fault(error) from error

    @property
    def _special(self) -> bool:
        return self.path.exists() and not self.path.is_file()

    def _check(self) -> None:
        try:
            if "\0" in self.given:
                raise ValueError("the name holds a null character")
            if self.path.is_dir():
                raise OutputError(
                    f"{self.option} {self.given} is a folder.",
                    hint=f"Name a file in it, for example {self.given.rstrip(os.sep)}{os.sep}comparison.json",
                    code="output-is-a-folder",
                )
            if not self.path.parent.is_dir():
                raise OutputError(
                    f"{self.option} {self.given}: there is no folder {self.path.parent}.",
                    hint=f"Make it first: mkdir -p {self.path.parent}",
                    code="output-folder-missing",
                )
            if self.path.exists() and not os.access(self.path, os.W_OK):
                raise PermissionError(13, "Permission denied")
            if not self._special:
                self._draft().unlink()
        except OutputError:
            raise
        except (OSError, ValueError) as error:
            raise self._fault(error) from error

    def _draft(self) -> Path:
        handle, name = tempfile.mkstemp(
            prefix=f".{self.path.name[:40]}.", suffix=".part", dir=self.path.parent
        )
        os.close(handle)
        return Path(name)

    def _mode(self) -> int:
        if self.path.exists():
            return self.path.stat().st_mode & 0o777
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask

    def _fault(self, error: Exception) -> OutputError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return OutputError(
            f"{self.option} {self.given} cannot be written: {reason}.",
            hint="Choose another place, or make room and permissions for it.",
            code="output-not-writable",
        )
