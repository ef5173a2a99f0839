"""Which keys names and telephones are sealed with, and sealing everything anew with another."""
