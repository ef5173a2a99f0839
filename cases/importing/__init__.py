"""Take in the history of another system."""
