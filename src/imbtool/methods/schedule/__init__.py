"""Schedules: weights that change while training goes on."""
