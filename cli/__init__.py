"""The door for administrators: one module for each noun, joined by main."""
