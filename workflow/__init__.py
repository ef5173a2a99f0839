"""The engine of the life cycle: pure, no database, no web."""
