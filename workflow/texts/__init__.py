"""The words of codes, guards and reasons."""
