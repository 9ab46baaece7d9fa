"""Losses: what the learner minimises, with the score to start from and exact derivatives."""
