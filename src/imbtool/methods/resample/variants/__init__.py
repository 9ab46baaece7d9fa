"""Samplers beyond SMOTE that make rows: one file each, all on one template."""
