"""Training: how a network takes its steps, and what its last layer is."""
