"""Where trials are kept: one SQLite file. Knows nothing of imbalance; see ``docs/store.md``."""

from __future__ import annotations

from imbtool.store.looks import KnownHoldout, Looks
from imbtool.store.opening import open_store
from imbtool.store.place import default_place
from imbtool.store.store import RunFacts, Store, TrialRow

__all__ = ["KnownHoldout", "Looks", "RunFacts", "Store", "TrialRow", "default_place", "open_store"]
