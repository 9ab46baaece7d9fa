"""Losses: what the learner minimises."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imbtool.core.info import MethodInfo

ROWS: tuple[MethodInfo, ...] = ()
