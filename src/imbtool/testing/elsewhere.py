"""The same seed in another process: other hash seed, other order of imports, the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import blake2b
from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.core.errors import NotApplicableError
from imbtool.testing.hard import learner_for, scored
from imbtool.testing.require import require
from imbtool.testing.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imbtool.core.info import MethodInfo

_PROGRAM = "from imbtool.testing.elsewhere import main; main()"


def check_elsewhere(methods: Iterable[MethodInfo], *, seed: int = 0) -> None:
    """Train every method here and in one new process; raise `AssertionError` where probabilities differ.

    Methods that the registry does not know, or whose learner is not installed, are left out.
    """
    known = [info for info in methods if learner_for(info) is not None]
    if not known:
        return
    here = {info.name: digest(info, seed) for info in known}
    there = _asked([info.name for info in known], seed)
    for name, found in here.items():
        require(there[name] == found, f"{name}: another process gives other numbers for the same seed")


def digest(info: MethodInfo, seed: int) -> str:
    """Return a digest of the probabilities of a recipe with this method, or of why there are none."""
    part = table("mixed", (110, 24), n_numeric=3, levels=(2, 5), missing=0.05, seed=seed)
    numeric = table("numeric", (110, 24), seed=seed)
    learner = learner_for(info)
    require(learner is not None, f"{info.name}: no learner here can take it")
    found = []
    for each in (part, numeric):
        try:
            found.append(scored(info, learner, each, seed).tobytes())  # type: ignore[arg-type] # checked above
        except NotApplicableError as reason:
            found.append(reason.message.encode())
    return blake2b(b"|".join(found), digest_size=16).hexdigest()


def main() -> None:
    """Read a list of methods and a seed from standard input; write their digests."""
    asked = json.load(sys.stdin)
    found = {name: digest(registry.method(name), asked["seed"]) for name in asked["names"]}
    json.dump(found, sys.stdout)


def _asked(names: list[str], seed: int) -> dict[str, str]:
    """Return the digests that a new process finds."""
    # Its own path: a plug-in under test may stand on ours only.
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-W", "ignore", "-c", _PROGRAM],
        input=json.dumps({"names": names, "seed": seed}),
        env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=False,
    )
    require(done.returncode == 0, f"a new process failed: {done.stderr[-500:]}")
    found: dict[str, str] = json.loads(done.stdout)
    return found
