"""人员: the register of people, one person, and what waits for a second administrator."""
