"""Reports: pure functions of a comparison. No report computes a number (design rule of the house)."""
