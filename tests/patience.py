"""How long tests wait for what must come, before they give up."""

#: Seconds; nothing is measured by them. What comes is there at once on a quiet machine, late on a busy one.
PATIENCE = 600.0
