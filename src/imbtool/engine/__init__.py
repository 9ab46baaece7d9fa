"""How work is executed: in this process, in several, or on other machines. Knows nothing of imbalance."""

from __future__ import annotations

from imbtool.engine.base import Engine, EngineKind, Limits, Outcome, Stop
from imbtool.engine.choose import default_jobs, make_engine

__all__ = ["Engine", "EngineKind", "Limits", "Outcome", "Stop", "default_jobs", "make_engine"]
