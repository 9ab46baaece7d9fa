"""Running a comparison from a data set to a verdict."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from imbtool.core.progress import NullProgress
from imbtool.evaluation.run import Run

if TYPE_CHECKING:
    from imbtool.core.progress import Progress
    from imbtool.data.dataset import Dataset
    from imbtool.evaluation.ledger import Ledger
    from imbtool.evaluation.options import Options
    from imbtool.evaluation.result import Comparison


def compare_dataset(
    dataset: Dataset,
    options: Options,
    progress: Progress | None = None,
    ledger: Ledger | None = None,
    began: float | None = None,
) -> Comparison:
    """Compare recipes on one data set.

    Parameters
    ----------
    dataset : Dataset
    options : Options
        Checked options.
    progress : Progress, optional
    ledger : Ledger, optional
        Where trials are taken from and written to; by default nothing is kept.
    began : float, optional
        Moment of `time.monotonic` from which the budget counts; now by default.

    Returns
    -------
    Comparison
        With ``complete=False`` when it was interrupted after at least one complete fold.

    Raises
    ------
    DataError
        The data cannot be split as asked, or nothing could be trained on it.
    KeyboardInterrupt
        Interrupted before one fold was complete.
    """
    start = time.perf_counter()
    run = Run(dataset, options.checked(), progress or NullProgress(), ledger, began)
    complete = run.execute()
    return replace(run.report(complete=complete), complete=complete, seconds=time.perf_counter() - start)
