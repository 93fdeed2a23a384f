"""Selectors: what recommends a strategy for a profile."""
