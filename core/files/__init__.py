"""Files: the store and pictures."""
