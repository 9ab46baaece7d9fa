"""One thread for linear algebra and neighbour search."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


@lru_cache(maxsize=1)
def _threads(n_modules: int) -> ThreadpoolController:  # noqa: ARG001 - libraries come with modules
    """Look through the libraries of this process, anew when more modules were imported."""
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Work with one thread: work is shared out over processes, and neither ties nor sums hang on threads.

    The same as ``threadpool_limits(limits=1)`` of threadpoolctl, which looks through all libraries in every
    call; that takes some milliseconds, as long as a small training.
    """
    limit: AbstractContextManager[Any] = _threads(len(sys.modules)).limit(limits=1)
    return limit
