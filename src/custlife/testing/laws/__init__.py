"""Laws of every lifecycle and of every selector, as functions that raise what violates them."""
