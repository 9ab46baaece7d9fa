"""How work is executed: in this process or in several. Knows nothing of imbalance."""

from __future__ import annotations

from imbtool.engine.base import Engine, Outcome
from imbtool.engine.choose import default_jobs, make_engine

__all__ = ["Engine", "Outcome", "default_jobs", "make_engine"]
