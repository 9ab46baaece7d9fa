"""After training: probabilities and decisions from scores."""
