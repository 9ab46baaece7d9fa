"""The table of methods: one row each, one file a kind. Importing it imports nothing heavy."""

from __future__ import annotations

from imbtool.methods.catalog import (
    batches,
    ensemble,
    groups,
    hybrid,
    loss,
    oversample,
    postprocess,
    reweight,
    schedule,
    selection,
    synthetic,
    training,
    undersample,
)

METHODS = (
    *postprocess.ROWS,
    *reweight.ROWS,
    *groups.ROWS,
    *schedule.ROWS,
    *batches.ROWS,
    *loss.ROWS,
    *training.ROWS,
    *oversample.ROWS,
    *synthetic.ROWS,
    *undersample.ROWS,
    *selection.ROWS,
    *hybrid.ROWS,
    *ensemble.ROWS,
)
