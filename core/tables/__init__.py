"""Read and write tables of office programs, and say what became of their rows."""
