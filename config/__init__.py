"""What a county decides, as data, checked at the start."""
