"""Which tasks of a comparison are done as one, so that the networks of their recipes train together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.engine import default_jobs
from imbtool.evaluation.plan import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.evaluation.design import Design
    from imbtool.evaluation.plan import Joint, Task, Work

ROOM = 1 << 32
"""Bytes that the rows of the recipes of a `Joint` may take, on top of those of one recipe."""
CELL = 128
"""Bytes that a recipe which makes rows keeps of each cell of the table, inner folds included."""


class Joints:
    """Puts tasks together, until one such lot had to be stopped: what is stopped is done task by task.

    Parameters
    ----------
    design : Design
    """

    def __init__(self, design: Design) -> None:
        options, n_cells = design.options, design.dataset.X.size
        room = ROOM
        if options.max_memory is not None:
            room = min(room, int(options.max_memory) // (4 * (options.jobs or default_jobs())))
        self._most = max(1, room // (CELL * max(1, n_cells)))
        self._together = options.together or "auto"

    def of(self, tasks: Sequence[Task], *, measured: bool) -> Sequence[Work]:
        """Return the work that these tasks make.

        Parameters
        ----------
        tasks : sequence of Task
        measured : bool
            Whether the time of each task is wanted for itself: then none is put together.
        """
        return list(tasks) if measured else joined(tasks, self._together, self._most)

    def apart(self, work: Joint) -> tuple[Task, ...]:
        """Return the tasks of what was stopped, and put none together from now on."""
        self._most = 1
        return work.tasks
