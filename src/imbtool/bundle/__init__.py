"""Fitted models: made from a data set, kept in one file without code, used on new tables."""
