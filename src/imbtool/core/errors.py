"""Errors that users see, each with a hint and a documented exit code."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line; the README lists them too."""

    OK = 0
    CHECK_FAILED = 1
    USAGE = 2
    DATA = 3
    MISSING_EXTRA = 4
    PARTIAL = 5
    INTERNAL = 70
    INTERRUPTED = 130


class ImbtoolError(Exception):
    """A fault that the reader of the message can mend.

    Parameters
    ----------
    message : str
        What was found and what is needed, one or two sentences.
    hint : str, optional
        What to do next.
    code : str, optional
        A stable slug such as ``"target-missing"``; it names the entry in ``docs/errors.md``.
    """

    exit_code: ExitCode = ExitCode.INTERNAL
    default_code: str = "error"

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[object, ...]:
        """Keep hint and code when the error travels between processes."""
        return (_rebuild, (type(self), self.message, self.hint, self.code))


def _rebuild(kind: type[ImbtoolError], message: str, hint: str, code: str) -> ImbtoolError:
    return kind(message, hint=hint, code=code)


class UsageError(ImbtoolError, ValueError):
    """The request cannot be carried out: unknown name, bad parameter, impossible combination."""

    exit_code = ExitCode.USAGE
    default_code = "usage"


class ConfigError(ImbtoolError, ValueError):
    """A configuration file or environment variable holds something that cannot be used."""

    exit_code = ExitCode.DATA
    default_code = "config"


class DataError(ImbtoolError, ValueError):
    """The data cannot be used as asked."""

    exit_code = ExitCode.DATA
    default_code = "data"


class OutputError(ImbtoolError, OSError):
    """The result cannot be written where it was asked for."""

    exit_code = ExitCode.DATA
    default_code = "output"

    def __str__(self) -> str:
        return ImbtoolError.__str__(self)


class MissingExtraError(ImbtoolError, ImportError):
    """Something that needs a package which is not installed."""

    exit_code = ExitCode.MISSING_EXTRA
    default_code = "missing-extra"

    def __str__(self) -> str:
        return ImbtoolError.__str__(self)


class NotApplicableError(ImbtoolError, ValueError):
    """A method cannot be applied to these rows; a comparison reports it and goes on (law 5)."""

    exit_code = ExitCode.DATA
    default_code = "not-applicable"
