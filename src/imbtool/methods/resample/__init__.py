"""Samplers: they change the rows of the training part."""
