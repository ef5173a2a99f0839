"""Prove of a life cycle that every open situation has a way on, and name those that have none."""
