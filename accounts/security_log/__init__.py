"""The record of who read what and who was refused: a log of its own, apart from that of the program."""
