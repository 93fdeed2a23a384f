"""Requirements: what must be true of a lifecycle or of a decision table, decided by exhaustion."""
