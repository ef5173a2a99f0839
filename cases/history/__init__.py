"""The history of cases: append-only, chained, sealed by day."""
