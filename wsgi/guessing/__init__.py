"""Hold back whoever guesses at passwords and codes, and let through whoever was let in before."""
