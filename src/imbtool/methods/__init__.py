"""Treatments of imbalance; `imbtool.methods.catalog` lists them without importing anything heavy."""
