"""How much of a lifecycle was covered by tests, or by real histories."""
