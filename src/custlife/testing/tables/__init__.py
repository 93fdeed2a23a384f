"""Requirements of decision tables and of selectors, decided by exhaustion or by search."""
