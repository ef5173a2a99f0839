"""Figures that are counted in advance."""
