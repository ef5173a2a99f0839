"""The registers of areas, units and users, and what changes them."""
