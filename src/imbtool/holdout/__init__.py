"""Judging a model, or anybody's scores, on rows with known classes: metrics with intervals, slices, gates."""
