"""Benchmarks that print tables anyone can reproduce: ``python -m benchmarks NAME``."""
