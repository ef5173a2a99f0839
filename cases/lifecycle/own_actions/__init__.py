"""What every step and act that a county added by itself does."""
