"""Keeping what is said about the data short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.data.dataset import Finding
from imbtool.data.phrases import some

if TYPE_CHECKING:
    from collections.abc import Collection

    from imbtool.data.dataset import Level


def condense(findings: Collection[Finding], limit: int = 10) -> tuple[Finding, ...]:
    """Replace more than `limit` findings of one code by a single one that counts and names columns."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    return tuple(
        one
        for code, same in by_code.items()
        for one in (same if len(same) <= limit else [_together(code, same)])
    )


def _together(code: str, same: list[Finding]) -> Finding:
    level: Level = "warning" if any(f.level == "warning" for f in same) else "note"
    what = code.replace("-", " ")
    message = (
        f"{what}: {len(same):,} columns, such as {some((f.column for f in same), 3)} First: {same[0].message}"
    )
    return Finding(level=level, code=code, message=message)
