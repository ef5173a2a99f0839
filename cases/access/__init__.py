"""Who sees which case, and which identity on it."""
