"""Commands for whoever has to find out who did or read what."""
