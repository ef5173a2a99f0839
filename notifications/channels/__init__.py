"""The ways in which notices leave the program."""
