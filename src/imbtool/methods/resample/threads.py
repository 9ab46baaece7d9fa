"""One thread for linear algebra and neighbour search."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Search with one thread: work is shared out over processes, and ties do not hang on threads."""
    limit: AbstractContextManager[Any] = _threads().limit(limits=1)
    return limit
