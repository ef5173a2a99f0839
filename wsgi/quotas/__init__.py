"""Charge what a request created, uploaded or gave out to whoever asked, and say so when it is too much."""
