"""Simulate a small invented township through the services, so that there is something to see."""
