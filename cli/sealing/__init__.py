"""The keys of what is sealed."""
