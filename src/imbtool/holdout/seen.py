"""Whether a model was trained on the rows that it is judged by.

The file of a model keeps nothing of single training rows, no hashes either: whoever has the file could ask
them whether a person's row was among them. What gives trained rows away is how well the model does on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.metrics.probability import log_loss

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.bundle.model import FittedModel
    from imbtool.holdout.figures import Measured, Shift
    from imbtool.holdout.rows import Scored

_SAME = 1e-9
_BY = "log_loss"
_GAP = 0.2
_SHARE = 1 / 3
_LUCK = 2.0


def trained_on_all(model: FittedModel, rows: Scored) -> tuple[str, ...]:
    """Say when these are the rows that the model was fitted on: as many of each class, and their log-loss."""
    data, training = model.manifest.data, model.manifest.metrics.training
    counts = tuple(np.bincount(rows.y, minlength=len(rows.classes)).tolist())
    if counts != tuple(data.counts) or _BY not in training:
        return ()
    found = log_loss(rows.y, rows.proba, rows.weight)
    if abs(found - training[_BY]) > _SAME * found:
        return ()
    told = (
        "the model was fitted on these very rows, so that all figures flatter it; judge it on others, or see "
        "`imbtool inspect` for its cross-validated figures"
    )
    return (told,)


def trained_on_some(
    model: Mapping[str, Any], known: Mapping[str, Measured], shift: Shift | None, counts: tuple[int, ...]
) -> tuple[str, ...]:
    """Say when the log-loss is so low that the model may have been trained on many of the rows.

    Parameters
    ----------
    model : mapping
        What the hold-out knows of its model: the log-loss in training and in cross-validation.
    known : mapping of str to Measured
        What was measured.
    shift : Shift or None
        With the log-loss at the class shares of training, which alone can be held against these two.
    counts : tuple of int
        Rows of each class; of those of training, with their log-loss, `trained_on_all` has told.

    Notes
    -----
    Told when training flatters the cross-validated log-loss by a fifth or more, when here it lies below that
    by more than a third of this, and by more than luck: twice what the upper half of the interval is wide,
    since the cross-validated one is not known exactly either. The numbers are ours. Of 80 hold-outs of twenty
    data sets (LightGBM, 80 to 1,500 rows) none of new rows was told; of those that were half of the training
    rows 86 percent, of those with 70 percent training rows 58, with 50 percent 24.
    The numbers were set on these hold-outs.
    """
    flattered, honest = (model.get(of, {}).get(_BY) for of in ("training", "cross_validated"))
    here, even = known.get(_BY), None if shift is None else shift.at_training.get(_BY)
    if flattered is None or honest is None or here is None or even is None or not here.value > 0:
        return ()
    same = abs(here.value - flattered) <= _SAME * flattered
    whole = same and tuple(model.get("training_counts", ())) == counts
    gap, below = honest - flattered, honest - even
    luck = (here.high - here.value) * even / here.value
    if whole or not (gap >= _GAP * honest and below > _SHARE * gap and below > _LUCK * luck):
        return ()
    told = (
        f"log-loss {even:.3f} (at the class shares of training) lies far below the {honest:.3f} of "
        f"cross-validation, towards the {flattered:.3f} of the rows trained on: many of these rows may be "
        "among them, and then all figures flatter"
    )
    return (told,)
