"""Commands about what is kept of people: how long, and what of one of them."""
