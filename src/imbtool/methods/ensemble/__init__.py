"""Ensembles: many learners, each on a rebalanced part."""
