"""A dask scheduler: reaching it, and whether its workers are as they must be."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from imbtool.core.errors import ImbtoolError, MissingExtraError, UsageError

PATIENCE = 10.0
"""Seconds in which a scheduler must answer and have a worker."""
SAME = ("imbtool", "numpy", "scipy", "scikit-learn", "lightgbm")
"""Packages that must agree, since numbers depend on them (law 3)."""
MISSING = "not installed"


def connect(address: str, also: tuple[str, ...] = ()) -> Any:
    """Return a client of the scheduler, whose workers were looked at.

    Parameters
    ----------
    address : str
    also : tuple of str
        Further packages that the work needs, in the same version as here.

    Raises
    ------
    MissingExtraError
        dask.distributed is not installed.
    UsageError
        There is no scheduler at this address, it has no workers, or these have other packages.
    """
    client = _client(address)
    try:
        _check_workers(client, address, tuple(dict.fromkeys((*SAME, *also))))
    except BaseException:
        client.close()
        raise
    return client


def workers(client: Any) -> tuple[str, ...]:
    """Return the addresses of the workers that are there now."""
    return tuple(client.scheduler_info(n_workers=-1)["workers"])


def gone() -> ImbtoolError:
    """Return the error for a scheduler or workers that went away."""
    return ImbtoolError(
        "The dask scheduler or its workers went away.",
        hint="Start them again, then the same command.",
        code="scheduler-lost",
    )


def _packages(names: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = MISSING
    return found


def _client(address: str) -> Any:
    try:
        import distributed
    except ImportError as error:
        raise MissingExtraError(
            "The engine dask needs dask.distributed, which is not installed.",
            hint='Install it with: pip install "imbtool[dask]"',
            code="missing-extra",
        ) from error
    client: Any = distributed.Client
    told = {"timeout": PATIENCE, "set_as_default": False}
    try:
        try:
            return client(address, **told)
        except (
            AssertionError
        ):  # distributed gives its event loop ten seconds to start; a second one starts anew
            return client(address, **told)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"No dask scheduler answers at {address}: {error}.",
            hint="Start one with `dask scheduler`, its workers with `dask worker ADDRESS`; or leave "
            "--scheduler out.",
            code="scheduler-unreachable",
        ) from error


def _check_workers(client: Any, address: str, packages: tuple[str, ...]) -> None:
    """Raise when there is no worker or one has other packages."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise UsageError(
            f"The dask scheduler at {address} has no workers.",
            hint=f"Start some with: dask worker {address} --nworkers 2 --nthreads 1",
            code="scheduler-unreachable",
        ) from error
    ours = _packages(packages)
    for worker, theirs in client.run(_packages, packages, on_error="return").items():
        wrong = "imbtool cannot be imported" if not isinstance(theirs, dict) else ""
        wrong = wrong or ", ".join(f"{n} {v}, here {ours[n]}" for n, v in theirs.items() if v != ours[n])
        if wrong:
            raise UsageError(
                f"The dask worker {worker} has other packages: {wrong}.",
                hint="Install the same versions there: numbers depend on them.",
                code="worker-versions",
            )
