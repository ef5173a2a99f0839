"""The villages' households: the register (户册) that visits and matters refer to."""
