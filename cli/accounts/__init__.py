"""Users, what lets them in, and the tokens of programs."""
