"""The pages of figures: overview and villages."""
