"""The pages for whoever holds a receipt code."""
