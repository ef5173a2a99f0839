"""Measure the product against a floor that runs on the same machine in the same minute."""
