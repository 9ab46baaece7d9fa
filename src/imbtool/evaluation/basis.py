"""What the numbers of a trial rest on: when it changes, stored trials are not used again."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from functools import cache
from hashlib import blake2b
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.evaluation.summary import environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imbtool.evaluation.result import Settings

_DECIDE = ("folds", "inner_folds", "seed", "splitter", "threshold_metric")
_TALK = ("api.py", "batches", "bundle", "cli", "holdout", "report", "store", "testing")
"""Rooms of imbtool that make no number of a trial."""
_GROUPS = ("imbtool.methods", "imbtool.learners", "imbtool.metrics")


def basis_of(fingerprint: str, settings: Settings) -> dict[str, Any]:
    """Return what decides the numbers of one recipe with one learner on one fold.

    The ranking metric, the region of equivalence, the number of repeats and what else is compared are not
    among it: they decide which trials there are and how they are read.
    """
    chosen = {name: getattr(settings, name) for name in _DECIDE}
    if settings.price is not None:
        chosen["price"] = asdict(settings.price)
    return {"data": fingerprint, "settings": chosen, "versions": dict(versions())}


def digest(value: Any) -> str:
    """Return a hex digest of plain data, 32 characters."""
    text = json.dumps(value, sort_keys=True)
    return blake2b(text.encode(), digest_size=16).hexdigest()


@cache
def versions() -> Mapping[str, str]:
    """Return the versions that numbers may depend on; ours and plug-ins' with a digest of their code."""
    found = {**environment(None)["packages"], "python": platform.python_version()}
    found["platform"] = f"{platform.system()} {platform.machine()}"
    for name, package, version in _packages():
        found[name] = f"{version}+{_code(package)}"
    return found


def _packages() -> Iterator[tuple[str, str, str]]:
    """Yield distribution, package and version of everybody who offers methods, learners or metrics."""
    for group in _GROUPS:
        for door in sorted(entry_points(group=group), key=lambda e: e.name):
            name, version = (door.dist.name, door.dist.version) if door.dist else (door.name, "0")
            yield name, door.module.partition(".")[0], version


@cache
def _code(package: str) -> str:
    """Return a short digest of a package's source, so that edited code is a new version too."""
    spec = find_spec(package)
    if spec is None:
        return ""
    total = blake2b(digest_size=6)
    for folder in spec.submodule_search_locations or ():
        for path in sorted(Path(folder).rglob("*.py")):
            if package != "imbtool" or path.relative_to(folder).parts[0] not in _TALK:
                total.update(path.read_bytes())
    if not spec.submodule_search_locations and spec.origin:
        total.update(Path(spec.origin).read_bytes())
    return total.hexdigest()


def differences(
    before: Mapping[str, Any], now: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[str]:
    """Say in words how two bases differ.

    Parameters
    ----------
    before, now : mapping
        Bases.
    old, new : mapping
        The settings of the runs they belong to.
    """
    said_price = ["the price is another"] if old.get("price") != new.get("price") else []
    told = [
        n
        for n in ("max_rows", "folds", "inner_folds", "seed", "threshold_metric")
        if old.get(n) != new.get(n)
    ]
    said = [
        f"--{n.replace('_', '-')} is {_all(new.get(n))}, was {_all(old.get(n))}" for n in told
    ] + said_price
    sampled = "max_rows" in told or ("seed" in told and new.get("max_rows"))
    if before.get("data") != now.get("data") and not sampled:
        said.append("the data or the roles of its columns changed")
    a, b = before.get("versions", {}), now.get("versions", {})
    changed = [name for name in sorted({*a, *b}) if a.get(name) != b.get(name)]
    return said + [f"{n} is {b.get(n, 'gone')}, was {a.get(n, 'not there')}" for n in changed]


def _all(value: object) -> str:
    return "all" if value is None else str(value)
