"""Signing in, the first page, and what is one's own."""
