"""How much one user has created, uploaded and exported in a day, and when that is too much."""
