"""Several recipes of one fold, whose networks train together before any of them is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imbtool.core.errors import ImbtoolError
from imbtool.core.together import together
from imbtool.recipe.training import Training, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from imbtool.core.together import Crowd
    from imbtool.recipe.spec import LearnerSpec, RecipeSpec
    from imbtool.recipe.workspace import Workspace

    T = TypeVar("T")


def train_ahead(workspace: Workspace, wanted: Iterable[tuple[RecipeSpec, LearnerSpec]]) -> None:
    """Train these recipes together and keep their scores, or what went wrong, for `score`.

    What is kept is what each would have come to alone (law 4), but for rounding on a GPU. A recipe that is
    not applicable, and a network that cannot be trained, do no harm to the others.

    Raises
    ------
    Exception
        Anything else that goes wrong, whosever fault it is: then nothing is kept of what was not finished,
        and `score` trains it alone.
    """
    begun: dict[tuple[str, str], Training] = {}
    with together() as block:
        for recipe, learner in wanted:
            key = key_of(recipe, learner)
            if key not in workspace.scores:
                work = partial(Training, workspace, recipe.training, learner)
                _keep(workspace, key, begun, work, block.crowd)
    for key in list(begun):
        _keep(workspace, key, workspace.scores, begun.pop(key).scores, block.crowd)


def _keep(
    workspace: Workspace,
    key: tuple[str, str],
    found: dict[tuple[str, str], T],
    work: Callable[[], T],
    crowd: Crowd,
) -> None:
    """Keep what some work returns, or why it cannot be done."""
    try:
        found[key] = work()
    except ImbtoolError as error:
        if crowd.broken:  # by whom is not known
            raise
        workspace.failures[key] = error.with_traceback(None)
