"""Copy an installation and bring it back."""
