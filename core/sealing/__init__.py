"""Sealing who somebody is at rest: the keys, where they are kept, and the columns of what is sealed."""
