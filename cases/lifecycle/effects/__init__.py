"""What each step and act does beside moving the state."""
