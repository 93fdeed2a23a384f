"""Laws that hold for every lifecycle, as functions that raise what violates them."""
