"""The table of methods: one row each, one file a kind. Importing it imports nothing heavy."""

from __future__ import annotations

from imbtool.methods.catalog import (
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
    undersample,
)

METHODS = (
    *postprocess.ROWS,
    *reweight.ROWS,
    *groups.ROWS,
    *schedule.ROWS,
    *loss.ROWS,
    *oversample.ROWS,
    *synthetic.ROWS,
    *undersample.ROWS,
    *selection.ROWS,
    *hybrid.ROWS,
    *ensemble.ROWS,
)
