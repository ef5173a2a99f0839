"""Figures and documents; every figure opens the list it was counted from."""
