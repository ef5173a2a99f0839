"""What bodies and queries may hold, and how a wrong one is refused."""
