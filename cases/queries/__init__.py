"""Read cases: lists, filters, search, and what one case shows."""
