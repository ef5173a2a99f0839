"""Move a case: who may, what it does, which clocks run and who is told."""
