"""Settings that people write into TOML files: read, names compared, faults told all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imbtool.core.errors import ConfigError
from imbtool.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def read_toml(path: Path, *, what: str, hint: str) -> tuple[str, dict[str, Any]]:
    """Return the text of a file and the document in it.

    Parameters
    ----------
    path : Path
    what : str
        How the message calls the file, such as ``"configuration file"``.
    hint : str
        What to check when it cannot be opened.

    Raises
    ------
    ConfigError
        Codes ``config-unreadable`` and ``config-syntax``.
    """
    import tomllib

    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise ConfigError(
            f"The {what} {path} cannot be read: {error.strerror or error}.",
            hint=hint,
            code="config-unreadable",
        ) from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise ConfigError(
            f"{path} is not valid TOML: {error}.",
            hint='Write text values in quotes: metric = "roc_auc".',
            code="config-syntax",
        ) from error


def key_of(name: str) -> str:
    """Return the name of a setting as the code spells it: ``max-rows`` and ``max_rows`` are the same."""
    return name.replace("-", "_")


def unknown(names: Iterable[str], known: Iterable[str], prefix: str = "") -> list[str]:
    """Return one fault for every name that is not a setting, with the nearest known ones."""
    table = sorted(known)
    strange = [name for name in names if key_of(name) not in table]
    return [f"`{prefix}{n}` is not a setting. {did_you_mean(key_of(n), table)}".rstrip() for n in strange]


def refuse(where: object, faults: Sequence[str], *, hint: str) -> None:
    """Raise one `ConfigError` (``config-values``) that names every fault, if there are any."""
    if faults:
        told = f"{where} holds {len(faults)} {'setting' if len(faults) == 1 else 'settings'} "
        raise ConfigError(
            f"{told}that cannot be used:\n" + "\n".join(f"- {fault}" for fault in faults),
            hint=hint,
            code="config-values",
        )
