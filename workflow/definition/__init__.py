"""The definition of a life cycle: its parts, its reader and its checks."""
