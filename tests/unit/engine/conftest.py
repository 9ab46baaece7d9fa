"""Workers are other processes: what they run must be importable there, which modules of tests are not."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "importable"))
