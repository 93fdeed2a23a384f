"""The lifecycle: its definition as data, and what is generated from it."""
