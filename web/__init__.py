"""The door for people: pages, forms and what they look like."""
