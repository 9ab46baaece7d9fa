"""What is trained. The only place that imports lightgbm."""
