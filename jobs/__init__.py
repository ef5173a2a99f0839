"""The door for time: a schedule says when to look, the database says what is true."""
