"""Fitting on files that are read by the workers of a dask scheduler, none of which holds all rows."""
