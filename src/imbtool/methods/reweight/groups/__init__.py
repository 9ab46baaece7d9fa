"""Weights of groups that a small model learns: for any learner."""
