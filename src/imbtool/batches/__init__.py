"""Suites of data sets: what they say, how they are run, what they answer across data sets."""
