"""Kinds of methods."""

from __future__ import annotations

from typing import Literal

MethodKind = Literal[
    "baseline",
    "sampler",
    "reweighter",
    "schedule",
    "loss",
    "training",
    "ensemble",
    "adjustment",
    "calibrator",
    "threshold",
]
