"""Files: the store, pictures and tables."""
