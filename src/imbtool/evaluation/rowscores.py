"""How hard each row is to learn, and how likely its label is wrong, by the trainings of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import UsageError
from imbtool.data.load import load_dataset
from imbtool.recipe.parser import parse_learner

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("el2n", "grand", "aum", "forgetting", "dvgs")


def row_scores(
    data: Any, *, target: Any, learner: str = "torch", runs: int = 5, seed: int = 0, **reading: Any
) -> pd.DataFrame:
    """Return scores of every row of a table, from the trainings of networks on it.

    Parameters
    ----------
    data, target
        As in `imbtool.compare`.
    learner : str, default="torch"
        With parameters in parentheses: ``"torch(epochs=20)"``.
    runs : int, default=5
        Networks of other seeds whose scores are averaged.
    seed : int, default=0
    **reading
        ``positive``, ``drop``, ``categorical``, ``group``, ``time`` as in `imbtool.compare`.

    Returns
    -------
    DataFrame
        One row a row of the table, in its order, with the index from 0: the class as text in the column
        ``class``, then ``el2n``, ``grand``, ``aum``, ``forgetting``, ``dvgs`` (see
        `imbtool.learners.torch.scores.RowScores`).

    Raises
    ------
    UsageError
        The learner is not ``torch``.
    MissingExtraError
        PyTorch is not installed.
    """
    import pandas as pd

    spec = parse_learner(learner)
    if spec.name != "torch":
        raise UsageError(
            f"Scores of rows come from networks; got the learner {spec.name!r}.",
            hint='Leave it out, or give its parameters: --learner "torch(epochs=20)".',
            code="bad-learner",
        )
    from imbtool.learners.torch.scores import row_scores as scored

    read = load_dataset(data, target=target, **reading)
    found = scored(spec.build(), read.X, read.y, layout=read.layout, n_runs=runs, random_state=seed)
    columns = {"class": np.array(read.classes)[read.y], **{name: getattr(found, name) for name in NAMES}}
    return pd.DataFrame(columns)
