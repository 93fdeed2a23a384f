"""Decision tables: predicates, rows and verdicts. Knows nothing of customers."""
