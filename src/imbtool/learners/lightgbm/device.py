"""Whether this build of LightGBM can train on a GPU: a tiny training in another process finds it out."""

from __future__ import annotations

import signal
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Literal

from imbtool.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

Place = Literal["cpu", "cuda", "gpu"]
"""LightGBM's own names: ``cuda`` must be built, ``gpu`` is the OpenCL of the published wheels."""
PATIENCE = 120.0
"""Seconds that the tiny training may take: a GPU's first use compiles its programs."""
_TINY = """
import sys
import lightgbm
import numpy
X = numpy.random.default_rng(0).normal(size=(200, 3))
params = {"device_type": sys.argv[1], "objective": "binary", "num_leaves": 4, "verbosity": -1}
model = lightgbm.train(params, lightgbm.Dataset(X, label=(X[:, 0] > 0).astype(float)), num_boost_round=2)
assert numpy.isfinite(model.predict(X)).all()
"""


def pick_device(asked: str) -> Place:
    """Return where to train: a GPU that works, or the CPU for ``cpu`` and where ``auto`` finds none.

    Parameters
    ----------
    asked : {"auto", "cpu", "cuda", "gpu"}
        ``cuda`` takes OpenCL where the build has no CUDA; ``gpu`` takes OpenCL only.

    Raises
    ------
    UsageError
        Code ``no-device``, with what the tiny training said.
    """
    tried: Sequence[Place] = {"cpu": (), "gpu": ("gpu",)}.get(asked, ("cuda", "gpu"))  # type: ignore[assignment]
    said = {}
    for device in tried:
        said[device] = fault(device)
        if not said[device]:
            return device
    if asked in ("cpu", "auto"):
        return "cpu"
    raise UsageError(
        f"LightGBM cannot train on a GPU here: {'; '.join(f'{name}: {why}' for name, why in said.items())}.",
        hint="Build it for NVIDIA GPUs: pip install --no-binary lightgbm lightgbm "
        "--config-settings=cmake.define.USE_CUDA=ON; with the published wheel, the card's OpenCL driver; "
        "or leave --device out.",
        code="no-device",
    )


@cache
def fault(device: Place) -> str:
    """Return why LightGBM cannot train on a device; empty where it can.

    It trains in a process of its own, since a driver that is broken may end the process that calls it.
    """
    try:
        done = subprocess.run(  # noqa: S603 -- our own program
            [sys.executable, "-c", _TINY, device],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"a tiny training did not end within {PATIENCE:.0f} s"
    except OSError as error:
        return f"no process could be started to try it ({error.strerror})"
    if done.returncode < 0:
        return f"a tiny training was ended by {signal.Signals(-done.returncode).name}"
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    named = [line for line in lines if "Error" in line]
    return (
        "" if done.returncode == 0 else (named or lines or ["it failed"])[-1].split("Error: ")[-1].strip(" .")
    )
