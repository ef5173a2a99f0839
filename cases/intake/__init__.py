"""Take a complaint in and number it."""
