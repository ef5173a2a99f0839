"""Hold the records against every rule that must never break."""
