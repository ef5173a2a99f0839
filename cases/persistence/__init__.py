"""Writing rows in bulk, and the search index."""
