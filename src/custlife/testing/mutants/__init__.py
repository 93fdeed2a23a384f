"""Mutants: definitions with one slip each, to see whether requirements and tests notice it."""
