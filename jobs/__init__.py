"""What runs by the clock: a schedule says when to look, the database says what is true."""
