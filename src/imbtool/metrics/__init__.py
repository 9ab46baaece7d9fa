"""Metrics, one file a family; `imbtool.metrics.catalog` lists them."""
