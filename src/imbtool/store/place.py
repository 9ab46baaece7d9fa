"""Where the store is when nobody says otherwise."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def default_place() -> Path:
    """Return ``store.db`` in the user's folder for state; it need not exist."""
    return _state_folder() / "imbtool" / "store.db"


def _state_folder() -> Path:
    chosen = os.environ.get("XDG_STATE_HOME")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path.home() / ".local" / "state"
