"""The commands of administrators: one module for each noun, joined by main."""
