"""Ways through a lifecycle: shortest, simple, and such that every move is taken."""
