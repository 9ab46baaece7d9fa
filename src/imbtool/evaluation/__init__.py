"""Protocol, plan, run, statistics and verdict of a comparison."""
