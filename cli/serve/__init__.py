"""Start, serve and prepare an installation."""
