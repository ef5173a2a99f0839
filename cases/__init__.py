"""Matters, from intake to closing: what the product exists for."""
