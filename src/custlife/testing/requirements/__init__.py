"""Requirements: what must be true of a lifecycle, decided by exhaustion."""
