"""Reweighters: one static weight a training row."""
