"""The proof that comes with every comparison: that nothing leaked from test rows into training."""
