"""Reports of a batch: pure functions of it."""
