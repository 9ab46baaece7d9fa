"""How much memory processes hold, as far as the system tells without further packages."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def held(pid: int | str = "self") -> int:
    """Return the bytes of a process that are its own: resident and not mapped from a file (Linux; else 0)."""
    resident, mapped = _pages(pid)
    return resident - mapped


def resident() -> int:
    """Return the bytes that this process is resident with now (Linux; else 0)."""
    return _pages("self")[0]


def _pages(pid: int | str) -> tuple[int, int]:
    """Return the bytes of a process that are resident, and those of them that are mapped from files."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
        size = os.sysconf("SC_PAGE_SIZE")
        return int(fields[1]) * size, int(fields[2]) * size
    except (OSError, ValueError, IndexError):
        return 0, 0


def peak() -> int:
    """Return the most bytes that this process has been resident with; 0 where that is not known."""
    try:
        # ru_maxrss outlives exec, so a worker would report the size of the process that started it
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def forget_peak() -> bool:
    """Let `peak` count from what is resident now; return whether the system can (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True
